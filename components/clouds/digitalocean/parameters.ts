import { parameters, switched, type Parameter, type Parameters } from "../../model/parameter";

/** Settings under the names that DigitalOcean's resources have: `max_allowed_packet` is `maxAllowedPacket`. */
function camel(names: string, parameter: Parameter = {}): Parameters {
  return Object.fromEntries(
    Object.keys(parameters(names)).map((name) => [
      name,
      {
        name: name.replace(/[_.-](\w)/g, (_, letter: string) => letter.toUpperCase()),
        ...parameter,
      },
    ]),
  );
}

const number = { type: "number" } as const;
const boolean = { ...switched("true", "false"), type: "boolean" } as const;

/** Of `DatabasePostgresqlConfig`. Connections come with the size. */
export const postgresParameters: Parameters = {
  ...camel(
    `autovacuum_analyze_scale_factor autovacuum_analyze_threshold autovacuum_freeze_max_age autovacuum_max_workers
    autovacuum_naptime autovacuum_vacuum_cost_delay autovacuum_vacuum_cost_limit autovacuum_vacuum_scale_factor
    autovacuum_vacuum_threshold deadlock_timeout idle_in_transaction_session_timeout log_min_duration_statement
    max_files_per_process max_locks_per_transaction max_logical_replication_workers max_parallel_workers
    max_parallel_workers_per_gather max_pred_locks_per_transaction max_prepared_transactions max_replication_slots
    max_standby_archive_delay max_standby_streaming_delay max_wal_senders max_worker_processes temp_file_limit
    track_activity_query_size wal_sender_timeout`,
    number,
  ),
  ...camel("default_toast_compression pg_stat_statements.track timezone track_functions"),
  ...camel("track_commit_timestamp track_io_timing", switched("on", "off")),
  ...camel("jit", boolean),
  // In MB.
  work_mem: { name: "workMem", factor: 1 / 1024, ...number },
  // Every server has logical decoding.
  wal_level: { values: { logical: null } },
  shared_preload_libraries: { libraries: { pg_stat_statements: null } },
};

/** Of `DatabaseMysqlConfig`. */
export const mysqlParameters: Parameters = {
  ...camel(
    `connect_timeout group_concat_max_len information_schema_stats_expiry innodb_ft_min_token_size
    innodb_lock_wait_timeout innodb_log_buffer_size innodb_online_alter_log_max_size interactive_timeout
    long_query_time max_allowed_packet max_heap_table_size net_read_timeout net_write_timeout sort_buffer_size
    tmp_table_size wait_timeout`,
    number,
  ),
  ...camel("innodb_ft_server_stopword_table"),
  ...camel(
    "innodb_print_all_deadlocks innodb_rollback_on_timeout slow_query_log sql_require_primary_key",
    boolean,
  ),
  sql_mode: { name: "sqlMode", pattern: /^[A-Z_,]+$/ },
  time_zone: { name: "defaultTimeZone" },
};

/** Of `DatabaseValkeyConfig`. */
export const valkeyParameters: Parameters = {
  ...camel("lfu-decay-time lfu-log-factor timeout", number),
  ...camel("notify-keyspace-events"),
  databases: { name: "numberOfDatabases", ...number },
  "maxmemory-policy": {
    name: "valkeyMaxmemoryPolicy",
    pattern: /^(noeviction|(allkeys|volatile)-(lru|random)|volatile-ttl)$/,
  },
};
