#!/bin/sh
# /etc/nginx/templates/**/NAME.template becomes /etc/nginx/conf.d/NAME with the environment filled in.
# Only variables that are defined are replaced, so that nginx's own ($host, $uri) stay.
set -e
from=${NGINX_ENVSUBST_TEMPLATE_DIR:-/etc/nginx/templates}
suffix=${NGINX_ENVSUBST_TEMPLATE_SUFFIX:-.template}
to=${NGINX_ENVSUBST_OUTPUT_DIR:-/etc/nginx/conf.d}
[ -d "$from" ] || exit 0
defined=$(awk 'BEGIN { for (k in ENVIRON) if (k ~ /'"${NGINX_ENVSUBST_FILTER:-}"'/) printf "${%s} ", k }' </dev/null)
find "$from" -follow -type f -name "*$suffix" | while read -r template; do
  name=${template#"$from"/}
  mkdir -p "$to/$(dirname "$name")"
  envsubst "$defined" <"$template" >"$to/${name%"$suffix"}"
done
