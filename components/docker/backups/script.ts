/** Where the container has what it backs up: `databases/<service>/{dump,restore,count}`, `volumes/<volume>/{pause,flush,…}`. */
export const folder = "/etc/berth/backups";

/** Where each volume is mounted. */
export const volumesFolder = "/volumes";

/**
 * The program of the container that makes backups, `berth-backup`. Its commands:
 *
 * - `start`: takes restic from its image, makes the repository unless it is there, and runs the schedule.
 * - `now`: backs everything up, one snapshot for each database and volume, and deletes what is older than `keep`.
 * - `check`: reads the repository's structure and a part of its data, and restores each database's newest dump into a
 *   new server that is gone afterwards.
 * - `healthy`: whether the last backup is not older than two schedules.
 * - `restore-database SERVICE SNAPSHOT`, `restore-volume VOLUME SNAPSHOT`.
 * - `places`: the databases and volumes that it knows.
 * - `restic ...`: restic itself, on the repository.
 *
 * Variables: RESTIC_REPOSITORY, RESTIC_PASSWORD and restic's credentials; PROJECT, STACK, PREFIX (of its containers), HOST (what it is called in the repository), SCHEDULE, INTERVAL
 * (seconds), KEEP, RESTIC_CONTAINER (the container to take restic from).
 */
