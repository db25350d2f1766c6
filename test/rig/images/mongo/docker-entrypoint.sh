#!/bin/bash
# The part of the official image's contract that FerretDB can keep: MONGO_INITDB_ROOT_USERNAME and _PASSWORD
# (each also as *_FILE) make the user of the database admin and turn authentication on; --port, --bind_ip and
# --dbpath are honoured, what tunes MongoDB's own storage is passed over.
set -euo pipefail
case "${1:-}" in -*) set -- mongod "$@" ;; esac
[ "${1:-mongod}" = mongod ] || exec "$@"
if [ "$(id -u)" = 0 ]; then
  find /data/db /data/configdb \! -user mongodb -exec chown mongodb:mongodb '{}' +
  exec setpriv --reuid mongodb --regid mongodb --init-groups -- "$0" "$@"
fi
for name in MONGO_INITDB_ROOT_USERNAME MONGO_INITDB_ROOT_PASSWORD; do
  file=${name}_FILE
  if [ -n "${!file:-}" ]; then printf -v "$name" '%s' "$(<"${!file}")"; fi
  unset "$file"
done
port=27017 address='' data=/data/db
shift
while [ $# -gt 0 ]; do
  case $1 in
  --port) port=$2 && shift ;;
  --port=*) port=${1#*=} ;;
  --bind_ip) address=$2 && shift ;;
  --bind_ip=*) address=${1#*=} ;;
  --dbpath) data=$2 && shift ;;
  --dbpath=*) data=${1#*=} ;;
  esac
  shift
done
case $address in 127.0.0.1 | localhost) ;; *) address= ;; esac
export FERRETDB_HANDLER=sqlite FERRETDB_SQLITE_URL="file:$data/" FERRETDB_STATE_DIR="$data" \
  FERRETDB_LISTEN_ADDR="$address:$port" FERRETDB_DEBUG_ADDR=- FERRETDB_TELEMETRY=disable DO_NOT_TRACK=1
if [ -n "${MONGO_INITDB_ROOT_USERNAME:-}" ]; then
  : "${MONGO_INITDB_ROOT_PASSWORD:?is needed beside MONGO_INITDB_ROOT_USERNAME}"
  export FERRETDB_TEST_ENABLE_NEW_AUTH=true FERRETDB_SETUP_DATABASE=admin \
    FERRETDB_SETUP_USERNAME="$MONGO_INITDB_ROOT_USERNAME" FERRETDB_SETUP_PASSWORD="$MONGO_INITDB_ROOT_PASSWORD"
fi
unset MONGO_INITDB_ROOT_USERNAME MONGO_INITDB_ROOT_PASSWORD
if compgen -G '/docker-entrypoint-initdb.d/*' >/dev/null; then
  echo "warning: this stand-in has no mongosh; /docker-entrypoint-initdb.d is not run" >&2
fi
exec ferretdb
