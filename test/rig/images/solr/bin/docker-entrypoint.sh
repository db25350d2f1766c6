#!/bin/bash
# As the official image: /var/solr is filled when it is an empty volume, then the command runs.
set -euo pipefail
init-var-solr
case "${1:-}" in
'') set -- solr-foreground ;;
-*) set -- solr-foreground "$@" ;;
esac
exec "$@"
