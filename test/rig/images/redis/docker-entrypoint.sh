#!/bin/sh
# As the official image: options or a configuration file become arguments of redis-server, which runs as redis.
set -e
case "${1:-}" in -* | *.conf) set -- redis-server "$@" ;; esac
if [ "$1" = redis-server ]; then
  shift
  # Outside of a configuration file Redis refuses remote clients while it has no password; in a container
  # only the networks it is on reach it. The caller's own arguments come later and win.
  case "${1:-}" in
  *.conf) conf=$1 && shift && set -- redis-server "$conf" "$@" ;;
  *) set -- redis-server --protected-mode no "$@" ;;
  esac
  if [ "$(id -u)" = 0 ]; then
    find /data \! -user redis -exec chown redis:redis '{}' +
    exec setpriv --reuid redis --regid redis --init-groups -- "$@"
  fi
fi
exec "$@"
