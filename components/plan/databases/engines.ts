import type { EngineName } from "../../settings/settings";

interface Engine {
  readonly name: EngineName;
  readonly port: number;
  /** The last part of an image's name. */
  readonly images: RegExp;
}

const engines: readonly Engine[] = [
  {
    name: "postgres",
    port: 5432,
    images: /^(postgres|postgresql|postgis|pgvector|timescaledb(-ha)?|supabase-postgres)$/,
  },
  { name: "mysql", port: 3306, images: /^(mysql|mysql-server|percona|percona-server)$/ },
  { name: "mariadb", port: 3306, images: /^mariadb$/ },
  { name: "redis", port: 6379, images: /^(redis|redis-stack|redis-stack-server)$/ },
  { name: "valkey", port: 6379, images: /^valkey$/ },
  { name: "mongodb", port: 27017, images: /^(mongo|mongodb|mongodb-community-server)$/ },
  { name: "opensearch", port: 9200, images: /^opensearch$/ },
  { name: "rabbitmq", port: 5672, images: /^rabbitmq$/ },
];

/** An image's name, cut up: `ghcr.io/a/postgres:17-alpine@sha256:…` is repository `ghcr.io/a/postgres`, tag `17-alpine`. */
export function imageParts(image: string): { repository: string; base: string; tag: string } {
  const bare = image.split("@")[0]!;
  const slash = bare.lastIndexOf("/");
  const colon = bare.indexOf(":", slash + 1);
  const repository = colon < 0 ? bare : bare.slice(0, colon);
  return {
    repository,
    base: repository.slice(slash + 1),
    tag: colon < 0 ? "latest" : bare.slice(colon + 1),
  };
}

/** The database engine that an image is, if it is one we know. */
export function engineOf(image: string | undefined): Engine | undefined {
  if (image === undefined) return undefined;
  const { base } = imageParts(image);
  return engines.find(({ images }) => images.test(base));
}

/** The port an engine listens on. */
export function enginePort(name: EngineName): number {
  return engines.find((engine) => engine.name === name)!.port;
}

/** The version that a tag begins with: `17-alpine` is `17`, `8.4.3` is `8.4.3`, `latest` none. */
export function versionOf(image: string): string | undefined {
  return /^v?(\d+(\.\d+)*)/.exec(imageParts(image).tag)?.[1];
}

/**
 * The offered version that a tag's version is: exactly its major (decisions.md: database-versions). `8.4.3` and `8`
 * are both the offered `8.4`, the first in the list; `8.0` is not.
 */
export function offeredVersion(version: string, offered: readonly string[]): string | undefined {
  return offered.find(
    (offer) =>
      offer === version || version.startsWith(`${offer}.`) || offer.startsWith(`${version}.`),
  );
}

/** Folders in which servers keep their data: a bind mount there is a volume (decisions.md: bind-mounts). */
export const dataFolders: readonly string[] = [
  "/var/lib/postgresql",
  "/var/lib/mysql",
  "/var/lib/mariadb",
  "/data/db",
  "/data/configdb",
  "/bitnami",
  "/var/lib/redis",
  "/var/lib/rabbitmq",
  "/usr/share/elasticsearch/data",
  "/usr/share/opensearch/data",
  "/var/lib/elasticsearch",
  "/var/lib/neo4j",
  "/var/solr",
  "/opt/solr/server/solr",
  "/var/lib/grafana",
  "/prometheus",
  "/var/lib/clickhouse",
  "/var/lib/influxdb",
  "/var/lib/influxdb2",
  "/var/lib/cassandra",
  "/var/lib/ghost/content",
  "/var/www/html/data",
  "/var/lib/docker",
  "/home/node/.n8n",
  "/minio",
];
