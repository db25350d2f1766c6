#!/usr/bin/env bash
# A Kubernetes control plane for the tests, on the loopback interface: API server, controllers, scheduler, and nodes
# that kwok simulates: a pod there becomes ready, its containers run nothing.
# usage: test/rig/kube.sh up [api]|down|status     (the last line of stdout is the kubeconfig's path)
# `up api` starts no controllers: enough to ask whether objects are accepted. Each `up` after a `down` starts empty.
# Ports: ${BERTH_KUBE_PORT:-27443} and the four after it.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
rig=${BERTH_RIG:-$HOME/.cache/berth-rig}
base=${BERTH_KUBE_PORT:-27443} nodes=${BERTH_KUBE_NODES:-3}
work=$rig/kube-$base
keys=$work/keys kubeconfig=$work/kubeconfig
etcd_port=$((base + 1)) peer_port=$((base + 2)) controllers_port=$((base + 3)) scheduler_port=$((base + 4))
token=berth-rig-administrator

fail() { echo "kube.sh: $*" >&2; exit 1; }
say() { echo "kube.sh: $*" >&2; }

# running NAME: its process is there, and is still ours.
running() {
  [ -f "$work/$1.pid" ] && grep -qsE "^(kube-rig|kwok)" "/proc/$(cat "$work/$1.pid")/comm"
}

# api METHOD PATH [BODY]: the answer of the API server.
api() {
  curl -sS --fail-with-body -m 5 --cacert "$keys/ca.crt" -H "Authorization: Bearer $token" -H 'Content-Type: application/json' \
    -X "$1" ${3:+-d "$3"} "https://127.0.0.1:$base$2"
}

launch() {
  local name=$1
  shift
  setsid nice -n 5 "$@" >"$work/$name.log" 2>&1 </dev/null &
  echo $! >"$work/$name.pid"
}

# until_done NAME WHAT COMMAND...: again and again, for 90 s at most, while the process of that name runs.
until_done() {
  local name=$1 what=$2 end=$((SECONDS + 90))
  shift 2
  until "$@" >/dev/null 2>&1; do
    # By its process alone: one that has just been launched has not become its program yet.
    kill -0 "$(cat "$work/$name.pid")" 2>/dev/null || { tail -20 "$work/$name.log" >&2; fail "$name ended before $what; its log is $work/$name.log"; }
    [ "$SECONDS" -lt "$end" ] || { tail -20 "$work/$name.log" >&2; fail "no $what within 90 s"; }
    sleep 0.1
  done
}

make_keys() {
  local names=IP:127.0.0.1,IP:10.96.0.1,DNS:localhost,DNS:kubernetes.default.svc
  [ -s "$keys/done" ] && return
  rm -rf "$keys"
  mkdir -p -m 700 "$keys"
  {
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 -subj /CN=berth-rig \
      -keyout "$keys/ca.key" -out "$keys/ca.crt"
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=kube-apiserver \
      -keyout "$keys/server.key" -out "$keys/server.csr"
    openssl x509 -req -in "$keys/server.csr" -CA "$keys/ca.crt" -CAkey "$keys/ca.key" -CAcreateserial -days 3650 \
      -extfile <(printf 'subjectAltName=%s\nextendedKeyUsage=serverAuth\n' "$names") -out "$keys/server.crt"
    openssl genrsa -out "$keys/accounts.key" 2048
    openssl rsa -in "$keys/accounts.key" -pubout -out "$keys/accounts.pub"
  } >"$work/keys.log" 2>&1 || { cat "$work/keys.log" >&2; fail "openssl could not make the keys"; }
  printf '%s,administrator,administrator,"system:masters"\n' "$token" >"$keys/tokens.csv"
  echo yes >"$keys/done"
}

write_kubeconfig() {
  (umask 077 && cat >"$kubeconfig") <<EOF
apiVersion: v1
kind: Config
current-context: berth-rig
clusters:
  - name: berth-rig
    cluster:
      server: https://127.0.0.1:$base
      certificate-authority-data: $(base64 -w0 "$keys/ca.crt")
users: [{ name: administrator, user: { token: $token } }]
contexts: [{ name: berth-rig, context: { cluster: berth-rig, user: administrator } }]
EOF
}

