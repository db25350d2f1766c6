#!/bin/bash
# The contract of the official images mysql and mariadb: MYSQL_ or MARIADB_ROOT_PASSWORD, _ROOT_HOST, _DATABASE,
# _USER, _PASSWORD (each also as *_FILE), _ALLOW_EMPTY_PASSWORD, _RANDOM_ROOT_PASSWORD, and scripts in
# /docker-entrypoint-initdb.d on the first start.
set -Eeuo pipefail
DATA=/var/lib/mysql
SOCKET=/run/mysqld/mysqld.sock

setting() { # NAME without its prefix: MARIADB_ wins over MYSQL_
  local prefix name file
  for prefix in MARIADB MYSQL; do
    name=${prefix}_$1 file=${prefix}_$1_FILE
    if [ -n "${!name:-}" ] && [ -n "${!file:-}" ]; then
      echo "[ERROR] [Entrypoint]: Both $name and $file are set (but are exclusive)" >&2
      exit 1
    fi
    if [ -n "${!name:-}" ]; then printf '%s' "${!name}" && return; fi
    if [ -n "${!file:-}" ]; then printf '%s' "$(<"${!file}")" && return; fi
  done
}
quoted() { printf "'%s'" "$(sed "s/[\\\\']/\\\\&/g" <<<"$1")"; }
named() { printf '`%s`' "${1//\`/\`\`}"; }

run_script() {
  echo "[Note] [Entrypoint]: running $1"
  case $1 in
  *.sh) if [ -x "$1" ]; then "$1"; else . "$1"; fi ;;
  *.sql) docker_process_sql <"$1" ;;
  *.sql.gz) gunzip -c "$1" | docker_process_sql ;;
  *.sql.xz) xzcat "$1" | docker_process_sql ;;
  *.sql.zst) zstd -dc "$1" | docker_process_sql ;;
  *) echo "[Warn] [Entrypoint]: ignoring $1" ;;
  esac
}
# The name under which the official images offer it to scripts.
docker_process_sql() { MYSQL_PWD=$root_password mariadb --protocol=socket -S "$SOCKET" -uroot ${database:+"$database"} "$@"; }

first_start() {
  local user password host random
  root_password=$(setting ROOT_PASSWORD) database=$(setting DATABASE)
  user=$(setting USER) password=$(setting PASSWORD) host=$(setting ROOT_HOST)
  random=$(setting RANDOM_ROOT_PASSWORD)
  if [ -z "$root_password$(setting ALLOW_EMPTY_PASSWORD)$(setting ALLOW_EMPTY_ROOT_PASSWORD)$random" ]; then
    cat >&2 <<'E'
[ERROR] [Entrypoint]: Database is uninitialized and password option is not specified
    You need to specify one of MYSQL_ROOT_PASSWORD, MYSQL_ALLOW_EMPTY_PASSWORD and MYSQL_RANDOM_ROOT_PASSWORD
E
    exit 1
  fi
  if [ -n "$random" ]; then
    root_password=$(head -c 24 /dev/urandom | base64 | tr -d '+/=\n')
    echo "[Note] [Entrypoint]: GENERATED ROOT PASSWORD: $root_password"
  fi
  mariadb-install-db --datadir="$DATA" --skip-test-db --auth-root-authentication-method=normal --skip-log-bin >/dev/null
  # Without a port: a client that waits for it must not meet the half-made database.
  "$@" --skip-networking --socket="$SOCKET" &
  local server=$! i
  for i in $(seq 150); do
    mariadb-admin --protocol=socket -S "$SOCKET" -uroot ping >/dev/null 2>&1 && break
    kill -0 $server 2>/dev/null || { echo "[ERROR] [Entrypoint]: Unable to start server." >&2; exit 1; }
    sleep 0.2
  done
  local new_password=$root_password wanted=$database
  root_password='' database=''
  mysql_tzinfo=$(mariadb-tzinfo-to-sql /usr/share/zoneinfo 2>/dev/null) || mysql_tzinfo=''
  { echo 'USE mysql;' && printf '%s\n' "$mysql_tzinfo"; } | docker_process_sql
  {
    echo "SET @@SESSION.SQL_LOG_BIN=0; DELETE FROM mysql.global_priv WHERE user='';"
    echo 'FLUSH PRIVILEGES;'
    [ -z "$wanted" ] || echo "CREATE DATABASE IF NOT EXISTS $(named "$wanted");"
    if [ -n "$user" ] && [ "$user" != root ]; then
      echo "CREATE USER $(quoted "$user")@'%' IDENTIFIED BY $(quoted "$password");"
      [ -z "$wanted" ] || echo "GRANT ALL ON $(named "${wanted//_/\\_}").* TO $(quoted "$user")@'%';"
    fi
    if [ "${host:-%}" != localhost ]; then
      echo "CREATE USER 'root'@$(quoted "${host:-%}") IDENTIFIED BY $(quoted "$new_password");"
      echo "GRANT ALL ON *.* TO 'root'@$(quoted "${host:-%}") WITH GRANT OPTION;"
    fi
    echo "ALTER USER 'root'@'localhost' IDENTIFIED BY $(quoted "$new_password");"
  } | docker_process_sql
  root_password=$new_password database=$wanted
  local f
  for f in /docker-entrypoint-initdb.d/*; do [ ! -e "$f" ] || run_script "$f"; done
  MYSQL_PWD=$root_password mariadb-admin --protocol=socket -S "$SOCKET" -uroot shutdown
  wait $server
  echo "[Note] [Entrypoint]: MySQL init process done. Ready for start up."
}

[ "${1:0:1}" != - ] || set -- mysqld "$@"
case $1 in mysqld | mariadbd) ;; *) exec "$@" ;; esac
if [ "$(id -u)" = 0 ]; then
  find "$DATA" /run/mysqld \! -user mysql -exec chown mysql:mysql '{}' +
  exec setpriv --reuid mysql --regid mysql --init-groups -- "$0" "$@"
fi
# Options that MySQL 8 has and MariaDB has not are let through and ignored.
args=()
for a in "$@"; do
  case $a in
  --default-authentication-plugin* | --authentication-policy* | --mysql-native-password* | --mysqlx* | --*0900_ai_ci) ;;
  *) args+=("$a") ;;
  esac
done
[ -d "$DATA/mysql" ] || first_start "${args[@]}"
exec "${args[@]}"
