import type { Bootstrap, DatabaseSpec } from "../bootstrap";
import { folder } from "../proxy";
import { serverUser } from "./logins";

/** Makes what is missing and changes what differs: run again, it changes nothing. */
function postgresSql({
  database,
  user,
  password,
  settings = {},
  extensions,
}: DatabaseSpec): string {
  const lines: string[] = [];
  const when = (statement: string, condition: string): void => {
    lines.push(`SELECT ${literal(statement)} WHERE ${condition}`, "\\gexec");
  };
  if (user !== undefined) {
    const name = literal(user);
    const other = `${name} <> current_user`;
    when(
      `CREATE ROLE ${identifier(user)} LOGIN`,
      `NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = ${name})`,
    );
    if (password !== undefined)
      when(`ALTER ROLE ${identifier(user)} LOGIN PASSWORD ${literal(password)}`, other);
    // As near to the superuser that the image would have made as a managed server allows.
    when(`ALTER ROLE ${identifier(user)} CREATEDB CREATEROLE`, other);
    // The owner of a database can only be set to a role that the administrator is a member of.
    when(`GRANT ${identifier(user)} TO CURRENT_USER`, other);
  }
  if (database !== undefined) {
    const owner = user === undefined ? "" : ` OWNER ${identifier(user)}`;
    when(
      `CREATE DATABASE ${identifier(database)}${owner}${localeOf(settings)}`,
      `NOT EXISTS (SELECT FROM pg_catalog.pg_database WHERE datname = ${literal(database)})`,
    );
    if (user !== undefined)
      lines.push(`GRANT ALL ON DATABASE ${identifier(database)} TO ${identifier(user)};`);
    for (const [name, value] of Object.entries(settings))
      if (!locales.test(name))
        lines.push(
          `ALTER DATABASE ${identifier(database)} SET ${identifier(name)} TO ${listed(name, value)};`,
        );
    if (user !== undefined || extensions.length > 0)
      lines.push(`\\connect ${identifier(database)}`);
    // The user does not own a database that the cloud created, and since PostgreSQL 15 cannot create tables in it.
    if (user !== undefined)
      when(
        `GRANT ALL ON SCHEMA public TO ${identifier(user)}`,
        `EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname = 'public' AND pg_has_role(current_user, nspowner, 'MEMBER') AND NOT has_schema_privilege(${literal(user)}, oid, 'CREATE'))`,
      );
    for (const extension of extensions)
      lines.push(`CREATE EXTENSION IF NOT EXISTS ${identifier(extension)} CASCADE;`);
  }
  return `${lines.join("\n")}\n`;
}

const locales = /^(locale|lc_collate|lc_ctype)$/;

/**
 * Only what every server has: sorting by code points, with the classes of characters that its own locale has for
 * `C.UTF-8`. The template's own locale is another one.
 */
function localeOf(settings: NonNullable<DatabaseSpec["settings"]>): string {
  const { locale, lc_collate: collate = locale, lc_ctype: type = locale } = settings;
  if (collate === undefined && type === undefined) return "";
  const collation = collate === undefined ? "" : ` LC_COLLATE ${literal("C")}`;
  const classes = type === undefined || /utf/i.test(type) ? "" : ` LC_CTYPE ${literal("C")}`;
  return ` TEMPLATE template0${collation}${classes}`;
}

/** The value of a setting; some are lists of names, each quoted by itself. */
function listed(name: string, value: string): string {
  const list = /^(search_path|temp_tablespaces|(local|session)_preload_libraries)$/.test(name);
  if (!list) return literal(value);
  return value
    .split(",")
    .map((part) => literal(part.trim().replace(/^"(.*)"$/, "$1")))
    .join(", ");
}

const identifier = (name: string): string => `"${name.replace(/"/g, '""')}"`;

/** Also correct for backslashes with either value of `standard_conforming_strings`. */
function literal(text: string): string {
  const quoted = text.replace(/'/g, "''");
  return quoted.includes("\\") ? `E'${quoted.replace(/\\/g, "\\\\")}'` : `'${quoted}'`;
}

/** First-start scripts run once each, as the application's own user, who owns what they make. */
const postgresScript = `set -eu
export PGHOST="$HOST" PGPORT="$PORT" PGUSER="$ADMIN" PGPASSWORD="$ADMIN_PASSWORD"
export PGDATABASE="$DEFAULT_DATABASE" PGCONNECT_TIMEOUT=15 PGOPTIONS='-c client_min_messages=warning'
export PGSSLROOTCERT=${folder}/ca.pem
if [ "$VERIFY" = host ]; then export PGSSLMODE=verify-full; else export PGSSLMODE=verify-ca; fi
sql() { psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 "$@"; }
left=30
until sql --command 'SELECT 1' >/dev/null; do
  left=$((left - 1))
  [ "$left" -gt 0 ] || exit 1
  sleep 5
done
sql --file ${folder}/bootstrap.sql
[ -n "$(ls /docker-entrypoint-initdb.d 2>/dev/null)" ] || exit 0
export PGUSER="$APP_USER" PGPASSWORD="$APP_PASSWORD" PGDATABASE="$APP_DATABASE"
export POSTGRES_USER="$APP_USER" POSTGRES_PASSWORD="$APP_PASSWORD" POSTGRES_DB="$APP_DATABASE"
sql --command 'CREATE SCHEMA IF NOT EXISTS berth'
sql --command 'CREATE TABLE IF NOT EXISTS berth.applied (script text PRIMARY KEY, at timestamptz NOT NULL DEFAULT now())'
for file in /docker-entrypoint-initdb.d/*; do
  [ -f "$file" ] || continue
  name=$(basename "$file")
  known=$(printf "SELECT 1 FROM berth.applied WHERE script = :'name'" | sql --tuples-only --no-align --set "name=$name")
  [ -z "$known" ] || continue
  echo "running $name"
  case "$file" in
    *.sh) if [ -x "$file" ]; then "$file"; else (. "$file"); fi ;;
    *.sql) sql --file "$file" ;;
    *.sql.gz) gunzip -c "$file" | sql ;;
    *) echo "$name is left out: it is neither .sh nor .sql" ; continue ;;
  esac
  printf "INSERT INTO berth.applied (script) VALUES (:'name')" | sql --set "name=$name"
done
`;

export const postgresBootstrap: Bootstrap = {
  image: "postgres",
  file: "bootstrap.sql",
  script: postgresScript,
  sql: postgresSql,
  memory: 256,
  users: (login) => login,
  serverUser,
};
