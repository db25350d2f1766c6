import { serverCommand, shellWords } from "../settings/command";
import { filesOf, linesOf, unquoted, type SourceFile } from "../settings/files";
import type { Instead, ServerSettings, Setting, Source, Stated } from "../settings/settings";
import { canonical } from "./units";

/** What the server's one-letter options set; those that are left out are of the container's process. */
const short: Readonly<Record<string, string>> = {
  B: "shared_buffers",
  N: "max_connections",
  S: "work_mem",
  p: "port",
};
const withValue = /^-[BNSpDhkdft]$/;

const variables: Readonly<Record<string, string>> = {
  // initdb writes the time zone and the locale of its environment into postgresql.conf.
  TZ: "timezone",
  LANG: "locale",
  LC_ALL: "locale",
  POSTGRESQL_MAX_CONNECTIONS: "max_connections",
  POSTGRESQL_SHARED_PRELOAD_LIBRARIES: "shared_preload_libraries",
  POSTGRESQL_WAL_LEVEL: "wal_level",
  POSTGRESQL_TIMEZONE: "timezone",
};

function read(service: Source): Stated {
  const { key, words, unread } = serverCommand(service, /^(postgres|postmaster)$/);
  const command = fromWords(words, key);
  const main = command.filter(({ name }) => name === "config_file").at(-1)?.value;
  const files = filesOf(service).filter(({ path }) => path === main || usual.test(path));
  const { environment } = service;
  const environmental = Object.entries(environment).flatMap(([variable, value]): Setting[] => {
    const name = variables[variable];
    return name === undefined ? [] : [{ name, value, key: `environment.${variable}` }];
  });
  const missing =
    main !== undefined && files.every(({ path }) => path !== main)
      ? [{ key, what: `config_file=${main}` }]
      : [];
  return {
    settings: [
      ...environmental,
      ...initdb(environment["POSTGRES_INITDB_ARGS"] ?? environment["POSTGRESQL_INITDB_ARGS"] ?? ""),
      ...files.flatMap(fromFile),
      ...command.filter(({ name }) => name !== "config_file"),
    ],
    files: files.map(({ path }) => path),
    unread: [...unread, ...missing],
  };
}

/** In the data folder, or where Bitnami's images look. */
const usual =
  /^\/var\/lib\/postgresql\/(.*\/)?postgresql(\.auto)?\.conf$|^(\/opt)?\/bitnami\/.*\.conf$/;

function fromWords(words: readonly string[], key: string): Setting[] {
  const settings: Setting[] = [];
  const add = (text: string): void => {
    const [, name = "", value = "on"] = /^([\w.-]+)(?:\s*=(.*))?$/s.exec(text) ?? [];
    if (name !== "") settings.push({ name: nameOf(name), value: unquoted(value), key });
  };
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index]!;
    if (word === "-c") add(words[(index += 1)] ?? "");
    else if (word.startsWith("-c")) add(word.slice(2));
    else if (word.startsWith("--")) add(word.slice(2));
    else if (withValue.test(word)) {
      const name = short[word.slice(1)];
      const value = words[(index += 1)] ?? "";
      if (name !== undefined) settings.push({ name, value, key });
    }
  }
  return settings;
}

const nameOf = (name: string): string => name.toLowerCase().replace(/-/g, "_");

