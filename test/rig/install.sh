#!/usr/bin/env bash
# Installs what the rig tests need beyond Node: Debian packages, the Pulumi CLI with its Node language host, Traefik,
# restic and an S3 server, a Kubernetes control plane with simulated nodes (kwok) and Pulumi's provider for it, and database servers with the proxies before them.
# usage: test/rig/install.sh [packages|docker|pulumi|traefik|backups|kubernetes|databases|kompose]...     (nothing named: all but kompose,
# which the comparison alone needs; prints the folder of programs)
# Programs are built from the Go module proxy once per version, below ${BERTH_RIG:-~/.cache/berth-rig}.
set -euo pipefail

pulumi_version=3.250.0 host_version=3.60.0 traefik_version=3.5.0 kubernetes_version=1.36.3 kwok_version=0.7.0
kubernetes_plugin_version=4.34.2 kompose_version=1.35.0 kube_score_version=1.20.0 ferretdb_version=1.24.2
restic_version=0.18.1 versitygw_version=1.8.0
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
rig=${BERTH_RIG:-$HOME/.cache/berth-rig}
export PATH=$PATH:/usr/local/go/bin:/usr/sbin:/sbin GOTOOLCHAIN=local
mkdir -p "$rig/bin" "$rig/programs"

say() { printf 'install.sh: %4d s  %s\n' "$SECONDS" "$*" >&2; }
fail() { echo "install.sh: $*" >&2; exit 1; }
has() { command -v "$1" >/dev/null; }

