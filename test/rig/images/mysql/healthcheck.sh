#!/bin/bash
# The check of the official image mariadb: --connect and --innodb_initialized, other options are accepted.
# Being refused for a wrong password is an answer too.
out=$(mariadb-admin --no-defaults --protocol=tcp -h 127.0.0.1 -u healthcheck --password=none ping 2>&1)
case $out in *alive* | *'Access denied'*) exit 0 ;; esac
echo "$out"
exit 1
