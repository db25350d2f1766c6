import type { Bootstrap, DatabaseSpec } from "../bootstrap";
import { folder } from "../proxy";

/**
 * Makes what is missing and changes what differs: run again, it changes nothing. The same text for MySQL and
 * MariaDB; the server's own authentication plugin keeps the password.
 */
function mysqlSql({ database, user, password, rootPassword, settings = {} }: DatabaseSpec): string {
  const lines = [
    // Otherwise a backslash in a literal may be read as itself.
    "SET SESSION sql_mode = REPLACE(@@sql_mode, 'NO_BACKSLASH_ESCAPES', '');",
  ];
  if (database !== undefined) {
    lines.push(`CREATE DATABASE IF NOT EXISTS ${identifier(database)};`);
    const { character_set_server: characters, collation_server: collation } = settings;
    const set = [
      ...(characters === undefined ? [] : [`CHARACTER SET ${literal(characters)}`]),
      ...(collation === undefined ? [] : [`COLLATE ${literal(collation)}`]),
    ];
    if (set.length > 0) lines.push(`ALTER DATABASE ${identifier(database)} ${set.join(" ")};`);
  }
  const admit = (name: string, secret: string | undefined): string => {
    const account = `${literal(name)}@'%'`;
    const by = secret === undefined ? "" : ` IDENTIFIED BY ${literal(secret)}`;
    lines.push(`CREATE USER IF NOT EXISTS ${account}${by};`);
    if (by !== "") lines.push(`ALTER USER ${account}${by};`);
    return account;
  };
  const give = (scope: string, account: string): void => {
    lines.push(`GRANT ALL PRIVILEGES ON ${scope}.* TO ${account};`);
  };
  const root = user === "root" ? password : rootPassword;
  if (user === "root" || rootPassword !== undefined) {
    const account = admit("root", root);
    // All that an administrator without SUPER can grant; by name as well, for servers with partial revokes.
    give("`%`", account);
    if (database !== undefined) give(pattern(database), account);
  }
  if (user !== undefined && user !== "root") {
    const account = admit(user, password);
    if (database !== undefined) give(pattern(database), account);
  }
  return `${lines.join("\n")}\n`;
}

const identifier = (name: string): string => `\`${name.replace(/`/g, "``")}\``;

/** In a GRANT the database's name is a pattern. */
const pattern = (name: string): string => identifier(name.replace(/[\\_%]/g, "\\$&"));

const literal = (text: string): string => `'${text.replace(/[\\']/g, "\\$&")}'`;

/**
 * First-start scripts run once each, with the administrator's rights, in the application's database. The
 * `mysql` that they call connects to the server with the administrator's login, whatever host and user they pass.
 */
const mysqlScript = `set -eu
if [ "$APP_USER" = "$ADMIN" ]; then
  echo "$ADMIN is the administrator of the managed server; give the application another user" >&2
  exit 1
fi
export CLIENT=$(command -v mysql || command -v mariadb) MYSQL_PWD="$ADMIN_PASSWORD"
if "$CLIENT" --help 2>/dev/null | grep -q -e --ssl-mode; then
  if [ "$VERIFY" = host ]; then TLS=--ssl-mode=VERIFY_IDENTITY; else TLS=--ssl-mode=VERIFY_CA; fi
elif [ "$VERIFY" = host ]; then
  TLS="--ssl --ssl-verify-server-cert"
else
  TLS="--ssl --skip-ssl-verify-server-cert"
fi
export TLS
bin=$(mktemp -d)
cat > "$bin/mysql" <<'END'
#!/bin/sh
value=""
for word; do
  shift
  if [ -n "$value" ]; then value=""; continue; fi
  case "$word" in
    -[uhPS] | --user | --host | --port | --socket) value=follows ;;
    -[uhPSp]* | --user=* | --host=* | --port=* | --socket=* | --password* | --protocol* | --ssl*) ;;
    *) set -- "$@" "$word" ;;
  esac
done
exec "$CLIENT" --protocol=TCP --host="$HOST" --port="$PORT" --user="$ADMIN" $TLS --ssl-ca=${folder}/ca.pem --connect-timeout=15 "$@"
END
chmod 755 "$bin/mysql"
ln -s mysql "$bin/mariadb"
export PATH="$bin:$PATH"
sql() { mysql --batch --skip-column-names "$@"; }
left=30
until sql --execute 'SELECT 1' >/dev/null; do
  left=$((left - 1))
  [ "$left" -gt 0 ] || exit 1
  sleep 5
done
sql < ${folder}/bootstrap.sql
[ -n "$(ls /docker-entrypoint-initdb.d 2>/dev/null)" ] || exit 0
export MYSQL_DATABASE="$APP_DATABASE" MYSQL_USER="$APP_USER" MYSQL_PASSWORD="$APP_PASSWORD" MYSQL_ROOT_PASSWORD="$ADMIN_PASSWORD"
export MARIADB_DATABASE="$APP_DATABASE" MARIADB_USER="$APP_USER" MARIADB_PASSWORD="$APP_PASSWORD" MARIADB_ROOT_PASSWORD="$ADMIN_PASSWORD"
docker_process_sql() {
  if [ "\${1:-}" = --dont-use-mysql-root-password ]; then shift; fi
  sql \${APP_DATABASE:+"--database=$APP_DATABASE"} "$@"
}
sql --execute 'CREATE DATABASE IF NOT EXISTS berth'
sql --execute 'CREATE TABLE IF NOT EXISTS berth.applied (script VARCHAR(255) PRIMARY KEY, at TIMESTAMP DEFAULT CURRENT_TIMESTAMP)'
for file in /docker-entrypoint-initdb.d/*; do
  [ -f "$file" ] || continue
  name=$(basename "$file")
  quoted=$(printf %s "$name" | sed "s/[\\\\\\\\']/\\\\\\\\&/g")
  known=$(sql --execute "SELECT 1 FROM berth.applied WHERE script = '$quoted'")
  [ -z "$known" ] || continue
  echo "running $name"
  case "$file" in
    *.sh) if [ -x "$file" ]; then "$file"; else (. "$file"); fi ;;
    *.sql) docker_process_sql < "$file" ;;
    *.sql.gz) gunzip -c "$file" | docker_process_sql ;;
    *.sql.xz) xz -dc "$file" | docker_process_sql ;;
    *.sql.zst) zstd -dc "$file" | docker_process_sql ;;
    *) echo "$name is left out: it is neither .sh nor .sql" ; continue ;;
  esac
  sql --execute "INSERT INTO berth.applied (script) VALUES ('$quoted')"
done
`;

export const mysqlBootstrap = {
  image: "mysql",
  file: "bootstrap.sql",
  script: mysqlScript,
  sql: mysqlSql,
  memory: 256,
  // Where the Compose file has no other user, root is the application's.
  users: ({ user, password, adminPassword }) =>
    user === undefined
      ? { user: "root", password: adminPassword ?? password }
      : { user, password, adminPassword },
  serverUser: (user) => user,
} as const satisfies Bootstrap;
