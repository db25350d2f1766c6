# Read by build.sh: the base image, a minimal Debian with the package sources, proxies and certificate
# authorities that this host is configured with.

CA_BUNDLE=${SSL_CERT_FILE:-/etc/ssl/certs/ca-certificates.crt}

# The deb822 or one-line source files that name a Debian suite, and nothing of other vendors.
debian_sources() {
  grep -lE '^(Suites:|deb ).*bookworm' /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null |
    while read -r f; do grep -qE 'debian-archive-keyring|/debian(-security)? ' "$f" && echo "$f"; done
}

debian_mirror() {
  local f
  f=$(debian_sources | head -1)
  [ -n "$f" ] || { echo "build.sh: no apt source of this host names bookworm" >&2; return 1; }
  awk '$1 == "URIs:" { print $2; exit } $1 == "deb" { print $(NF > 3 && $2 ~ /^\[/ ? 3 : 2); exit }' "$f"
}

# How this host reaches its mirrors: proxies, retries, what it does not check.
apt_settings() { grep -lE '^ *Acquire::(https?|Retries|Check-|Force)' /etc/apt/apt.conf /etc/apt/apt.conf.d/* 2>/dev/null || true; }

fingerprint_debian() {
  debian_sources | xargs cat
  apt_settings | xargs -r cat
  sha256sum <"$CA_BUNDLE"
}

# A minimal Debian with this host's package sources and certificate authorities, as a tar file.
debian_rootfs() {
  local tar=$1 root f
  [ -s "$tar" ] && return
  command -v debootstrap >/dev/null || apt-get install -y -qq debootstrap >/dev/null
  root=$(mktemp -d "$CACHE/rootfs.XXXXXX")
  nice -n 10 debootstrap --variant=minbase --include=ca-certificates,openssl bookworm "$root" \
    "$(debian_mirror)" >"$CACHE/debian.log" 2>&1 || { rm -rf "$root"; return 1; }
  rm -f "$root/etc/apt/sources.list"
  for f in $(debian_sources); do cp "$f" "$root$f"; done
  for f in $(apt_settings); do cp "$f" "$root/etc/apt/apt.conf.d/"; done
  # An image keeps no package files, indexes, manuals or translations: each would be in every layer.
  cat >"$root/etc/apt/apt.conf.d/docker-clean" <<'CLEAN'
APT::Install-Recommends "false";
APT::Install-Suggests "false";
Acquire::Languages "none";
DPkg::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb /var/cache/apt/archives/partial/*.deb /var/cache/apt/*.bin || true"; };
APT::Update::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb /var/cache/apt/archives/partial/*.deb /var/cache/apt/*.bin || true"; };
Dir::Cache::pkgcache "";
Dir::Cache::srcpkgcache "";
CLEAN
  cat >"$root/etc/dpkg/dpkg.cfg.d/docker" <<'DPKG'
path-exclude /usr/share/doc/*
path-include /usr/share/doc/*/copyright
path-exclude /usr/share/man/*
path-exclude /usr/share/locale/*
path-exclude /usr/share/info/*
force-unsafe-io
DPKG
  printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
  chmod 755 "$root/usr/sbin/policy-rc.d"
  add_host_authorities "$root"
  rm -rf "$root"/usr/share/{doc,man,locale,info}/* "$root"/var/cache/apt/archives/*.deb \
    "$root"/var/lib/apt/lists/* "$root"/var/log/*.log
  tar -C "$root" --numeric-owner -cf "$tar.new" .
  rm -rf "$root"
  mv "$tar.new" "$tar"
}

# Certificate authorities that this host trusts and Debian does not know (a company's, a proxy's).
add_host_authorities() {
  local root=$1 dir pem
  dir=$(mktemp -d)
  awk -v d="$dir" '/BEGIN CERT/ { n++ } n { print > (d "/" n ".pem") }' "$CA_BUNDLE"
  for pem in "$dir"/*.pem; do
    openssl x509 -in "$pem" -noout -fingerprint -sha256 | sed "s|^|$pem |"
  done | sort -k2 >"$dir/host"
  awk '/BEGIN CERT/ { n++ } n { print > ("'"$dir"'/image-" n) }' "$root/etc/ssl/certs/ca-certificates.crt"
  for pem in "$dir"/image-*; do openssl x509 -in "$pem" -noout -fingerprint -sha256; done | sort >"$dir/known"
  while read -r pem print; do
    grep -qxF "$print" "$dir/known" ||
      cp "$pem" "$root/usr/local/share/ca-certificates/host-$(basename "$pem" .pem).crt"
  done <"$dir/host"
  chroot "$root" update-ca-certificates >/dev/null 2>&1
  rm -rf "$dir"
}
