#!/bin/bash
# As the official image: environment variables with a dot are settings, ES_JAVA_OPTS are the JVM's.
set -euo pipefail
[ "${1:-eswrapper}" = eswrapper ] || [ "$1" = elasticsearch ] || exec "$@"
home=/usr/share/elasticsearch
# The quick compiler alone: half the work until the server answers, for tests that start it and ask little.
# shellcheck disable=SC2086
exec java -Xms512m -Xmx512m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Djava.awt.headless=true -Dfile.encoding=UTF-8 \
  -Des.path.home=$home -Des.distribution.type=docker ${ES_JAVA_OPTS:-} \
  -cp "$home/classes:$home/lib/*" org.elasticsearch.node.SingleNode $home
