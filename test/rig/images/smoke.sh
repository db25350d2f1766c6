#!/bin/bash
# Starts each image with the official image's variables, under the capabilities that Berth leaves a pod, writes
# something, stops it by its stop signal, starts it again on the same volume and reads it back.
#
#   smoke.sh [IMAGE...]    as postgres:17; without one, every image that the daemon has
#
# Exits 1 when one fails. Nothing is left behind but the images.
set -uo pipefail
ID=berth-smoke-$$
NET=$ID
CAPS=(--cap-drop ALL --cap-add CHOWN --cap-add SETUID --cap-add SETGID --cap-add DAC_OVERRIDE
  --cap-add FOWNER --cap-add KILL --cap-add NET_BIND_SERVICE --security-opt no-new-privileges)
SECRETS=$(mktemp -d)
chmod 755 "$SECRETS"
# A quote, a space, a dollar and a hash: what a hand-made entrypoint breaks on.
PASSWORD="s3 cr'e\"t\$#1"
printf '%s' "$PASSWORD" >"$SECRETS/password"

cleanup() {
  docker rm -fv "$ID" >/dev/null 2>&1
  docker volume rm "$ID" >/dev/null 2>&1
  docker network rm "$NET" >/dev/null 2>&1
  rm -rf "$SECRETS"
}
trap cleanup EXIT
docker network create --internal "$NET" >/dev/null || exit 1

start() { # docker-run arguments
  docker rm -fv "$ID" >/dev/null 2>&1
  docker run -d --name "$ID" --hostname smoke --network "$NET" "${CAPS[@]}" \
    -v "$SECRETS:/run/secrets:ro" "$@" >/dev/null
}
in_it() { docker exec "$ID" "$@"; }
within() { # SECONDS COMMAND...
  local end=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    if [ $SECONDS -ge $end ] || [ "$(docker inspect -f '{{ .State.Running }}' "$ID")" != true ]; then
      echo "never succeeded: $*"
      "$@"
      docker logs "$ID" 2>&1 | tail -15
      return 1
    fi
    sleep 0.3
  done
}
says() { # WANTED COMMAND...
  local wanted=$1 got
  shift
  got=$("$@" 2>&1)
  [[ $got == *"$wanted"* ]] || { echo "wanted \"$wanted\" of: $*"; echo "got: $got"; return 1; }
}
stops() { # stopped by its signal, not killed after the time limit
  local code
  docker stop -t 30 "$ID" >/dev/null
  code=$(docker inspect -f '{{ .State.ExitCode }}' "$ID")
  [ "$code" != 137 ] || { echo "had to be killed"; return 1; }
}
again() { stops && docker start "$ID" >/dev/null; }

drivers() { # the folder of the Python drivers that the checks need, filled once
  local dir=${BERTH_RIG:-$HOME/.cache/berth-rig}/images/drivers
  if [ ! -d "$dir/pymongo" ]; then
    mkdir -p "$dir"
    docker run --rm --network host -v "$dir:/drivers" python:3.12-slim \
      pip install -q --target /drivers pymongo==4.20.0 >&2
  fi
  echo "$dir"
}

