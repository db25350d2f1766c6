import type { Backup } from "../backup";

/** As root, or as the application's user where nobody knows root's password (`MYSQL_RANDOM_ROOT_PASSWORD`). */
const login = [
  "set -e",
  'user=root password="${MARIADB_ROOT_PASSWORD:-${MYSQL_ROOT_PASSWORD:-}}"',
  'file="${MARIADB_ROOT_PASSWORD_FILE:-${MYSQL_ROOT_PASSWORD_FILE:-}}"; [ -z "$file" ] || password=$(cat "$file")',
  'if [ -n "${MARIADB_RANDOM_ROOT_PASSWORD:-${MYSQL_RANDOM_ROOT_PASSWORD:-}}" ]; then',
  '  user="${MARIADB_USER:-${MYSQL_USER:-}}" password="${MARIADB_PASSWORD:-${MYSQL_PASSWORD:-}}"',
  '  file="${MARIADB_PASSWORD_FILE:-${MYSQL_PASSWORD_FILE:-}}"; [ -z "$file" ] || password=$(cat "$file")',
  "fi",
  'export MYSQL_PWD="$password"',
  "client=$(command -v mariadb || command -v mysql)",
  'sql() { "$client" --user="$user" --batch --skip-column-names --raw "$@"; }',
  "own=\"'mysql', 'sys', 'information_schema', 'performance_schema'\"",
].join("\n");

/**
 * Every database of the application with routines, events and triggers, in one transaction, and the users. Those of
 * the server itself are left to it.
 */
export const mysqlBackup: Backup = {
  kind: "dump",
  dump: [
    login,
    "IFS='\n'",
    'list=$(sql -e "select schema_name from information_schema.schemata where schema_name not in ($own)")',
    "dump=$(command -v mariadb-dump || command -v mysqldump)",
    'set -- --user="$user" --single-transaction --quick --routines --events --triggers --hex-blob --no-tablespaces --add-drop-database',
    // A server with GTIDs refuses those of another one.
    'case $("$dump" --help) in *set-gtid-purged*) set -- "$@" --set-gtid-purged=OFF ;; esac',
    "echo '-- dump'",
    '[ -z "$list" ] || "$dump" "$@" --databases $list',
    '[ "$user" = root ] || exit 0',
    `accounts=$(sql -e "select concat(quote(user), '@', quote(host)) from mysql.user where host <> '' and user not in ('', 'root', 'healthcheck', 'mysql.sys', 'mysql.session', 'mysql.infoschema', 'mariadb.sys')")`,
    // A password's hash may hold bytes that are no text; MariaDB has another form.
    `hex=$(sql -e "show variables like 'print_identified_with_as_hex'")`,
    '[ -z "$hex" ] || hex="set print_identified_with_as_hex = on;"',
    "for account in $accounts; do",
    '  made=$(sql -e "$hex show create user $account")',
    `  printf '%s\\n' "$made" | sed -e 's/^CREATE USER /CREATE USER IF NOT EXISTS /' -e 's/$/;/'`,
    '  rights=$(sql -e "show grants for $account")',
    // MariaDB names the password with the rights, which would give a user of the server another one.
    `  printf '%s\\n' "$rights" | sed -E -e 's/ IDENTIFIED (BY|VIA) .*//' -e 's/$/;/'`,
    "done",
  ].join("\n"),
  restore: [login, "sql >/dev/null"].join("\n"),
  count: [
    login,
    "backquote='`'",
    `sql -e "select concat('select count(*) from $backquote', table_schema, '$backquote.$backquote', table_name, '$backquote;') from information_schema.tables where table_type = 'BASE TABLE' and table_schema not in ($own)" | sql | awk '{ sum += $1 } END { print sum + 0 }'`,
  ].join("\n"),
};
