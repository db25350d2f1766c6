#!/bin/bash
# As the official image: environment variables with a dot are settings, ES_JAVA_OPTS are the JVM's.
set -euo pipefail
[ "${1:-eswrapper}" = eswrapper ] || [ "$1" = elasticsearch ] || exec "$@"
home=/usr/share/elasticsearch
# shellcheck disable=SC2086
exec java -Xms512m -Xmx512m -XX:+UseSerialGC -Djava.awt.headless=true -Dfile.encoding=UTF-8 \
  -Des.path.home=$home -Des.distribution.type=docker ${ES_JAVA_OPTS:-} \
  -cp "$home/classes:$home/lib/*" org.elasticsearch.node.SingleNode $home
