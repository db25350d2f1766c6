#!/bin/bash
# The contract of the official image: POSTGRES_USER, _PASSWORD, _DB and _INITDB_ARGS, each also as *_FILE,
# POSTGRES_HOST_AUTH_METHOD, PGDATA, and scripts in /docker-entrypoint-initdb.d on the first start.
set -Eeuo pipefail

from_file() { # VARIABLE [DEFAULT]
  local file=$1_FILE
  if [ -n "${!file:-}" ]; then
    [ -z "${!1:-}" ] || { echo "error: both $1 and $file are set (but are exclusive)" >&2; exit 1; }
    printf -v "$1" '%s' "$(<"${!file}")"
  elif [ -z "${!1:-}" ]; then
    printf -v "$1" '%s' "${2:-}"
  fi
  export "${1?}"
  unset "$file"
}

run_sql() { psql -v ON_ERROR_STOP=1 --no-password --no-psqlrc -U "$POSTGRES_USER" "$@"; }

run_script() {
  echo "$0: running $1"
  case $1 in
  *.sh) if [ -x "$1" ]; then "$1"; else . "$1"; fi ;;
  *.sql) run_sql -d "$POSTGRES_DB" -f "$1" ;;
  *.sql.gz) gunzip -c "$1" | run_sql -d "$POSTGRES_DB" ;;
  *.sql.xz) xzcat "$1" | run_sql -d "$POSTGRES_DB" ;;
  *.sql.zst) zstd -dc "$1" | run_sql -d "$POSTGRES_DB" ;;
  *) echo "$0: ignoring $1" ;;
  esac
}

first_start() {
  from_file POSTGRES_PASSWORD
  from_file POSTGRES_USER postgres
  from_file POSTGRES_DB "$POSTGRES_USER"
  from_file POSTGRES_INITDB_ARGS
  : "${POSTGRES_HOST_AUTH_METHOD:=}"
  if [ -z "$POSTGRES_PASSWORD" ] && [ "$POSTGRES_HOST_AUTH_METHOD" != trust ]; then
    cat >&2 <<'E'
Error: Database is uninitialized and superuser password is not specified.
       You must specify POSTGRES_PASSWORD to a non-empty value for the superuser.
E
    exit 1
  fi
  local args=()
  [ -z "$POSTGRES_INITDB_ARGS" ] || eval "args=($POSTGRES_INITDB_ARGS)"
  [ -z "${POSTGRES_INITDB_WALDIR:-}" ] || args+=(--waldir "$POSTGRES_INITDB_WALDIR")
  initdb --username="$POSTGRES_USER" --pwfile=<(printf '%s\n' "$POSTGRES_PASSWORD") "${args[@]}"
  printf '\nhost all all all %s\n' "${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}" >>"$PGDATA/pg_hba.conf"
  # Only on the local socket: a client that waits for the port must not meet the half-made database.
  PGPASSWORD=$POSTGRES_PASSWORD
  export PGPASSWORD
  pg_ctl -D "$PGDATA" -o "-c listen_addresses='' -p 5432" -w start
  if [ "$POSTGRES_DB" != postgres ]; then
    run_sql -d postgres -v db="$POSTGRES_DB" <<<'CREATE DATABASE :"db";'
  fi
  local f
  for f in /docker-entrypoint-initdb.d/*; do [ ! -e "$f" ] || run_script "$f"; done
  pg_ctl -D "$PGDATA" -m fast -w stop
  unset PGPASSWORD
  printf '\nPostgreSQL init process complete; ready for start up.\n\n'
}

[ "${1:0:1}" != - ] || set -- postgres "$@"
[ "$1" = postgres ] || exec "$@"
case " $* " in *' --help '* | *' --version '* | *' -V '* | *' -C '*) exec "$@" ;; esac
if [ "$(id -u)" = 0 ]; then
  mkdir -p "$PGDATA" /var/run/postgresql
  find "$PGDATA" \! -user postgres -exec chown postgres '{}' +
  find /var/run/postgresql \! -user postgres -exec chown postgres '{}' +
  chmod 700 "$PGDATA"
  exec setpriv --reuid postgres --regid postgres --init-groups -- "$0" "$@"
fi
[ -s "$PGDATA/PG_VERSION" ] || first_start
exec "$@"
