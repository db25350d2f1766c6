#!/bin/sh
# Runs a program of the root folder that install.sh unpacked from Debian sid (MySQL, its router, clients), as nobody.
# usage: test/rig/in-sid.sh PROGRAM [ARGUMENT...]     as root; /tmp, /proc, /dev and the network are this computer's
exec unshare --mount sh -c '
  root=$0
  for folder in tmp proc dev; do mount --rbind "/$folder" "$root/$folder"; done
  for file in hosts resolv.conf nsswitch.conf; do cp "/etc/$file" "$root/etc/$file" 2>/dev/null; done
  exec chroot --userspec=65534:65534 "$root" "$@"
' "${BERTH_RIG:-$HOME/.cache/berth-rig}/programs/mysql-sid" "$@"
