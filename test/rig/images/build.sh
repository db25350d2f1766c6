#!/bin/bash
# Builds the rig's Docker images under the names of the official ones, from packages only (no image is
# pulled): bases and services whose variables, files and signals are those of the official images.
#
#   build.sh [NAME...]     NAME is a folder here, or an image such as postgres:17; without one, all
#
# DOCKER_HOST   the daemon to build on (default: the docker CLI's own)
# BERTH_RIG     cache of what the rig builds (default ~/.cache/berth-rig); bin/traefik is taken from there
# FORCE=1       build even when the sources are unchanged
#
# Package sources, proxies and certificate authorities are those that this host is configured with. An image
# whose label berth.sources equals the hash of its sources is left alone. The label berth.stand-in says, on
# each image that is not what its tag names, what it really is; the last lines list those, and what has none.
set -euo pipefail
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
RIG=${BERTH_RIG:-$HOME/.cache/berth-rig}
CACHE=$RIG/images
mkdir -p "$CACHE"
export DOCKER_BUILDKIT=0
# One build at a time on a daemon: two would make the same image twice.
exec 9>"$CACHE/lock-$(sha256sum <<<"${DOCKER_HOST:-}" | cut -c1-8)"
flock 9
# shellcheck source=host.sh
. "$HERE/host.sh"
# shellcheck source=debian/rootfs.sh
. "$HERE/debian/rootfs.sh"

# folder, then its official tags. Bases first, then the small and much used, then the slow.
TABLE='
debian        debian:bookworm-slim
busybox       busybox:1.37
redis         redis:7
python        python:3.12-slim
node          node:20-slim node:24-alpine
postgres      postgres:17 postgres:16
nginx         nginx:1.29
memcached     memcached:1.6
haproxy       haproxy:3.2 haproxy:3.2-alpine
rabbitmq      rabbitmq:4-management
mysql         mysql:8.4 mariadb:11
golang        golang:1.24
traefik       traefik:v3.5
caddy         caddy:2
mongo         mongo:7
mailpit       axllent/mailpit:v1.21 axllent/mailpit:latest
jre           berth-rig/jre:17
elasticsearch elasticsearch:8.19.0
solr          solr:9
neo4j         neo4j:5
'

tags_of() { awk -v n="$1" '$1 == n { for (i = 2; i <= NF; i++) print $i }' <<<"$TABLE"; }
folder_of() {
  awk -v n="$1" '{ for (i = 1; i <= NF; i++) if ($i == n) { print $1; exit } }' <<<"$TABLE"
}
starts_from() { [ ! -f "$HERE/$1/Dockerfile" ] || awk '$1 == "FROM" && $2 != "scratch" { print $2 }' "$HERE/$1/Dockerfile"; }
label() { docker image inspect -f "{{ index .Config.Labels \"$2\" }}" "$1" 2>/dev/null || true; }

# What an image is made of: its folder, what is staged from the host, and the image it starts from.
sources_of() {
  {
    (cd "$HERE/$1" && find . -type f | LC_ALL=C sort | xargs sha256sum && find . -type f -perm -100 | LC_ALL=C sort)
    if [ "$(type -t "fingerprint_$1")" = function ]; then "fingerprint_$1"; fi
    for image in $(starts_from "$1"); do label "$image" berth.sources; done
  } | sha256sum | cut -c1-16
}

build_one() { # folder sources
  local name=$1 sources=$2 first context args=()
  first=$(tags_of "$name" | head -1)
  if [ "$name" = debian ]; then
    debian_rootfs "$CACHE/debian-$sources.tar"
    docker import -c 'CMD ["bash"]' -c "LABEL berth.sources=$sources" \
      "$CACHE/debian-$sources.tar" "$first" >/dev/null
    return
  fi
  context=$(mktemp -d)
  cp -a "$HERE/$name/." "$context/"
  if [ "$(type -t "stage_$name")" = function ]; then
    "stage_$name" "$context"
  fi
  for p in http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY; do
    [ -n "${!p:-}" ] && args+=(--build-arg "$p=${!p}")
  done
  nice -n 10 docker build -q --network host "${args[@]}" --label "berth.sources=$sources" \
    -t "$first" "$context"
  rm -rf "$context"
}

with_bases() { # FOLDER: it, and the folders of the images it starts from
  local image
  for image in $(starts_from "$1"); do with_bases "$(folder_of "$image")"; done
  printf '%s ' "$1"
}

names=() wanted=''
if [ $# = 0 ]; then
  read -ra names -d '' < <(awk 'NF { print $1 }' <<<"$TABLE") || true
else
  for n in "$@"; do
    f=$(folder_of "$n")
    [ -n "$f" ] || { echo "build.sh: no image \"$n\"; the folders are: $(awk 'NF {printf "%s ", $1}' <<<"$TABLE")" >&2; exit 2; }
    wanted="$wanted $(with_bases "$f")"
  done
  # In the order of the table, each once.
  for n in $(awk 'NF { print $1 }' <<<"$TABLE"); do
    case " $wanted " in *" $n "*) names+=("$n") ;; esac
  done
fi

failed=()
for name in "${names[@]}"; do
  start=$SECONDS
  first=$(tags_of "$name" | head -1)
  if [ "$name" = traefik ] && [ ! -x "$RIG/bin/traefik" ]; then
    echo "$first: left out, $RIG/bin/traefik is not built yet"
    continue
  fi
  sources=$(sources_of "$name")
  what=built rc=0
  if [ -z "${FORCE:-}" ] && [ "$(label "$first" berth.sources)" = "$sources" ]; then
    what=unchanged
  else
    # Not as the condition of an "if", where errors inside it would be passed over.
    set +e
    (set -e; build_one "$name" "$sources") >"$CACHE/$name.log" 2>&1
    rc=$?
    set -e
  fi
  if [ $rc != 0 ]; then
    failed+=("$first")
    echo "$first: build failed; the end of $CACHE/$name.log:" >&2
    tail -15 "$CACHE/$name.log" >&2
    continue
  fi
  for tag in $(tags_of "$name"); do docker tag "$first" "$tag"; done
  size=$(docker image inspect -f '{{ .Size }}' "$first")
  printf '%-24s %-9s %4d s %5d MB\n' "$first" "$what" $((SECONDS - start)) $((size / 1000000))
done

stand_ins=()
for tag in $(awk '{ for (i = 2; i <= NF; i++) print $i }' <<<"$TABLE"); do
  is=$(label "$tag" berth.stand-in)
  [ -n "$is" ] && stand_ins+=("$tag is $is")
done
(IFS=';'; echo "not the real thing:${stand_ins[*]/#/ }")
echo "no stand-in: container-registry.oracle.com/mysql/community-router:8.4, which Debian does not have"
[ ${#failed[@]} = 0 ] || { echo "failed: ${failed[*]}" >&2; exit 1; }
