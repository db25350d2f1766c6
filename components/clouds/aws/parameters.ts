import { parameters, switched, type Parameters } from "../../model/parameter";

const flag = switched("1", "0");
const atStart = { atStart: true } as const;

/**
 * Settings that RDS takes in a parameter group
 * (https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Appendix.PostgreSQL.CommonDBATasks.Parameters.html), sizes
 * and durations in the engine's own units. Memory that depends on the instance's size is left to its defaults.
 */
export const postgresParameters: Parameters = {
  ...parameters(
    `autovacuum_freeze_max_age autovacuum_max_workers max_connections max_locks_per_transaction
    max_logical_replication_workers max_pred_locks_per_transaction max_prepared_transactions max_replication_slots
    max_wal_senders max_worker_processes pg_stat_statements.max track_activity_query_size`,
    atStart,
  ),
  ...parameters("track_commit_timestamp", { ...flag, ...atStart }),
  ...parameters(
    `array_nulls check_function_bodies enable_bitmapscan enable_hashagg enable_hashjoin
    enable_indexonlyscan enable_indexscan enable_material enable_mergejoin enable_nestloop enable_seqscan enable_sort
    enable_tidscan escape_string_warning geqo hot_standby_feedback jit log_checkpoints log_connections
    log_disconnections log_lock_waits standard_conforming_strings track_counts track_io_timing`,
    flag,
  ),
  ...parameters(
    `autovacuum_analyze_scale_factor autovacuum_analyze_threshold autovacuum_naptime autovacuum_vacuum_cost_delay
    autovacuum_vacuum_cost_limit autovacuum_vacuum_scale_factor autovacuum_vacuum_threshold backslash_quote bytea_output
    checkpoint_completion_target checkpoint_timeout client_encoding datestyle deadlock_timeout
    default_statistics_target default_text_search_config default_transaction_isolation effective_io_concurrency
    extra_float_digits from_collapse_limit idle_in_transaction_session_timeout intervalstyle join_collapse_limit
    lock_timeout log_min_duration_statement log_statement log_temp_files logical_decoding_work_mem
    maintenance_work_mem max_parallel_maintenance_workers max_parallel_workers max_parallel_workers_per_gather
    max_slot_wal_keep_size max_standby_archive_delay max_standby_streaming_delay max_sync_workers_per_subscription
    max_wal_size min_wal_size pg_stat_statements.track plan_cache_mode random_page_cost search_path seq_page_cost
    statement_timeout synchronous_commit temp_buffers temp_file_limit timezone track_functions wal_keep_size
    wal_receiver_timeout wal_sender_timeout work_mem`,
  ),
  wal_level: { name: "rds.logical_replication", values: { logical: "1" }, ...atStart },
  shared_preload_libraries: {
    ...atStart,
    libraries: {
      ...{
        auto_explain: "",
        orafce: "",
        passwordcheck: "",
        pg_bigm: "",
        pg_cron: "",
        pg_hint_plan: "",
      },
      ...{ pg_partman_bgw: "", pg_prewarm: "", pg_similarity: "", pg_stat_statements: "" },
      ...{ pg_tle: "", pgaudit: "", pglogical: "", plprofiler: "" },
    },
  },
};

/** The zones that `time_zone` takes beside UTC; no offsets. */
const zones =
  /^(Africa\/(Cairo|Casablanca|Harare|Monrovia|Nairobi|Tripoli|Windhoek)|America\/(Araguaina|Asuncion|Bogota|Buenos_Aires|Caracas|Chihuahua|Cuiaba|Denver|Fortaleza|Guatemala|Halifax|Manaus|Matamoros|Monterrey|Montevideo|Phoenix|Santiago|Tijuana)|Asia\/(Amman|Ashgabat|Baghdad|Baku|Bangkok|Beirut|Calcutta|Damascus|Dhaka|Irkutsk|Jerusalem|Kabul|Karachi|Kathmandu|Krasnoyarsk|Magadan|Muscat|Novosibirsk|Riyadh|Seoul|Shanghai|Singapore|Taipei|Tehran|Tokyo|Ulaanbaatar|Vladivostok|Yakutsk|Yerevan)|Atlantic\/Azores|Australia\/(Adelaide|Brisbane|Darwin|Hobart|Perth|Sydney)|Brazil\/East|Canada\/(Newfoundland|Saskatchewan)|Europe\/(Amsterdam|Athens|Dublin|Helsinki|Istanbul|Kaliningrad|Moscow|Paris|Prague|Sarajevo)|Pacific\/(Auckland|Fiji|Guam|Honolulu|Samoa)|US\/(Alaska|Central|East-Indiana|Eastern|Pacific))$/;

const mysqlBoth: Parameters = {
  // Of a new server alone.
  ...parameters("lower_case_table_names", { values: { "1": "1" }, ...atStart }),
  ...parameters(
    "ft_min_word_len ft_max_word_len innodb_ft_max_token_size innodb_ft_min_token_size",
    atStart,
  ),
  ...parameters("innodb_rollback_on_timeout", { ...flag, ...atStart }),
  ...parameters(
    `innodb_print_all_deadlocks innodb_strict_mode local_infile log_bin_trust_function_creators
    log_queries_not_using_indexes low_priority_updates slow_query_log`,
    flag,
  ),
  ...parameters(
    `binlog_format binlog_row_image character_set_server collation_server connect_timeout
    div_precision_increment group_concat_max_len init_connect innodb_ft_server_stopword_table
    innodb_lock_wait_timeout interactive_timeout join_buffer_size lock_wait_timeout long_query_time
    max_allowed_packet max_connections max_heap_table_size max_prepared_stmt_count max_sp_recursion_depth
    max_user_connections net_read_timeout net_write_timeout optimizer_switch read_buffer_size read_rnd_buffer_size
    sort_buffer_size sql_mode table_definition_cache table_open_cache tmp_table_size wait_timeout`,
  ),
  event_scheduler: switched("ON", "OFF"),
  time_zone: { pattern: zones },
};

export const mysqlParameters: Parameters = {
  ...mysqlBoth,
  ...parameters("max_execution_time range_optimizer_max_mem_size transaction_isolation"),
};

export const mariadbParameters: Parameters = {
  ...mysqlBoth,
  ...parameters("max_statement_time"),
  transaction_isolation: { name: "tx_isolation" },
};

/** Settings that ElastiCache takes in a parameter group, which Redis and Valkey share. */
export const cacheParameters: Parameters = {
  ...parameters("databases", atStart),
  ...parameters(
    `lfu-decay-time lfu-log-factor maxmemory-policy maxmemory-samples notify-keyspace-events timeout`,
  ),
};

/** The names, of RDS too, that take effect when a server starts. */
export const startNames: ReadonlySet<string> = new Set(
  [postgresParameters, mysqlParameters, mariadbParameters, cacheParameters].flatMap((table) =>
    Object.entries(table).flatMap(([setting, { name = setting, atStart: late }]) =>
      late === true ? [name] : [],
    ),
  ),
);
