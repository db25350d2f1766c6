#!/bin/bash
# As the official image: RABBITMQ_DEFAULT_USER, _PASS (each also as *_FILE) and _VHOST name what the server makes
# on its first start, RABBITMQ_ERLANG_COOKIE the cluster's secret; the server runs as rabbitmq.
set -euo pipefail
COOKIE=/var/lib/rabbitmq/.erlang.cookie
if [ "$1" = rabbitmq-server ]; then
  # Here, and not left to the server: a health check that comes first would make it, as root's.
  if [ -n "${RABBITMQ_ERLANG_COOKIE:-}" ]; then
    (umask 077 && printf '%s' "$RABBITMQ_ERLANG_COOKIE" >"$COOKIE")
  elif [ ! -s "$COOKIE" ]; then
    (umask 077 && head -c 30 /dev/urandom | base64 | tr -dc 'A-Za-z0-9' >"$COOKIE")
  fi
fi
if [[ $1 == rabbitmq* ]] && [ "$(id -u)" = 0 ]; then
  find /var/lib/rabbitmq /etc/rabbitmq \! -user rabbitmq -exec chown rabbitmq:rabbitmq '{}' +
  chmod 400 "$COOKIE" 2>/dev/null || true
  exec setpriv --reuid rabbitmq --regid rabbitmq --init-groups -- "$0" "$@"
fi
if [ "$1" = rabbitmq-server ]; then
  for name in RABBITMQ_DEFAULT_USER RABBITMQ_DEFAULT_PASS; do
    file=${name}_FILE
    if [ -n "${!file:-}" ]; then printf -v "$name" '%s' "$(<"${!file}")"; fi
    unset "$file"
  done
  # The old format of the settings, for it can quote any byte of a password.
  binary() { printf '<<"%s">>' "$(sed 's/[\\"]/\\&/g' <<<"$1")"; }
  {
    echo '[{rabbit, [{loopback_users, []}, {log, [{console, [{enabled, true}]}]}'
    [ -z "${RABBITMQ_DEFAULT_USER:-}" ] || echo ", {default_user, $(binary "$RABBITMQ_DEFAULT_USER")}"
    [ -z "${RABBITMQ_DEFAULT_PASS:-}" ] || echo ", {default_pass, $(binary "$RABBITMQ_DEFAULT_PASS")}"
    [ -z "${RABBITMQ_DEFAULT_VHOST:-}" ] || echo ", {default_vhost, $(binary "$RABBITMQ_DEFAULT_VHOST")}"
    echo ']}].'
  } >/etc/rabbitmq/advanced.config
  unset RABBITMQ_DEFAULT_USER RABBITMQ_DEFAULT_PASS RABBITMQ_DEFAULT_VHOST RABBITMQ_ERLANG_COOKIE
fi
exec "$@"