function fromFile(file: SourceFile): Setting[] {
  return linesOf(file, /^((?:[^#']|'[^']*')*)#.*$/).flatMap((line) => {
    const [, name, value = ""] = /^([\w.]+)\s*=?\s*(.*)$/.exec(line) ?? [];
    return name === undefined
      ? []
      : [{ name: nameOf(name), value: unquoted(value).replace(/''/g, "'"), key: file.key }];
  });
}

/** initdb's options (https://www.postgresql.org/docs/current/app-initdb.html) that reach the databases. */
function initdb(args: string): Setting[] {
  const key = "environment.POSTGRES_INITDB_ARGS";
  const words = shellWords(args);
  const settings: Setting[] = [];
  for (let index = 0; index < words.length; index += 1) {
    const [, option = "", joined] = /^(-[A-Za-z]|--[\w-]+)(?:=(.*))?$/s.exec(words[index]!) ?? [];
    const name = initdbNames[option] ?? nameOf(option.replace(/^-+/, ""));
    const next = words[index + 1];
    const follows = joined === undefined && next?.startsWith("-") === false;
    if (follows) index += 1;
    const value = joined ?? (follows ? next : "on");
    if (option === "-c" || option === "--set") settings.push(...fromWords(["-c", value], key));
    else if (option !== "") settings.push({ name, value, key });
  }
  return settings;
}

const initdbNames: Readonly<Record<string, string>> = {
  "-E": "encoding",
  "-A": "auth",
  "-k": "data_checksums",
  "-g": "allow_group_access",
  "-U": "username",
  "-X": "waldir",
  "-T": "text_search_config",
};

/** Of the container's process and disk, of logs, and of tuning, which a managed server does for its own size. */
const own =
  /^(archive_.*|auth.*|autovacuum.*|allow_group_access|backend_flush_after|bgwriter_.*|bonjour.*|checkpoint_.*|cluster_name|compute_query_id|commit_(delay|siblings)|config_file|data_checksums|data_directory|data_sync_retry|debug_.*|dynamic_shared_memory_type|effective_cache_size|effective_io_concurrency|event_source|external_pid_file|fsync|full_page_writes|hba_file|hot_standby.*|huge_pages?.*|ident_file|io_.*|jit_provider|listen_addresses|log_.*|logging_collector|maintenance_(work_mem|io_concurrency)|max_files_per_process|max_slot_wal_keep_size|max_stack_depth|max_standby_.*|max_wal_size|max_worker_processes|min_wal_size|min_dynamic_shared_memory|no_sync|password_encryption|pg_stat_statements\..*|recovery_.*|restart_after_crash|restore_command|shared_buffers|shared_memory_type|ssl.*|stats_.*|superuser_reserved_connections|sync.*_standby_names|syslog_.*|tcp_.*|temp_file_limit|track_(?!commit).*|unix_socket_.*|update_process_title|vacuum_.*|waldir|wal_(?!level).*|wal_segsize)$/;

/** Those that every user may set (context `user`), so that a database can have them. */
const ofDatabase =
  /^(array_nulls|backslash_quote|bytea_output|check_function_bodies|client_connection_check_interval|client_encoding|client_min_messages|constraint_exclusion|cpu_.*|cursor_tuple_fraction|datestyle|default_(statistics_target|text_search_config|toast_compression|transaction_(deferrable|isolation|read_only))|enable_.*|escape_string_warning|extra_float_digits|from_collapse_limit|geqo.*|gin_.*|hash_mem_multiplier|idle_(in_transaction_session|session)_timeout|intervalstyle|jit(_.*_cost)?|join_collapse_limit|lc_(monetary|numeric|time)|lock_timeout|logical_decoding_work_mem|max_parallel_(maintenance_workers|workers|workers_per_gather)|min_parallel_.*|parallel_.*|plan_cache_mode|quote_all_identifiers|random_page_cost|row_security|search_path|seq_page_cost|standard_conforming_strings|statement_timeout|synchronize_seqscans|synchronous_commit|temp_buffers|timezone|transaction_timeout|transform_null_equals|work_mem|xmlbinary|xmloption)$/;

function instead(name: string, value: string): Instead {
  switch (name) {
    case "encoding":
      return /^(utf-?8|unicode)$/i.test(value) ? "same" : undefined;
    case "locale":
    case "lc_collate":
    case "lc_ctype":
      if (/^en_US\.utf-?8$/i.test(value)) return "same";
      return /^(C|POSIX|C\.utf-?8)$/i.test(value) ? "database" : undefined;
    case "lc_messages":
      return "own";
    case "timezone":
      return /^(Etc\/)?(UTC|GMT|Universal|Zulu|UCT)$/i.test(value) ? "same" : "database";
    case "wal_level":
      return /^(minimal|replica)$/i.test(value) ? "same" : undefined;
    case "max_replication_slots":
    case "max_wal_senders":
      return Number(value) <= 10 ? "same" : undefined;
    case "port":
      return value === "5432" ? "same" : undefined;
  }
  if (ofDatabase.test(name)) return "database";
  return own.test(name) ? "own" : undefined;
}

export const postgresSettings: ServerSettings = {
  read,
  canonical,
  instead,
  variables:
    /^(POSTGRES(QL)?_(DB|DATABASE|USER(NAME)?|PASSWORD|INITDB_ARGS|INITDB_WALDIR|POSTGRES_PASSWORD)(_FILE)?|POSTGRESQL_(MAX_CONNECTIONS|SHARED_PRELOAD_LIBRARIES|WAL_LEVEL|TIMEZONE|INITDB_ARGS|PORT_NUMBER|VOLUME_DIR|DATA_DIR|LOG_.*)|BITNAMI_DEBUG|PGDATA|PGTZ|PGUSER|PGPASSWORD|PGDATABASE|PGHOST|PGPORT)$/,
};