busybox() {
  start busybox:1.37 sh -c 'mkdir /w && echo hello >/w/index.html && exec httpd -f -p 8080 -h /w' &&
    within 5 says hello in_it wget -qO- http://127.0.0.1:8080/ &&
    says hello in_it sh -c 'printf "GET / HTTP/1.0\r\n\r\n" | nc 127.0.0.1 8080' &&
    in_it sh -c 'echo 1 >/a && mv /a /b && sleep 0 && test "$(cat /b)" = 1'
}
redis() {
  start -v "$ID:/data" redis:7 redis-server --requirepass "$PASSWORD" --appendonly yes &&
    within 10 says PONG in_it redis-cli --no-auth-warning -a "$PASSWORD" ping &&
    says NOAUTH in_it redis-cli set a 1 &&
    says OK in_it redis-cli --no-auth-warning -a "$PASSWORD" set a kept && again &&
    within 10 says kept in_it redis-cli --no-auth-warning -a "$PASSWORD" get a && stops
}
postgres() {
  psql() { in_it env PGPASSWORD="$PASSWORD" psql -h 127.0.0.1 -U shop-user -d shop -tAc "$1"; }
  mkdir -p "$SECRETS/pg" && echo "CREATE TABLE t (a text);" >"$SECRETS/pg/1.sql" &&
    echo 'psql -U "$POSTGRES_USER" -d "$POSTGRES_DB" -c "CREATE EXTENSION pgcrypto"' >"$SECRETS/pg/2.sh" &&
    chmod -R a+rX "$SECRETS/pg" &&
    start -v "$ID:/var/lib/postgresql/data" -v "$SECRETS/pg:/docker-entrypoint-initdb.d:ro" \
      -e POSTGRES_USER=shop-user -e POSTGRES_PASSWORD_FILE=/run/secrets/password -e POSTGRES_DB=shop \
      "$1" -c max_connections=50 &&
    within 40 in_it pg_isready -h 127.0.0.1 -U shop-user -d shop &&
    psql "INSERT INTO t VALUES ('kept')" && says 50 psql 'SHOW max_connections' &&
    says pgcrypto psql 'SELECT extname FROM pg_extension' && again &&
    within 15 says kept psql 'SELECT a FROM t' && stops &&
    says 'superuser password is not specified' docker run --rm --network none "${CAPS[@]}" "$1"
}
nginx() {
  mkdir -p "$SECRETS/t" && chmod a+rx "$SECRETS/t" &&
    echo 'server { listen ${PORT}; location / { return 200 "$uri of ${PLACE}\n"; } }' >"$SECRETS/t/app.conf.template" &&
    start -v "$SECRETS/t:/etc/nginx/templates:ro" -e PORT=81 -e PLACE=here nginx:1.29 &&
    within 10 says '/x of here' in_it curl -s http://127.0.0.1:81/x &&
    says 'Welcome to nginx' in_it curl -s http://127.0.0.1/ && stops
}
memcached() {
  start memcached:1.6 -m 32 &&
    within 10 says STORED in_it bash -c 'exec 3<>/dev/tcp/127.0.0.1/11211; printf "set a 0 0 4\r\nkept\r\n" >&3; head -1 <&3' &&
    says kept in_it bash -c 'exec 3<>/dev/tcp/127.0.0.1/11211; printf "get a\r\n" >&3; head -2 <&3' && stops
}
haproxy() {
  mkdir -p "$SECRETS/h" && chmod a+rx "$SECRETS/h" &&
    printf 'defaults\n mode http\n timeout client 5s\n timeout connect 5s\n timeout server 5s\nfrontend f\n bind :80\n http-request return status 200 content-type text/plain string hello\n' >"$SECRETS/h/haproxy.cfg" &&
    start -v "$SECRETS/h:/usr/local/etc/haproxy:ro" haproxy:3.2 &&
    within 10 says hello in_it bash -c 'exec 3<>/dev/tcp/127.0.0.1/80; printf "GET / HTTP/1.0\r\n\r\n" >&3; cat <&3' && stops
}
rabbitmq() {
  api() { in_it curl -s -u "app:$PASSWORD" -H 'content-type: application/json' "${@:2}" "http://127.0.0.1:15672/api$1"; }
  start -v "$ID:/var/lib/rabbitmq" -e RABBITMQ_DEFAULT_USER=app -e RABBITMQ_DEFAULT_PASS="$PASSWORD" \
    -e RABBITMQ_DEFAULT_VHOST=shop rabbitmq:4-management &&
    within 90 in_it rabbitmq-diagnostics -q ping && within 30 says '"app"' api /whoami &&
    api /queues/shop/q -X PUT -d '{"durable":true}' &&
    says '"routed":true' api /exchanges/shop/amq.default/publish -d '{"properties":{"delivery_mode":2},"routing_key":"q","payload":"kept","payload_encoding":"string"}' &&
    again && within 90 in_it rabbitmq-diagnostics -q check_running &&
    within 30 says kept api /queues/shop/q/get -d '{"count":1,"ackmode":"ack_requeue_false","encoding":"auto"}' && stops
}
mysql() {
  my() { in_it mysql -h 127.0.0.1 -ushop "-p$PASSWORD" -N shop -e "$1"; }
  mkdir -p "$SECRETS/my" && echo "CREATE TABLE t (a varchar(9));" >"$SECRETS/my/1.sql" && chmod -R a+rX "$SECRETS/my" &&
    start -v "$ID:/var/lib/mysql" -v "$SECRETS/my:/docker-entrypoint-initdb.d:ro" \
      -e MYSQL_ROOT_PASSWORD_FILE=/run/secrets/password -e MYSQL_DATABASE=shop -e MYSQL_USER=shop \
      -e MYSQL_PASSWORD_FILE=/run/secrets/password "$1" --max-connections=50 &&
    within 60 in_it mysqladmin ping -h 127.0.0.1 -ushop "-p$PASSWORD" && within 20 my 'SELECT 1' &&
    my "INSERT INTO t VALUES ('kept')" && says 50 my 'SELECT @@max_connections' &&
    says denied my 'SELECT user FROM mysql.user' &&
    says root in_it mysql -uroot "-p$PASSWORD" -Ne 'SELECT current_user()' && again &&
    within 30 says kept my 'SELECT a FROM t' && stops
}
mongo() {
  local wheels
  wheels=$(drivers)
  # A driver, and so the protocol and its login.
  client() {
    docker run --rm --network "container:$ID" -v "$SECRETS:/run/secrets:ro" -v "$wheels:/drivers:ro" \
      -e PYTHONPATH=/drivers -e PYTHONDONTWRITEBYTECODE=1 python:3.12-slim python3 -c "$1"
  }
  driver="import pymongo; c = pymongo.MongoClient('127.0.0.1', username='root', password=open('/run/secrets/password').read(), serverSelectionTimeoutMS=5000)['shop']['t']"
  start -v "$ID:/data/db" -e MONGO_INITDB_ROOT_USERNAME=root \
    -e MONGO_INITDB_ROOT_PASSWORD_FILE=/run/secrets/password mongo:7 --wiredTigerCacheSizeGB 0.25 &&
    within 30 client "$driver; c.insert_one({'_id': 1, 'a': 'kept'})" &&
    says uthentication client "import pymongo; pymongo.MongoClient('127.0.0.1')['shop']['t'].find_one()" &&
    again && within 30 client "$driver; assert c.find_one({'a': 'kept'})['_id'] == 1" && stops
}
elasticsearch() {
  es() { in_it curl -sS -m 9 -H 'content-type: application/json' "${@:2}" "http://127.0.0.1:9200$1"; }
  start -v "$ID:/usr/share/elasticsearch/data" -m 640m -e discovery.type=single-node -e xpack.security.enabled=false \
    -e ES_JAVA_OPTS='-Xms256m -Xmx256m' elasticsearch:8.19.0 &&
    within 90 says '"number":"8.19.0"' es / && says created es /h/_doc/1?refresh=true -X PUT -d '{"value":"kept words"}' &&
    says '"total":{"value":1' es /h/_search -d '{"query":{"match":{"value":"WORDS"}}}' &&
    says '"total":{"value":0' es /h/_search -d '{"query":{"match":{"value":"other"}}}' &&
    again && within 90 says kept es /h/_doc/1 && stops
}
solr() {
  core() { in_it curl -sS -m 9 -H 'content-type: application/json' "${@:2}" "http://127.0.0.1:8983/solr/core1$1"; }
  start -v "$ID:/var/solr" -m 384m -e SOLR_HEAP=192m solr:9 solr-precreate core1 &&
    within 60 says '"status":0' core '/select?q=*:*' &&
    core '/update?commit=true' -d '[{"id":"a","title_t":"kept words"}]' >/dev/null &&
    says '"numFound":1' core '/select?q=title_t:WORDS' && says '"numFound":0' core '/select?q=title_t:other' &&
    again && within 60 says kept core '/select?q=id:a' && stops
}
neo4j() {
  cypher() { in_it curl -sS -m 20 -u "neo4j:$PASSWORD" -H 'content-type: application/json' -d "{\"statements\":[{\"statement\":\"$1\"}]}" http://127.0.0.1:7474/db/neo4j/tx/commit; }
  start -v "$ID:/data" -m 448m -e NEO4J_AUTH="neo4j/$PASSWORD" -e NEO4J_server_memory_heap_initial__size=192m \
    -e NEO4J_server_memory_heap_max__size=192m -e NEO4J_server_memory_pagecache_size=32m neo4j:5 &&
    within 90 in_it bash -c 'exec 3<>/dev/tcp/127.0.0.1/7687' &&
    within 30 says '"errors":[]' cypher "CREATE (:T {a: 'kept'})" &&
    says Unauthorized in_it curl -sS -u neo4j:wrong -H 'content-type: application/json' -d '{"statements":[]}' http://127.0.0.1:7474/db/neo4j/tx/commit &&
    again && within 90 says kept cypher 'MATCH (t:T) RETURN t.a' && stops
}
mailpit() {
  send() {
    in_it python3 -c "import smtplib; s = smtplib.SMTP('127.0.0.1', 1025); s.login('any', 'one'); s.sendmail('a@example.org', ['b@example.org'], 'From: A <a@example.org>\r\nTo: b@example.org\r\nSubject: kept\r\n\r\nHello')"
  }
  get() { in_it python3 -c "import urllib.request; print(urllib.request.urlopen('http://127.0.0.1:8025/api/v1/$1').read().decode())"; }
  start -v "$ID:/data" -e MP_DATABASE=/data/mailpit.db axllent/mailpit:latest && within 20 in_it /mailpit readyz &&
    send && says '"Subject": "kept"' get messages && again && within 20 in_it /mailpit readyz &&
    says '"Text": "Hello' get message/latest && stops
}
python() { docker run --rm --network none python:3.12-slim sh -c 'python --version && python3 -c "import ssl, sqlite3" && pip --version' >/dev/null; }
node() { docker run --rm --network none node:20-slim sh -c 'node -e 1 && npm --version && npx --version' >/dev/null; }
golang() { docker run --rm --network none golang:1.24 sh -c 'cd /tmp && printf "package main\nfunc main() { println(1) }\n" >m.go && go run m.go' >/dev/null 2>&1; }
debian() { docker run --rm --network none debian:bookworm-slim true; }
traefik() { says 'Version:' docker run --rm --network none "$1" version; }

if [ $# = 0 ]; then
  # shellcheck disable=SC2046
  set -- $(for i in debian:bookworm-slim python:3.12-slim node:20-slim golang:1.24 busybox:1.37 redis:7 postgres:17 \
    nginx:1.29 memcached:1.6 haproxy:3.2 rabbitmq:4-management mysql:8.4 mariadb:11 traefik:v3.5 mongo:7 \
    elasticsearch:8.19.0 solr:9 neo4j:5 axllent/mailpit:latest; do
    docker image inspect "$i" >/dev/null 2>&1 && echo "$i"
  done)
fi
passed=0 failed=0
for image in "$@"; do
  name=${image%%:*}
  name=${name##*/}
  [ "$name" = mariadb ] && name=mysql
  begun=$SECONDS
  if out=$("$name" "$image" 2>&1); then
    passed=$((passed + 1))
    echo "ok    $image ($((SECONDS - begun)) s)"
  else
    failed=$((failed + 1))
    printf 'FAIL  %s (%d s)\n%s\n' "$image" $((SECONDS - begun)) "$out"
  fi
  docker rm -fv "$ID" >/dev/null 2>&1
  docker volume rm "$ID" >/dev/null 2>&1
done
echo "$passed passed, $failed failed"
[ $failed = 0 ]
