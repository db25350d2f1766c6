#!/bin/bash
# The contract of the official image: NEO4J_AUTH (none, or USER/PASSWORD, also as NEO4J_AUTH_FILE or NEO4J_AUTH_PATH),
# and every other NEO4J_ variable as a setting, with "_" for "." and "__" for "_".
set -euo pipefail
conf=$NEO4J_HOME/conf/neo4j.conf
[ "$1" = neo4j ] || [ "$1" = console ] || exec "$@"
set_conf() { # KEY VALUE: written once, a value of the environment wins
  { grep -v "^${1//./\\.}=" "$conf" || true; printf '%s=%s\n' "$1" "$2"; } >/tmp/neo4j.conf
  cat /tmp/neo4j.conf >"$conf"
  rm /tmp/neo4j.conf
}
if [ "$(id -u)" = 0 ]; then
  find /data /logs "$NEO4J_HOME/conf" "$NEO4J_HOME/run" \! -user neo4j -exec chown neo4j:neo4j '{}' +
  exec setpriv --reuid neo4j --regid neo4j --init-groups -- "$0" "$@"
fi
secret=${NEO4J_AUTH_FILE:-${NEO4J_AUTH_PATH:-}}
[ -z "$secret" ] || NEO4J_AUTH=$(<"$secret")
for name in $(compgen -e NEO4J_); do
  case $name in
  NEO4J_AUTH | NEO4J_AUTH_* | NEO4J_HOME | NEO4J_CONF | NEO4J_PLUGINS | NEO4J_ACCEPT_LICENSE_AGREEMENT | \
    NEO4J_EDITION | NEO4J_TARBALL | NEO4J_SHA256 | NEO4J_URI | NEO4J_DEBUG) continue ;;
  esac
  key=${name#NEO4J_}
  key=${key//__/$'\x01'}
  key=${key//_/.}
  set_conf "${key//$'\x01'/_}" "${!name}"
  unset "$name"
done
case ${NEO4J_AUTH:-} in
'') ;;
none) set_conf dbms.security.auth_enabled false ;;
neo4j/*)
  password=${NEO4J_AUTH#neo4j/}
  password=${password%/true}
  if [ "$password" = neo4j ]; then
    echo 'Invalid value for password. It cannot be "neo4j", which is the default.' >&2
    exit 1
  fi
  # Only the first start reads it: later the user's password is in the database.
  if [ ! -d /data/databases/system ]; then
    neo4j-admin dbms set-initial-password "$password" >/dev/null
  fi
  ;;
*)
  echo "Invalid value for NEO4J_AUTH: \"none\" or \"neo4j/<password>\" is wanted" >&2
  exit 1
  ;;
esac
unset NEO4J_AUTH NEO4J_AUTH_FILE NEO4J_AUTH_PATH password
setting() { sed -n "s/^$1=//p" "$conf" | tail -1; }
first=$(setting server.memory.heap.initial_size) most=$(setting server.memory.heap.max_size)
extra=$(setting server.jvm.additional)
# The quick compiler alone: half the work until the server answers, for tests that start it and ask little.
# shellcheck disable=SC2086
exec java ${first:+-Xms$first} ${most:+-Xmx$most} -XX:+UseSerialGC -XX:TieredStopAtLevel=1 \
  -Djava.awt.headless=true -Dfile.encoding=UTF-8 $extra -cp "$NEO4J_HOME/plugins/*:$NEO4J_HOME/lib/*" \
  org.neo4j.server.CommunityEntryPoint --home-dir="$NEO4J_HOME" --config-dir="$NEO4J_HOME/conf" --console-mode
