import type { Backup } from "../backup";

const login = [
  "set -e",
  'export PGUSER="${POSTGRES_USER:-${POSTGRESQL_USERNAME:-postgres}}"',
  'file="${POSTGRES_USER_FILE:-}"; [ -z "$file" ] || PGUSER=$(cat "$file")',
  'export PGPASSWORD="${POSTGRES_PASSWORD:-${POSTGRESQL_PASSWORD:-}}"',
  'file="${POSTGRES_PASSWORD_FILE:-${POSTGRESQL_PASSWORD_FILE:-}}"; [ -z "$file" ] || PGPASSWORD=$(cat "$file")',
  "list=$(psql -X -d template1 -Atc 'select datname from pg_database where datallowconn and not datistemplate order by 1')",
  "IFS='\n'",
].join("\n");

/** Creates a role unless the server has it: the role of this stack keeps its password. */
const missingRoles = [
  `awk -v q="'" '`,
  // From 17.6 on a dump forbids all but its own commands of psql.
  `/^.(un)?restrict /{ next }`,
  `/^CREATE ROLE /{ n = substr($0, 13); sub(/;$/, "", n); m = n; gsub(q, q q, m)`,
  `  print "SELECT to_regrole(" q m q ") IS NULL AS missing \\\\gset"; print "\\\\if :missing"; print; role = 1; next }`,
  `role && /^ALTER ROLE /{ print; print "\\\\endif"; role = 0; next }`,
  `{ print }'`,
].join("\n");

/** Every database with its owner and rights, and the roles; psql reads it from the database template1. */
export const postgresBackup: Backup = {
  kind: "dump",
  dump: [
    login,
    "roles=$(pg_dumpall --roles-only)",
    // A grant to a role that the server has already fails, and does no harm.
    String.raw`echo '\set ON_ERROR_STOP off'`,
    `printf '%s\\n' "$roles" | ${missingRoles}`,
    String.raw`echo '\set ON_ERROR_STOP on'`,
    'for database in $list; do pg_dump --create --clean --if-exists "$database"; done',
  ].join("\n"),
  restore: [
    login,
    // A database in use cannot be dropped.
    `psql -X -q -d template1 -v ON_ERROR_STOP=1 -c "select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and datname is not null" >/dev/null`,
    "psql -X -q -d template1 -v ON_ERROR_STOP=1 >/dev/null",
  ].join("\n"),
  count: [
    login,
    "sum=0",
    "for database in $list; do",
    `  rows=$(psql -X -d "$database" -Atc "select coalesce(sum((xpath('/row/c/text()', query_to_xml(format('select count(*) as c from %I.%I', schemaname, tablename), false, true, '')))[1]::text::bigint), 0) from pg_tables where schemaname not in ('pg_catalog', 'information_schema')")`,
    "  sum=$((sum + rows))",
    "done",
    'echo "$sum"',
  ].join("\n"),
};
