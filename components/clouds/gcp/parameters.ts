import { parameters, switched, type Parameters } from "../../model/parameter";

const flag = switched("on", "off");

/**
 * Flags of Cloud SQL (https://cloud.google.com/sql/docs/postgres/flags), sizes and durations in the engine's own
 * units. Memory that depends on the instance's size is left to its defaults.
 */
export const postgresParameters: Parameters = {
  ...parameters(
    `autovacuum enable_bitmapscan enable_hashagg enable_hashjoin enable_indexonlyscan enable_indexscan
    enable_material enable_mergejoin enable_nestloop enable_seqscan enable_sort enable_tidscan geqo
    hot_standby_feedback log_checkpoints log_connections log_disconnections log_lock_waits
    pg_stat_statements.track_utility standard_conforming_strings track_commit_timestamp track_counts
    track_io_timing`,
    flag,
  ),
  ...parameters(
    `autovacuum_analyze_scale_factor autovacuum_analyze_threshold autovacuum_freeze_max_age autovacuum_max_workers
    autovacuum_naptime autovacuum_vacuum_cost_delay autovacuum_vacuum_cost_limit autovacuum_vacuum_scale_factor
    autovacuum_vacuum_threshold checkpoint_completion_target checkpoint_timeout deadlock_timeout
    default_statistics_target default_transaction_isolation from_collapse_limit
    idle_in_transaction_session_timeout join_collapse_limit lock_timeout log_min_duration_statement log_statement
    log_temp_files maintenance_work_mem max_connections max_locks_per_transaction max_parallel_maintenance_workers
    max_parallel_workers max_parallel_workers_per_gather max_pred_locks_per_transaction max_prepared_transactions
    max_standby_archive_delay max_standby_streaming_delay max_wal_size pg_stat_statements.max
    pg_stat_statements.track random_page_cost temp_buffers track_activity_query_size track_functions
    wal_receiver_timeout wal_sender_timeout work_mem`,
  ),
  // The least that they take.
  ...parameters("max_replication_slots max_wal_senders", { pattern: /^[1-9]\d+$/ }),
  max_worker_processes: { pattern: /^([89]|[1-9]\d+)$/ },
  wal_level: { name: "cloudsql.logical_decoding", values: { logical: "on" } },
  shared_preload_libraries: {
    libraries: {
      pg_stat_statements: null,
      auto_explain: "cloudsql.enable_auto_explain",
      pg_bigm: "cloudsql.enable_pg_bigm",
      pg_cron: "cloudsql.enable_pg_cron",
      pg_hint_plan: "cloudsql.enable_pg_hint_plan",
      pgaudit: "cloudsql.enable_pgaudit",
      pglogical: "cloudsql.enable_pglogical",
    },
  },
};

/** https://cloud.google.com/sql/docs/mysql/flags */
export const mysqlParameters: Parameters = {
  ...parameters(
    `event_scheduler innodb_print_all_deadlocks innodb_strict_mode local_infile log_bin_trust_function_creators
    log_queries_not_using_indexes slow_query_log`,
    flag,
  ),
  ...parameters(
    `binlog_row_image character_set_server collation_server connect_timeout ft_min_word_len ft_max_word_len
    group_concat_max_len init_connect innodb_ft_max_token_size innodb_ft_min_token_size innodb_lock_wait_timeout
    interactive_timeout lock_wait_timeout long_query_time max_allowed_packet max_connections max_execution_time
    max_heap_table_size max_prepared_stmt_count max_user_connections net_read_timeout net_write_timeout
    optimizer_switch sort_buffer_size sql_mode tmp_table_size transaction_isolation wait_timeout`,
  ),
  // Of a new server alone.
  lower_case_table_names: { values: { "1": "1" } },
  time_zone: { name: "default_time_zone", pattern: /^[+-]\d\d:\d\d$/ },
};

/** https://cloud.google.com/memorystore/docs/redis/supported-redis-configurations */
export const redisParameters: Parameters = parameters(
  "lfu-decay-time lfu-log-factor maxmemory-policy notify-keyspace-events stream-node-max-bytes stream-node-max-entries timeout",
);
