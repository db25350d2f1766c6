import type { Backup } from "../backup";

/** The files that it writes as it runs, after it wrote a snapshot; `REDISCLI_AUTH` is its password. */
export const redisBackup: Backup = {
  kind: "copy",
  flush: [
    "client=$(command -v valkey-cli || command -v redis-cli)",
    'last=$("$client" lastsave) && "$client" bgsave >/dev/null',
    'for n in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30; do [ "$("$client" lastsave)" = "$last" ] || exit 0; sleep 1; done',
  ].join("\n"),
  pause: false,
};
