#!/bin/sh
# As the official image: bare options are for memcached.
set -e
case "${1:-}" in -*) set -- memcached "$@" ;; esac
exec "$@"