start_api() {
  mkdir -p -m 700 "$work/etcd"
  launch etcd "$rig/bin/kube-rig" etcd --name berth --data-dir "$work/etcd" --unsafe-no-fsync --log-level warn \
    --listen-client-urls "http://127.0.0.1:$etcd_port" --advertise-client-urls "http://127.0.0.1:$etcd_port" \
    --listen-peer-urls "http://127.0.0.1:$peer_port" --initial-advertise-peer-urls "http://127.0.0.1:$peer_port" \
    --initial-cluster "berth=http://127.0.0.1:$peer_port"
  launch kube-apiserver "$rig/bin/kube-rig" kube-apiserver --etcd-servers "http://127.0.0.1:$etcd_port" \
    --bind-address 127.0.0.1 --advertise-address 127.0.0.1 --secure-port "$base" --endpoint-reconciler-type none \
    --tls-cert-file "$keys/server.crt" --tls-private-key-file "$keys/server.key" --cert-dir "$keys" \
    --service-cluster-ip-range 10.96.0.0/16 --authorization-mode RBAC --token-auth-file "$keys/tokens.csv" \
    --anonymous-auth=false --allow-privileged=true --service-account-issuer https://kubernetes.default.svc \
    --service-account-key-file "$keys/accounts.pub" --service-account-signing-key-file "$keys/accounts.key" --profiling=false
  until_done kube-apiserver "answer of the API server" api GET /readyz
}

start_controllers() {
  local own=(--kubeconfig "$kubeconfig" --leader-elect=false --authentication-skip-lookup=true --bind-address 127.0.0.1
    --tls-cert-file "$keys/server.crt" --tls-private-key-file "$keys/server.key" --profiling=false)
  launch kube-controller-manager "$rig/bin/kube-rig" kube-controller-manager "${own[@]}" --secure-port "$controllers_port" \
    --root-ca-file "$keys/ca.crt" --service-account-private-key-file "$keys/accounts.key"
  launch kube-scheduler "$rig/bin/kube-rig" kube-scheduler "${own[@]}" --secure-port "$scheduler_port"
  for stage in "$rig"/bin/kwok-stages/*.yaml "$here/kube/stages.yaml"; do printf -- '---\n'; cat "$stage"; done >"$work/stages.yaml"
  launch kwok "$rig/bin/kwok" --kubeconfig "$kubeconfig" --config "$work/stages.yaml" --manage-all-nodes=true \
    --node-lease-duration-seconds 40 --cidr 10.244.0.0/16 --node-ip 127.0.0.1 --node-port 0
  for n in $(seq "$nodes"); do
    api POST /api/v1/nodes "$(node "node-$n" "zone-$n")" >/dev/null
  done
  until_done kwok "ready node" all_ready
  until_done kube-controller-manager "service account" api GET /api/v1/namespaces/default/serviceaccounts/default
}

node() {
  local size='{"cpu":"32","memory":"256Gi","pods":"110","ephemeral-storage":"1Ti"}'
  cat <<EOF
{"apiVersion":"v1","kind":"Node","metadata":{"name":"$1","annotations":{"kwok.x-k8s.io/node":"fake"},"labels":{
"kubernetes.io/arch":"amd64","kubernetes.io/os":"linux","kubernetes.io/hostname":"$1","topology.kubernetes.io/zone":"$2"}},
"status":{"capacity":$size,"allocatable":$size}}
EOF
}

all_ready() {
  [ "$(api GET /api/v1/nodes | grep -c '"reason": "KubeletReady"')" = "$nodes" ]
}

up() {
  local mode=${1:-full} program port
  if running kube-apiserver && api GET /readyz >/dev/null 2>&1 && { [ "$mode" = api ] || running kwok; }; then
    echo "$kubeconfig"
    return
  fi
  down
  for program in kube-rig $([ "$mode" = api ] || echo kwok); do
    [ -x "$rig/bin/$program" ] || fail "$program is missing in $rig/bin; run test/rig/install.sh kubernetes"
  done
  for port in $base $etcd_port $peer_port $controllers_port $scheduler_port; do
    if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then fail "port $port is taken; set BERTH_KUBE_PORT to a free one"; fi
  done
  mkdir -p "$work"
  make_keys
  write_kubeconfig
  start_api
  if [ "$mode" != api ]; then start_controllers; fi
  say "Kubernetes $(api GET /version | sed -nE 's/.*"gitVersion": "(.*)".*/\1/p') is up after $SECONDS s"
  echo "$kubeconfig"
}

down() {
  local name pid stopped=()
  for name in kwok kube-scheduler kube-controller-manager kube-apiserver etcd; do
    if running "$name"; then pid=$(cat "$work/$name.pid"); kill "$pid"; stopped+=("$pid"); fi
    rm -f "$work/$name.pid"
  done
  # What they hold is thrown away: none has a reason to take its time.
  for pid in ${stopped[@]+"${stopped[@]}"}; do
    for n in $(seq 60); do
      [ -d "/proc/$pid" ] || break
      [ "$n" != 30 ] || kill -KILL "$pid" 2>/dev/null || true
      sleep 0.05
    done
  done
  rm -rf "$work/etcd"
}

status() {
  if running kube-apiserver && api GET /readyz >/dev/null 2>&1; then echo "$kubeconfig"; else say "no API server of ours runs"; return 1; fi
}

case "${1:-} ${2:-}" in
  "up " | "up api" | "down " | "status ") "$@" ;;
  *) sed -n 's/^# usage: /usage: /p' "$0" >&2; exit 2 ;;
esac
