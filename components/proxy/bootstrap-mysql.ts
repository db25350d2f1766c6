import { folder } from "./proxy";
import type { Wanted } from "./bootstrap";

/** Makes what is missing and changes what differs: run again, it changes nothing. */
export function mysqlSql({ database, user, password }: Wanted): string {
  const lines: string[] = [];
  if (database !== undefined) lines.push(`CREATE DATABASE IF NOT EXISTS ${identifier(database)};`);
  if (user !== undefined) {
    const account = `${literal(user)}@'%'`;
    const by = password === undefined ? "" : ` IDENTIFIED BY ${literal(password)}`;
    lines.push(`CREATE USER IF NOT EXISTS ${account}${by};`);
    if (by !== "") lines.push(`ALTER USER ${account}${by};`);
    // Of a root without a database of its own, all that an administrator can give.
    const scope = database === undefined || user === "root" ? "`%`" : identifier(database);
    lines.push(`GRANT ALL PRIVILEGES ON ${scope}.* TO ${account};`);
  }
  return `${lines.join("\n")}\n`;
}

const identifier = (name: string): string => `\`${name.replace(/`/g, "``")}\``;

const literal = (text: string): string => `'${text.replace(/\\/g, "\\\\").replace(/'/g, "\\'")}'`;

/** First-start scripts run once each, with the administrator's rights, in the application's database. */
export const mysqlScript = `set -eu
client=mysql
command -v mysql >/dev/null || client=mariadb
export MYSQL_PWD="$ADMIN_PASSWORD"
if "$client" --help 2>/dev/null | grep -q -e --ssl-mode; then
  if [ "$VERIFY" = host ]; then tls=--ssl-mode=VERIFY_IDENTITY; else tls=--ssl-mode=VERIFY_CA; fi
elif [ "$VERIFY" = host ]; then tls=--ssl-verify-server-cert; else tls=--ssl; fi
sql() { "$client" --host="$HOST" --port="$PORT" --user="$ADMIN" "$tls" --ssl-ca=${folder}/ca.pem --connect-timeout=15 --batch --skip-column-names "$@"; }
left=30
until sql --execute 'SELECT 1' >/dev/null; do
  left=$((left - 1))
  [ "$left" -gt 0 ] || exit 1
  sleep 5
done
sql < ${folder}/bootstrap.sql
[ -n "$(ls /docker-entrypoint-initdb.d 2>/dev/null)" ] || exit 0
sql --execute 'CREATE DATABASE IF NOT EXISTS berth'
sql --execute 'CREATE TABLE IF NOT EXISTS berth.applied (script VARCHAR(255) PRIMARY KEY, at TIMESTAMP DEFAULT CURRENT_TIMESTAMP)'
database=""
[ -z "$APP_DATABASE" ] || database="--database=$APP_DATABASE"
for file in /docker-entrypoint-initdb.d/*; do
  [ -f "$file" ] || continue
  name=$(basename "$file")
  quoted=$(printf %s "$name" | sed "s/[\\\\\\\\']/\\\\\\\\&/g")
  known=$(sql --execute "SELECT 1 FROM berth.applied WHERE script = '$quoted'")
  [ -z "$known" ] || continue
  echo "running $name"
  case "$file" in
    *.sh) if [ -x "$file" ]; then "$file"; else (. "$file"); fi ;;
    *.sql) sql \${database:+"$database"} < "$file" ;;
    *.sql.gz) gunzip -c "$file" | sql \${database:+"$database"} ;;
    *) echo "$name is left out: it is neither .sh nor .sql" ; continue ;;
  esac
  sql --execute "INSERT INTO berth.applied (script) VALUES ('$quoted')"
done
`;
