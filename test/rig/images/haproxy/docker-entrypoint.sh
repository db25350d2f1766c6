#!/bin/sh
# As the official image: haproxy runs as a master with one worker, in the foreground.
set -e
case "${1:-}" in -*) set -- haproxy "$@" ;; esac
if [ "$1" = haproxy ]; then
  shift
  set -- haproxy -W -db "$@"
fi
exec "$@"