export const script = String.raw`#!/bin/sh
set -u
folder=${folder}
export RESTIC_CACHE_DIR=/var/cache/restic
last=/var/lib/berth/last-backup

say() { echo "backup: $*" >&2; }

# The first running container of a service.
container() {
  docker ps --quiet --filter status=running --filter "name=^$PREFIX-" --filter "label=berth.project=$PROJECT" --filter "label=berth.stack=$STACK" --filter "label=berth.service=$1" | tail -n 1
}

running() {
  found=$(container "$1")
  [ -n "$found" ] || { say "$1: no container of it runs"; return 1; }
}

# Services that stand still go on, also when a copy is broken off.
go_on() {
  for id in $(docker ps --quiet --filter status=paused --filter "name=^$PREFIX-" --filter "label=berth.project=$PROJECT" --filter "label=berth.stack=$STACK"); do docker unpause "$id" >/dev/null; done
}

save() { restic backup --quiet --retry-lock 30m --host "$HOST" "$@"; }

save_database() {
  running "$1" || return 1
  # No snapshot is made when the dump fails.
  save --tag "database:$1" --stdin-filename "/databases/$1" --stdin-from-command -- docker exec "$found" sh -c "$(cat "$folder/databases/$1/dump")"
}

save_volume() {
  at=$folder/volumes/$1
  for flush in "$at"/flush/*; do
    [ -e "$flush" ] || continue
    running "$(basename "$flush")" || continue
    password=
    [ ! -e "$at/password/$(basename "$flush")" ] || password=$(cat "$at/password/$(basename "$flush")")
    REDISCLI_AUTH=$password docker exec --env REDISCLI_AUTH "$found" sh -c "$(cat "$flush")" || say "$(basename "$flush"): it could not be asked to write its files"
  done
  trap go_on EXIT
  for service in $(cat "$at/pause" 2>/dev/null); do
    running "$service" && docker pause "$found" >/dev/null
  done
  save --tag "volume:$1" "${volumesFolder}/$1"
  status=$?
  go_on
  trap - EXIT
  return "$status"
}

now() {
  mkdir -p /var/lib/berth
  exec 9>/var/lib/berth/lock
  flock 9
  failed=
  restic unlock --quiet || true
  for kind in database volume; do
    for path in "$folder/$kind"s/*; do
      [ -e "$path" ] || continue
      one=$(basename "$path")
      say "$kind $one"
      "save_$kind" "$one" || failed="$failed $one"
    done
  done
  if [ -n "$failed" ]; then
    say "failed:$failed"
    return 1
  fi
  date +%s >"$last"
  restic forget --quiet --retry-lock 30m --host "$HOST" --group-by host,tags --keep-last "$KEEP" --prune --max-unused 10% || return 1
  say done
}

# A new server with the image, the environment and no network of the one that runs; its data is gone with it.
scratch() {
  umask 077
  docker inspect --format '{{range .Config.Env}}{{println .}}{{end}}' "$1" >/tmp/scratch.env
  copy=$(docker create --rm --network none --env-file /tmp/scratch.env --label berth.scratch="$PROJECT-$STACK" "$(docker inspect --format '{{.Image}}' "$1")") || return 1
  # Passwords in files.
  for path in $(sed -n 's/^[A-Za-z_]*_FILE=//p' /tmp/scratch.env); do
    docker cp --follow-link "$1:$path" - | docker cp - "$copy:$(dirname "$path")" || true
  done
  rm -f /tmp/scratch.env
  docker start "$copy" >/dev/null && echo "$copy"
}

check_database() {
  running "$1" || return 1
  live=$(docker exec "$found" sh -c "$(cat "$folder/databases/$1/count")") || return 1
  copy=$(scratch "$found") || return 1
  trap 'docker kill "$copy" >/dev/null 2>&1' EXIT
  restored=
  for try in $(seq 60); do
    # A server that has just been made restarts once.
    sleep 2
    [ -n "$(docker ps --quiet --filter "id=$copy")" ] || break
    docker exec "$copy" sh -c "$(cat "$folder/databases/$1/count")" >/dev/null 2>&1 || continue
    sleep 3
    docker exec "$copy" sh -c "$(cat "$folder/databases/$1/count")" >/dev/null 2>&1 || continue
    if give "$1" latest "$copy"; then restored=$(docker exec "$copy" sh -c "$(cat "$folder/databases/$1/count")"); fi
    break
  done
  docker kill "$copy" >/dev/null 2>&1
  trap - EXIT
  [ -n "$restored" ] || { say "$1: its newest dump could not be restored"; return 1; }
  say "$1: $restored restored from its newest dump, $live there now"
  [ "$restored" -gt 0 ] || [ "$live" -eq 0 ]
}

check() {
  restic check --quiet --retry-lock 30m --read-data-subset 5% || return 1
  failed=
  for path in "$folder"/databases/*; do
    [ -e "$path" ] || continue
    check_database "$(basename "$path")" || failed="$failed $(basename "$path")"
  done
  [ -z "$failed" ] || { say "failed:$failed"; return 1; }
}

# give SERVICE SNAPSHOT CONTAINER
give() {
  set -o pipefail
  restic dump --quiet --host "$HOST" --tag "database:$1" "$2" "/databases/$1" | docker exec --interactive "$3" sh -c "$(cat "$folder/databases/$1/restore")"
}

restore_database() {
  running "$1" || return 1
  give "$1" "$2" "$found" || return 1
  docker exec "$found" sh -c "$(cat "$folder/databases/$1/count")"
}

restore_volume() {
  restic restore --quiet --delete --target "${volumesFolder}/$1" "$2:${volumesFolder}/$1"
}

start() {
  mkdir -p /var/lib/berth
  docker cp "$RESTIC_CONTAINER":/usr/bin/restic /usr/local/bin/restic >/dev/null || exit 1
  go_on
  # A key that has just been made takes a while to be known everywhere.
  for try in $(seq 40); do
    timeout 30 restic cat config >/dev/null 2>/tmp/reason
    case $? in
    0) break ;;
    10) timeout 60 restic init >/dev/null 2>/tmp/reason && break ;;
    12) say "backups.password is not the password of $RESTIC_REPOSITORY"; exit 1 ;;
    esac
    [ "$try" -lt 40 ] || { say "$RESTIC_REPOSITORY cannot be opened: $(tail -n 1 /tmp/reason)"; exit 1; }
    sleep 3
  done
  say "backs up to $RESTIC_REPOSITORY at $SCHEDULE"
  date +%s >"$last"
  mkdir -p /var/spool/cron/crontabs
  printf '%s berth-backup now >/proc/1/fd/1 2>&1\n%s berth-backup check >/proc/1/fd/1 2>&1\n' "$SCHEDULE" "$CHECK" >/var/spool/cron/crontabs/root
  exec crond -f -l 8 -c /var/spool/cron/crontabs
}

case $1 in
start) start ;;
now) now ;;
check) check ;;
healthy) [ -e "$last" ] && [ "$(($(date +%s) - $(cat "$last")))" -lt "$((2 * INTERVAL))" ] ;;
restore-database) restore_database "$2" "$3" ;;
restore-volume) restore_volume "$2" "$3" ;;
places)
  ls "$folder/databases" 2>/dev/null | sed 's/^/database /'
  ls "$folder/volumes" 2>/dev/null | sed 's/^/volume /'
  ;;
restic) shift; exec restic "$@" ;;
*) say "unknown command $1"; exit 2 ;;
esac
`;
