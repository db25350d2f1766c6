#!/usr/bin/env bash
# A Docker daemon for the tests, apart from any other: own data, socket, bridge and addresses.
# usage: test/rig/dockerd.sh up|down|status     (the last line of stdout is the address for BERTH_DOCKER_HOST)
# A Docker that answers already (DOCKER_HOST, current context, /var/run/docker.sock) is used and left alone;
# BERTH_RIG_OWN_DOCKER=1 starts one of our own all the same.
set -euo pipefail

work=${BERTH_RIG:-$HOME/.cache/berth-rig}/docker
socket=$work/run/docker.sock pidfile=$work/run/docker.pid log=$work/dockerd.log
bridge=berth0 gateway=10.88.0.1/24 pool=10.88.128.0/17
export PATH=$PATH:/usr/sbin:/sbin

fail() { echo "dockerd.sh: $*" >&2; exit 1; }
say() { echo "dockerd.sh: $*" >&2; }
ours() { [ -S "$socket" ] && timeout 10 docker -H "unix://$socket" version >/dev/null 2>&1; }
alive() { [ -f "$pidfile" ] && [ "$(cat "/proc/$(cat "$pidfile")/comm" 2>/dev/null)" = dockerd ]; }

# The address of a Docker that the user has already, or nothing.
theirs() {
  [ -z "${BERTH_RIG_OWN_DOCKER:-}" ] && timeout 10 docker version >/dev/null 2>&1 || return 1
  if [ -n "${DOCKER_HOST:-}" ]; then echo "$DOCKER_HOST"; else docker context inspect -f '{{.Endpoints.docker.Host}}'; fi
}

up() {
  local host route mtu
  if ours; then echo "unix://$socket"; return; fi
  if host=$(theirs); then say "uses the Docker at $host"; echo "$host"; return; fi
  command -v dockerd >/dev/null || fail "dockerd is missing; run test/rig/install.sh docker"
  [ "$(id -u)" = 0 ] || fail "starting dockerd needs root; start Docker yourself, or run this as root"
  alive && down
  mkdir -p "$work"/{run,exec,data}
  rm -f "$pidfile" "$socket"
  cat /proc/sys/net/ipv4/ip_forward >"$work/run/ip_forward.before"
  ip link show "$bridge" >/dev/null 2>&1 || ip link add "$bridge" type bridge
  ip addr replace "$gateway" dev "$bridge"
  ip link set "$bridge" up
  # Bridges that promise more than the way out can carry lose large packets without a word.
  route=$(ip -o route show default | sed -n 's/.* dev \([^ ]*\).*/\1/p' | head -1)
  mtu=$(cat "/sys/class/net/${route:-lo}/mtu")
  [ "$mtu" -le 1500 ] || mtu=1500
  # One thread: Docker 20.10 has two locks that two threads can take in opposite order when a container ends while
  # another starts, and then none ever starts again (https://github.com/moby/moby/issues/46661, mended in 20.10.27).
  GOMAXPROCS=1 setsid nohup dockerd --data-root "$work/data" --exec-root "$work/exec" --pidfile "$pidfile" \
    --host "unix://$socket" --bridge "$bridge" --default-address-pool "base=$pool,size=24" \
    --mtu "$mtu" --log-level warn >"$log" 2>&1 </dev/null &
  for _ in $(seq 300); do
    if ours; then
      # A run that was killed left its containers, and those that restart by themselves hold ports again.
      docker -H "unix://$socket" ps -aq | xargs -r docker -H "unix://$socket" rm -fv >/dev/null
      say "Docker $(docker -H "unix://$socket" version -f '{{.Server.Version}}') is up"
      echo "unix://$socket"
      return
    fi
    sleep 0.1
  done
  tail -20 "$log" >&2
  fail "dockerd did not answer within 30 s; its log is $log"
}

down() {
  local pid rule chain
  if ! alive; then say "no daemon of ours runs"; return; fi
  pid=$(cat "$pidfile")
  if ours; then
    docker -H "unix://$socket" ps -aq | xargs -r docker -H "unix://$socket" rm -f >/dev/null
    docker -H "unix://$socket" network ls -q --filter type=custom |
      xargs -r docker -H "unix://$socket" network rm >/dev/null || true
  fi
  kill "$pid"
  for _ in $(seq 200); do [ -d "/proc/$pid" ] || break; sleep 0.1; done
  [ ! -d "/proc/$pid" ] || fail "dockerd (process $pid) did not stop within 20 s"
  # The daemon would give the bridge the address that it has on record here.
  rm -rf "$work/data/network"
  ip link del "$bridge" 2>/dev/null || true
  # dockerd leaves its packet filter rules behind; another daemon's stay.
  if ! grep -qsx dockerd /proc/[0-9]*/comm; then
    for table in nat filter; do
      iptables -w -t "$table" -S | grep -E "^-A .*(DOCKER|$bridge|10\.88\.)" | sed 's/^-A/-D/' |
        while read -r rule; do eval "iptables -w -t $table $rule" 2>/dev/null || true; done
      for chain in $(iptables -w -t "$table" -S | awk '/^-N DOCKER/ { print $2 }'); do iptables -w -t "$table" -F "$chain"; done
      for chain in $(iptables -w -t "$table" -S | awk '/^-N DOCKER/ { print $2 }'); do iptables -w -t "$table" -X "$chain"; done
    done
    iptables -w -P FORWARD ACCEPT
    cat "$work/run/ip_forward.before" >/proc/sys/net/ipv4/ip_forward
  fi
  say "stopped; images and volumes are kept in $work/data"
}

status() {
  if ours; then echo "unix://$socket"; else theirs || { say "no Docker answers"; return 1; }; fi
}

case ${1:-} in
  up | down | status) "$1" ;;
  *) sed -n 's/^# usage: /usage: /p' "$0" >&2; exit 2 ;;
esac
