import { serverCommand, shellWords } from "../settings/command";
import { filesOf, linesOf, unquoted, type SourceFile } from "../settings/files";
import type { Instead, ServerSettings, Setting, Source, Stated } from "../settings/settings";

/** What options are called as variables, where that is not the same. */
const aliases: Readonly<Record<string, string>> = {
  default_time_zone: "time_zone",
  default_character_set: "character_set_server",
  character_set: "character_set_server",
  collation: "collation_server",
  default_collation: "collation_server",
  tx_isolation: "transaction_isolation",
};

const variables: Readonly<Record<string, string>> = {
  // The server's time zone is SYSTEM unless told otherwise.
  TZ: "time_zone",
  MYSQL_CHARACTER_SET: "character_set_server",
  MARIADB_CHARACTER_SET: "character_set_server",
  MYSQL_COLLATE: "collation_server",
  MARIADB_COLLATE: "collation_server",
  MYSQL_SQL_MODE: "sql_mode",
  MARIADB_SQL_MODE: "sql_mode",
};

function read(service: Source): Stated {
  const { key, words, unread } = serverCommand(service, /^(mysqld|mariadbd)(_safe|-safe)?$/);
  const command = fromWords(words, key);
  const named = command
    .filter(({ name }) => /^defaults_(extra_)?file$/.test(name))
    .map(({ value }) => value);
  const files = filesOf(service).filter(({ path }) => named.includes(path) || usual.test(path));
  const { environment } = service;
  const environmental = Object.entries(environment).flatMap(([variable, value]): Setting[] => {
    const name = variables[variable];
    const at = `environment.${variable}`;
    if (name !== undefined) return [{ name, value, key: at }];
    return /^(MYSQL|MARIADB)_EXTRA_FLAGS$/.test(variable) ? fromWords(shellWords(value), at) : [];
  });
  const missing = named
    .filter((path) => files.every((file) => file.path !== path))
    .map((path) => ({ key, what: `--defaults-file=${path}` }));
  return {
    settings: [
      ...environmental,
      ...files.flatMap(fromFile),
      ...command.filter(({ name }) => !/^defaults_/.test(name)),
    ],
    files: files.map(({ path }) => path),
    unread: [...unread, ...missing],
  };
}

const usual = /^\/etc\/(my\.cnf(\.d\/.*)?|mysql\/.*\.cnf)$|^\/opt\/bitnami\/.*\.cnf$/;

function fromWords(words: readonly string[], key: string): Setting[] {
  const settings: Setting[] = [];
  for (let index = 0; index < words.length; index += 1) {
    const [, option = "", joined] = /^--([\w.-]+)(?:=(.*))?$/s.exec(words[index]!) ?? [];
    if (option === "") continue;
    const next = words[index + 1];
    const follows = joined === undefined && next?.startsWith("-") === false;
    if (follows) index += 1;
    settings.push(setting(option, joined ?? (follows ? next : undefined), key));
  }
  return settings;
}

/** `--skip-log-bin` is `log_bin` that is off. */
function setting(option: string, value: string | undefined, key: string): Setting {
  const name = option
    .toLowerCase()
    .replace(/-/g, "_")
    .replace(/^loose_/, "");
  const [, off, rest] = /^(skip|disable)_(.+)$/.exec(name) ?? [];
  if (off !== undefined && rest !== undefined && !variablesWithSkip.test(name))
    return { name: aliases[rest] ?? rest, value: "0", key };
  const bare = name.replace(/^enable_/, "");
  return { name: aliases[bare] ?? bare, value: value === undefined ? "1" : unquoted(value), key };
}

/** Settings whose own name begins so. */
const variablesWithSkip =
  /^skip_(name_resolve|networking|external_locking|show_database|host_cache|grant_tables|character_set_client_handshake|replica_start|slave_start|innodb_read_only_compressed)$/;

/** The sections of a file that the server reads: `[mysqld]`, `[mariadb-11.4]`. */
const serverSection = /^\[(server|mysqld|mariadbd?)(-[\d.]+)?\]$/i;