# apt_for PROGRAM=PACKAGE...: installs the packages whose program is missing.
apt_for() {
  local pair wanted=()
  for pair in "$@"; do has "${pair%%=*}" || wanted+=("${pair#*=}"); done
  [ ${#wanted[@]} -gt 0 ] || return 0
  has apt-get || fail "${wanted[*]} missing and no apt-get here; install them by hand"
  [ "$(id -u)" = 0 ] || fail "${wanted[*]} missing; run as root: apt-get install ${wanted[*]}"
  say "apt-get install ${wanted[*]}"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq || say "apt-get update failed; goes on with the package lists there are"
  # Starting the packaged daemon is not the package's business here: dockerd.sh starts its own.
  apt-get install -y -qq --no-install-recommends "${wanted[@]}" >"$rig/apt.log" 2>&1 ||
    { tail -20 "$rig/apt.log" >&2; fail "apt-get install failed; the whole log is $rig/apt.log"; }
}

install_packages() {
  apt_for debootstrap=debootstrap ip=iproute2 nft=nftables flock=util-linux openssl=openssl curl=curl
}

install_docker() {
  if timeout 10 docker version >/dev/null 2>&1; then return; fi
  apt_for dockerd=docker.io docker=docker.io iptables=iptables ip=iproute2
}

# build NAME VERSION PACKAGE MODULE_FOLDER [GO_BUILD_OPTION...]: one static program, linked into bin.
build() {
  local name=$1 version=$2 package=$3 module=$4 into=$rig/programs/$1-$2
  shift 4
  if [ ! -x "$into" ]; then
    has go || fail "$name is not on PATH and Go is missing to build it; install one of them"
    say "builds $name $version"
    (cd "$module" && CGO_ENABLED=0 nice -n 10 go build -buildvcs=false -trimpath -ldflags "-s -w" "$@" -o "$into.part" "$package") \
      >"$into.log" 2>&1 || { tail -20 "$into.log" >&2; fail "go build failed; the whole log is $into.log"; }
    rm -f "$into.log"
    mv "$into.part" "$into"
    say "built $name $version"
  fi
  ln -sfn "$into" "$rig/bin/$name"
}

install_pulumi() {
  if has pulumi-language-nodejs && [ -n "$(type -P pulumi)" ]; then
    say "uses $(type -P pulumi)"
    return
  fi
  install_language_host
  build pulumi "$pulumi_version" github.com/pulumi/pulumi/pkg/v3/cmd/pulumi "$here/tools/pulumi"
}

# The last language host inside sdk/v3; newer ones are a module that the proxy does not serve. It stands between
# the program and the engine and knows no resource hooks: the program is given the engine's own address instead.
install_language_host() {
  local work=$rig/programs/language-host.src version=$host_version-direct
  local package=github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs
  local main=$work/vendor/$package/main.go
  if [ ! -x "$rig/programs/pulumi-language-nodejs-$version" ]; then
    has go || fail "pulumi-language-nodejs is not on PATH and Go is missing to build it; install one of them"
    rm -rf "$work"
    mkdir -p "$work"
    cp "$here"/tools/language-nodejs/go.{mod,sum} "$work"
    printf '//go:build tools\n\npackage tools\n\nimport _ "%s"\n' "$package" >"$work/tools.go"
    (cd "$work" && go mod vendor -e >vendor.log 2>&1) || { tail "$work/vendor.log" >&2; fail "go mod vendor failed"; }
    chmod u+w "$main"
    sed -i 's/fmt.Sprintf("127.0.0.1:%d", handle.Port), pipes/engineAddress(handle.Port, req), pipes/' "$main"
    grep -q 'engineAddress(handle.Port, req)' "$main" || fail "the language host's source is not as expected"
    printf '\nfunc engineAddress(_ int, req *pulumirpc.RunRequest) string { return req.GetMonitorAddress() }\n' >>"$main"
    build pulumi-language-nodejs "$version" "./vendor/$package" "$work" -mod=vendor
    rm -rf "$work"
  fi
  ln -sfn "$rig/programs/pulumi-language-nodejs-$version" "$rig/bin/pulumi-language-nodejs"
}

install_traefik() {
  local work=$rig/programs/traefik-$traefik_version.src module=github.com/traefik/traefik/v3
  if [ -x "$rig/programs/traefik-$traefik_version" ]; then
    ln -sfn "$rig/programs/traefik-$traefik_version" "$rig/bin/traefik"
    return
  fi
  has go || fail "Go is missing to build Traefik; install it"
  # The module lacks the dashboard that it embeds, and only a vendored file may be laid over.
  rm -rf "$work"
  mkdir -p "$work"
  cp "$here"/tools/traefik/{go.mod,go.sum,index.html} "$work"
  cp "$here/tools/traefik/tools.go.txt" "$work/tools.go"
  say "fetches the modules of Traefik $traefik_version"
  (cd "$work" && go mod vendor -e >vendor.log 2>&1) || { tail "$work/vendor.log" >&2; fail "go mod vendor failed"; }
  printf '{"Replace":{"%s":"%s"}}\n' "$work/vendor/$module/webui/static/index.html" "$work/index.html" >"$work/overlay.json"
  build traefik "$traefik_version" "$module/cmd/traefik" "$work" -mod=vendor -overlay "$work/overlay.json"
  rm -rf "$work"
}

# kube-rig says of itself the version that it is built from; kwok's own stages are copied out of its module.
install_kubernetes() {
  local version=k8s.io/component-base/version stages=$rig/programs/kwok-$kwok_version-stages module
  apt_for openssl=openssl curl=curl
  build kube-rig "$kubernetes_version" . "$here/tools/kube" -ldflags "-s -w -X $version.gitVersion=v$kubernetes_version \
    -X $version.gitMajor=${kubernetes_version%%.*} -X $version.gitMinor=$(cut -d. -f2 <<<"$kubernetes_version") \
    -X $version.gitTreeState=clean"
  build kwok "$kwok_version" sigs.k8s.io/kwok/cmd/kwok "$here/tools/kwok"
  if [ ! -d "$stages" ]; then
    module=$(cd "$here/tools/kwok" && go mod download -json "sigs.k8s.io/kwok@v$kwok_version" | sed -nE 's/.*"Dir": "(.*)".*/\1/p')
    rm -rf "$stages.part"
    mkdir -p "$stages.part"
    cp "$module"/kustomize/stage/node/{fast/node-initialize,heartbeat-with-lease/node-heartbeat-with-lease}.yaml \
      "$module"/kustomize/stage/pod/fast/pod-{ready,complete,delete}.yaml "$stages.part"
    chmod u+w "$stages.part"/*
    mv "$stages.part" "$stages"
  fi
  ln -sfn "$stages" "$rig/bin/kwok-stages"
  install_kubernetes_plugin
}

# The module proxy's newest source is older than the version that this says of itself: the engine warns of an older
# provider than the program's package wants. It goes without the settings that came in between.
install_kubernetes_plugin() {
  local name=pulumi-resource-kubernetes version=$kubernetes_plugin_version module
  local into=$rig/programs/$name-$version work=$rig/programs/$name.src
  if [ ! -x "$into" ]; then
    has go || fail "$name is not on PATH and Go is missing to build it; install one of them"
    rm -rf "$work"
    mkdir -p "$work"
    cp "$here"/tools/kubernetes-plugin/{go.mod,go.sum,main.go} "$work"
    module=$(cd "$work" && go mod download -json github.com/pulumi/pulumi-kubernetes/provider/v4 | sed -nE 's/.*"Dir": "(.*)".*/\1/p')
    cp "$module"/cmd/$name/{schema,terraform-mapping}.json "$work"
    build "$name" "$version" . "$work" -ldflags "-s -w -X main.version=$version"
    rm -rf "$work"
  fi
  ln -sfn "$into" "$rig/bin/$name"
}

# restic, and a server that speaks S3 with versions, users and bucket policies.
install_backups() {
  build restic "$restic_version" github.com/restic/restic/cmd/restic "$here/tools/restic" -ldflags "-s -w -X main.version=$restic_version"
  build versitygw "$versitygw_version" github.com/versity/versitygw/cmd/versitygw "$here/tools/versitygw"
}

install_kompose() {
  build kompose "$kompose_version" github.com/kubernetes/kompose "$here/tools/kompose"
  build kube-score "$kube_score_version" github.com/zegl/kube-score/cmd/kube-score "$here/tools/kube-score"
}

# The servers that the proxies stand before, and the proxies; MySQL and its router are Debian's only in sid.
install_databases() {
  apt_for haproxy=haproxy redis-server=redis-server redis-cli=redis-tools psql=postgresql-client \
    mariadbd=mariadb-server-core mariadb=mariadb-client-core openssl=openssl
  PATH=$PATH:$(echo /usr/lib/postgresql/*/bin) apt_for initdb=postgresql
  install_ferretdb
  [ "$(id -u)" = 0 ] || fail "MySQL is run in a root folder of its own; run as root"
  local root=$rig/programs/mysql-sid
  if [ ! -d "$root" ]; then
    say "unpacks MySQL of Debian sid"
    rm -rf "$root.part" "$root.apt"
    mkdir -p "$root.part"/{usr/{bin,sbin,lib,lib64},etc,tmp,proc,dev}
    for folder in bin sbin lib lib64; do ln -s "usr/$folder" "$root.part/$folder"; done
    # Each brings a program called mysql: the last is MySQL's own.
    unpack_sid "$root" mariadb-client-core
    unpack_sid "$root" mysql-router mysql-client-core mysql-server-core
    rm -rf "$root.apt" "$root.part"/usr/share/{doc,man,locale,info}
    mv "$root.part" "$root"
    say "unpacked $("$here/in-sid.sh" mysqlrouter --version)"
  fi
}

# The server behind MongoDB's proxy: it speaks MongoDB's protocol, keeps its data in SQLite, and is built from source
# here, as MongoDB's own cannot be. Its program wants a file that the module lacks.
install_ferretdb() {
  local work=$rig/programs/ferretdb-$ferretdb_version.src module=github.com/FerretDB/FerretDB
  if [ -x "$rig/programs/ferretdb-$ferretdb_version" ]; then
    ln -sfn "$rig/programs/ferretdb-$ferretdb_version" "$rig/bin/ferretdb"
    return
  fi
  has go || fail "Go is missing to build FerretDB; install it"
  rm -rf "$work"
  mkdir -p "$work"
  cp "$here"/tools/ferretdb/go.{mod,sum} "$work"
  (cd "$work" && go mod vendor -e >vendor.log 2>&1) || { tail "$work/vendor.log" >&2; fail "go mod vendor failed"; }
  echo "v$ferretdb_version" >"$work/vendor/$module/build/version/version.txt"
  build ferretdb "$ferretdb_version" "$module/cmd/ferretdb" "$work" -mod=vendor -tags ferretdb_no_postgresql,ferretdb_no_mysql
  rm -rf "$work"
}

# unpack_sid ROOT PACKAGE...: unpacks packages of sid, and all that they need, into ROOT.part, past this system's own.
unpack_sid() {
  local root=$1 archives=$1.apt/archives mirror deb settings
  shift
  mkdir -p "$root.apt/lists/partial" "$archives/partial"
  # shellcheck source=images/debian/rootfs.sh
  mirror=$(. "$here/images/debian/rootfs.sh" && debian_mirror)
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror sid main" >"$root.apt/sources.list"
  : >"$root.apt/status"
  rm -f "$archives"/*.deb
  settings=(-o "Dir::Etc::sourcelist=$root.apt/sources.list" -o Dir::Etc::sourceparts=/dev/null -o "Dir::State::lists=$root.apt/lists"
    -o "Dir::State::status=$root.apt/status" -o "Dir::Cache::archives=$archives" -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache=
    -o APT::Install-Recommends=false -o APT::Sandbox::User=root)
  { { ls "$root.apt/lists/"*Packages* || apt-get "${settings[@]}" update -qq; } && apt-get "${settings[@]}" install -y -qq --download-only "$@"; } >"$rig/apt.log" 2>&1 ||
    { tail -20 "$rig/apt.log" >&2; fail "Debian sid has no $* now; the whole log is $rig/apt.log"; }
  for deb in "$archives"/*.deb; do dpkg-deb --fsys-tarfile "$deb" | tar -x --keep-directory-symlink -C "$root.part"; done
}

[ $# -gt 0 ] || set -- packages docker pulumi traefik backups kubernetes databases
for part in "$@"; do
  case $part in
    packages | docker | pulumi | traefik | backups | kubernetes | databases | kompose) ;;
    *) sed -n '/^# usage: /,/^# Programs/{/^# Programs/!s/^# //p}' "$0" >&2; exit 2 ;;
  esac
done
# Two runs at once would build the same things twice.
if has flock; then exec 9>"$rig/install.lock"; flock 9; fi
for part in "$@"; do "install_$part"; done
say "ready"
echo "$rig/bin"
