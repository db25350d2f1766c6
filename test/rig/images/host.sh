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

# The libraries that FOLDER/pom.xml names, from Maven, and our launcher compiled against them. Kept in the
# cache: the download is the same for every build.
maven_stage() { # FOLDER CONTEXT
  local pom=$HERE/$1/pom.xml java=$HERE/$1/java kept new
  kept=$CACHE/maven-$1-$(sha256sum <"$pom" | cut -c1-16)
  if [ ! -d "$kept" ]; then
    command -v mvn >/dev/null || apt-get install -y -qq maven >/dev/null
    new=$kept.$$
    nice -n 10 mvn -q -B -f "$pom" dependency:copy-dependencies -DincludeScope=runtime \
      -DoutputDirectory="$new" >"$CACHE/maven-$1.log" 2>&1 || { tail -5 "$CACHE/maven-$1.log" >&2; return 1; }
    mv -T "$new" "$kept" 2>/dev/null || rm -rf "$new" # another build was first
  fi
  cp -a "$kept" "$2/lib"
  if [ -d "$java" ]; then
    command -v javac >/dev/null || apt-get install -y -qq openjdk-17-jdk-headless >/dev/null
    find "$java" -name '*.java' -print0 | xargs -0 javac -nowarn --release 17 -cp "$kept/*" -d "$2/classes"
  fi
}
stage_elasticsearch() { maven_stage elasticsearch "$1"; }
stage_neo4j() { maven_stage neo4j "$1"; }
stage_solr() { maven_stage solr "$1"; }

# FerretDB, whose command says its version from a file that the module leaves out.
FERRETDB=v1.24.0
stage_mongo() {
  local kept=$CACHE/ferretdb-$FERRETDB dir
  if [ ! -x "$kept" ]; then
    dir=$(mktemp -d)
    cp -a "$(cd "$dir" && GOFLAGS=-mod=mod go mod download -json "github.com/FerretDB/FerretDB@$FERRETDB" |
      sed -n 's/^\t"Dir": "\(.*\)",$/\1/p')" "$dir/src"
    chmod -R u+w "$dir/src"
    echo "$FERRETDB" >"$dir/src/build/version/version.txt"
    for f in branch commit package; do echo unknown >"$dir/src/build/version/$f.txt"; done
    (cd "$dir/src" && CGO_ENABLED=0 nice -n 10 go build -trimpath -ldflags '-s -w' -o "$dir/ferretdb" ./cmd/ferretdb)
    mv "$dir/ferretdb" "$kept"
    rm -rf "$dir"
  fi
  cp "$kept" "$1/ferretdb"
}
fingerprint_mongo() { echo "$FERRETDB"; }
