import { shellWords, serverCommand } from "../settings/command";
import { filesOf, linesOf, type SourceFile } from "../settings/files";
import type { Instead, ServerSettings, Setting, Source, Stated } from "../settings/settings";

function read(service: Source): Stated {
  const { key, words, unread } = serverCommand(
    service,
    /^(redis|valkey)-(server|stack-server)$|^entrypoint\.sh$/,
  );
  const options = words.findIndex((word) => word.startsWith("--"));
  const [path] = options < 0 ? words : words.slice(0, options);
  const files = filesOf(service).filter((file) => file.path === path || usual.test(file.path));
  const missing =
    path !== undefined && path !== "-" && files.every((file) => file.path !== path)
      ? [{ key, what: path }]
      : [];
  const { environment } = service;
  const environmental = Object.entries(environment).flatMap(([variable, value]): Setting[] =>
    /^(REDIS|VALKEY)_(EXTRA_FLAGS|ARGS)$/.test(variable)
      ? fromWords(shellWords(value), `environment.${variable}`)
      : [],
  );
  return {
    settings: [
      ...files.flatMap(fromFile),
      ...environmental,
      ...fromWords(options < 0 ? [] : words.slice(options), key),
    ],
    files: files.map((file) => file.path),
    unread: [...unread, ...missing],
  };
}

/** Where Bitnami's images and Redis Stack look; the official image reads what its command names. */
const usual = /^\/opt\/bitnami\/(redis|valkey)\/.*\.conf$|^\/redis-stack\.conf$/;

function fromWords(words: readonly string[], key: string): Setting[] {
  const settings: { name: string; value: string; key: string }[] = [];
  for (const word of words) {
    const last = settings.at(-1);
    if (word.startsWith("--")) settings.push({ name: word.slice(2).toLowerCase(), value: "", key });
    else if (last !== undefined) last.value = last.value === "" ? word : `${last.value} ${word}`;
  }
  return settings;
}

function fromFile(file: SourceFile): Setting[] {
  return linesOf(file, /^()\s*#.*$/).map((line) => {
    const [name = "", ...values] = shellWords(line);
    return { name: name.toLowerCase(), value: values.join(" "), key: file.key };
  });
}

/** Of the container's process, disk, memory, network and replication. */
const own =
  /^(active-defrag.*|activedefrag|activerehashing|always-show-logo|aof-.*|append.*|auto-aof-.*|bind.*|client-output-buffer-limit|client-query-buffer-limit|crash-.*|daemonize|db(filename)?|dir|disable-thp|dynamic-hz|enable-.*-command|hash-max-.*|hll-.*|hz|io-threads.*|ignore-warnings|jemalloc-.*|latency-.*|lazyfree-.*|lfu-.*|list-.*|locale-collate|logfile|loglevel|masterauth|masteruser|maxclients|maxmemory(-samples|-clients|-eviction-tenacity)?|min-(replicas|slaves)-.*|no-appendfsync.*|oom-score-.*|pidfile|proc-title-.*|protected-mode|rdb.*|repl-.*|replica-.*|save|sanitize-.*|set-max-.*|set-proc-title|slave-.*|slowlog-.*|socket-.*|stop-writes-.*|stream-node-.*|supervised|syslog-.*|tcp-.*|timeout|tls-.*|tracking-table-.*|unixsocket.*|zset-max-.*)$/;

function instead(name: string, value: string): Instead {
  switch (name) {
    // Part of the login, which the proxy answers for.
    case "requirepass":
      return "same";
    case "maxmemory-policy":
      return undefined;
    case "databases":
      return Number(value) <= 16 ? "same" : undefined;
    case "notify-keyspace-events":
      return value === "" ? "same" : undefined;
    case "port":
      return value === "6379" ? "same" : undefined;
  }
  return own.test(name) ? "own" : undefined;
}

export const redisSettings: ServerSettings = {
  read,
  canonical: (_, value) => value,
  instead,
  variables:
    /^(ALLOW_EMPTY_PASSWORD|(REDIS|VALKEY)_(PASSWORD|EXTRA_FLAGS|ARGS|PORT(_NUMBER)?|AOF_ENABLED|RDB_POLICY.*|HOST|REPLICATION_MODE)(_FILE)?|REDISCLI_AUTH|BITNAMI_DEBUG)$/,
};
