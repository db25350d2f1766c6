#!/bin/sh
# As the official image: before nginx starts, every script in /docker-entrypoint.d runs, in order.
set -e
if [ "$1" = nginx ] || [ "$1" = nginx-debug ]; then
  # A container without IPv6 has no [::] to listen on.
  conf=/etc/nginx/conf.d/default.conf
  if [ ! -f /proc/net/if_inet6 ] && [ -w "$conf" ]; then
    grep -v 'listen \[::\]:80;' "$conf" >/tmp/default.conf && cat /tmp/default.conf >"$conf"
  fi
  for f in /docker-entrypoint.d/*; do
    case "$f" in
    *.envsh) if [ -x "$f" ]; then . "$f"; fi ;;
    *.sh) if [ -x "$f" ]; then "$f"; fi ;;
    esac
  done
fi
exec "$@"
