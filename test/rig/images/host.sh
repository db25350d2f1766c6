# Read by build.sh: what the images take from this host. Everything about where packages come from is read
# from the host's own configuration when the images are built.

stage_python() {
  local python
  python=$(command -v python3)
  {
    echo '[global]'
    echo 'cert = /etc/ssl/certs/ca-certificates.crt'
    echo 'disable-pip-version-check = true'
    echo 'root-user-action = ignore'
    "$python" -m pip config list 2>/dev/null | sed -nE \
      "s/^(:env:|global|user|site|install)\.+(index-url|extra-index-url|trusted-host|proxy|timeout|default-timeout)='(.*)'$/\2 = \3/p"
  } | awk '!seen[$1]++' >"$1/pip.conf"
}
fingerprint_python() { local d; d=$(mktemp -d); stage_python "$d"; cat "$d/pip.conf"; rm -rf "$d"; }

stage_node() {
  local node npm
  node=$(readlink -f "$(command -v node)")
  npm=$(dirname "$(dirname "$(readlink -f "$(command -v npm)")")")
  mkdir -p "$1/npm"
  cp "$node" "$1/node"
  cp -a "$npm/." "$1/npm/"
  npmrc_of_host >"$1/npmrc"
}
npmrc_of_host() {
  echo 'cafile=/etc/ssl/certs/ca-certificates.crt'
  printf 'audit=false\nfund=false\nupdate-notifier=false\n'
  local key value
  for key in registry proxy https-proxy omit-lockfile-registry-resolved; do
    value=$(npm config get "$key" 2>/dev/null)
    case $value in '' | null | undefined) ;; *) echo "$key=$value" ;; esac
  done
}
fingerprint_node() { node --version; npm --version 2>/dev/null; npmrc_of_host; }

stage_golang() {
  local root
  root=$(go env GOROOT)
  mkdir -p "$1/go"
  tar -C "$root" --exclude=./test --exclude=./api --exclude=./doc --exclude='*/testdata' \
    --exclude='*_test.go' -cf - . | tar -C "$1/go" -xf -
  goenv_of_host >"$1/go/go.env"
}
goenv_of_host() {
  local key value
  for key in GOPROXY GOSUMDB GONOSUMDB GONOPROXY GOPRIVATE; do
    value=$(go env "$key")
    if [ -n "$value" ]; then echo "$key=$value"; fi
  done
  echo GOTOOLCHAIN=local
}
fingerprint_golang() { go version; goenv_of_host; }

stage_traefik() { cp "$RIG/bin/traefik" "$1/traefik"; }
fingerprint_traefik() { sha256sum <"$RIG/bin/traefik"; }