function fromFile(file: SourceFile): Setting[] {
  let ofServer = false;
  return linesOf(file, /^(|[^;#][^#]*?)\s*[#;].*$/).flatMap((line) => {
    if (line.startsWith("[")) {
      ofServer = serverSection.test(line);
      return [];
    }
    if (!ofServer || line.startsWith("!")) return [];
    const [, option, value] = /^([\w.-]+)\s*(?:=\s*(.*))?$/.exec(line) ?? [];
    return option === undefined ? [] : [setting(option, value, file.key)];
  });
}

/** Of the container's process and disk, of logs and replication, and of tuning, which a managed server does itself. */
const own =
  /^(admin_.*|back_log|basedir|bind_address|binlog_(?!format).*|console|core_file|datadir|disabled_storage_engines|enforce_gtid_consistency|expire_logs_days|general_log.*|gtid_.*|host_cache_size|innodb_(?!strict_mode|ft_|lock_wait|rollback|default_row_format|large_prefix|file_format|snapshot_isolation|autoinc|table_locks|deadlock|print_all).*|join_buffer_size|key_buffer_size|large_pages|local_service|log_(?!bin_trust).*|long_query_time|max_binlog_.*|max_connect_errors|max_relay_log_size|myisam_.*|mysqlx.*|open_files_limit|performance_schema.*|pid_file|plugin_dir|port_open_timeout|query_cache_.*|query_prealloc_size|read_buffer_size|read_rnd_buffer_size|relay_.*|replica_.*|report_.*|require_secure_transport|secure_file_priv|server_id|skip_(name_resolve|external_locking|host_cache|replica_start|slave_start)|slave_.*|slow_query_log.*|socket|sort_buffer_size|ssl.*|symbolic_links|sync_.*|table_(open|definition)_cache.*|thread_.*|tls_.*|tmpdir|user|aria_.*)$/;

function instead(name: string, value: string): Instead {
  switch (name) {
    case "character_set_server":
    case "collation_server":
      return "database";
    case "time_zone":
      return /^(system|\+00:00|(Etc\/)?(UTC|GMT|Universal|Zulu|UCT))$/i.test(value)
        ? "same"
        : undefined;
    case "default_authentication_plugin":
    case "authentication_policy":
      return /caching_sha2_password/.test(value) ? "own" : undefined;
    case "binlog_format":
      return /^row$/i.test(value) ? "own" : undefined;
    case "default_storage_engine":
      return /^innodb$/i.test(value) ? "same" : undefined;
    case "port":
      return value === "3306" ? "same" : undefined;
    case "explicit_defaults_for_timestamp":
      return /^(1|on|true)$/i.test(value) ? "same" : undefined;
    case "lower_case_table_names":
      return value === "0" ? "same" : undefined;
  }
  return own.test(name) ? "own" : undefined;
}

const factors: Readonly<Record<string, number>> = {
  k: 1024,
  m: 1024 ** 2,
  g: 1024 ** 3,
  t: 1024 ** 4,
};

/** A size in bytes: `256M` is `268435456`. */
function canonical(name: string, value: string): string {
  // Clouds take an empty one for their default; this one is as lenient for every engine that they have.
  if (name === "sql_mode" && value === "") return "NO_ENGINE_SUBSTITUTION";
  if (name === "sql_mode") return value.toUpperCase().replace(/\s/g, "");
  const [, number, unit] = /^(\d+)([kmgt])b?$/i.exec(value) ?? [];
  return number === undefined || unit === undefined
    ? value
    : String(Number(number) * factors[unit.toLowerCase()]!);
}

export const mysqlSettings: ServerSettings = {
  read,
  canonical,
  instead,
  variables:
    /^((MYSQL|MARIADB)_(DATABASE|USER|PASSWORD|ROOT_PASSWORD|ROOT_USER|ROOT_HOST|RANDOM_ROOT_PASSWORD|ONETIME_PASSWORD|INITDB_SKIP_TZINFO|EXTRA_FLAGS|CHARACTER_SET|COLLATE|SQL_MODE|MYSQL_LOCALHOST_USER|MYSQL_LOCALHOST_GRANTS|AUTO_UPGRADE|DISABLE_UPGRADE_BACKUP|LOG_CONSOLE|HEALTHCHECK_GRANTS|ROOT_PASSWORD_HASH|HOST|TCP_PORT|PORT_NUMBER)(_FILE)?|MYSQL_PWD|BITNAMI_DEBUG)$/,
};
