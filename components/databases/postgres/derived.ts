import type { Derived } from "../derived";

/** `pg16`, `2.17.2-pg16`, `latest-pg17`, `pg16.4-ts2.17`: their other numbers are the extension's. */
const version = /(?:^|[-._])pg(\d+(?:\.\d+)*)/;

/** Images of PostgreSQL with extensions, the most known of each. */
export const derived: readonly Derived[] = [
  { images: /(^|\/)timescaledb(-ha)?$/, version, extensions: ["timescaledb"] },
  { images: /(^|\/)pgvector$/, version, extensions: ["vector"] },
  {
    images: /(^|\/)postgis$/,
    // What its first start makes in the default database.
    extensions: ["postgis", "postgis_topology", "fuzzystrmatch", "postgis_tiger_geocoder"],
  },
  { images: /(^|\/)paradedb$/, version, extensions: ["pg_search"] },
  { images: /(^|\/)citus$/, version, extensions: ["citus"] },
  // `PG16_latest`, `release_PG16_1.5.0`.
  { images: /(^|\/)apache\/age$/, version: /PG(\d+)/i, extensions: ["age"] },
  {
    images: /(^|\/)(supabase\/postgres|supabase-postgres)$/,
    extensions: ["pg_graphql", "supabase_vault"],
  },
  { images: /(^|\/)pgvecto-rs$/, version, extensions: ["vectors"] },
  { images: /(^|\/)vchord-postgres$/, version, extensions: ["vchord"] },
  { images: /(^|\/)immich-app\/postgres$/, extensions: ["vchord"] },
  { images: /(^|\/)postgres-documentdb$/, extensions: ["documentdb"] },
  // `4.0.1-alpine-17`, `latest-debian-16`.
  {
    images: /(^|\/)pgroonga$/,
    version: /(?:alpine|debian)-(\d+)/,
    extensions: ["pgroonga"],
  },
];
