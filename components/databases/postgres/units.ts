/** Settings with a unit, and the unit of a bare number: `pg_settings.unit` of the server. */
const units: readonly (readonly [string, RegExp])[] = [
  [
    "8kB",
    /^(effective_cache_size|shared_buffers|temp_buffers|wal_buffers|(backend|checkpoint)_flush_after)$/,
  ],
  [
    "kB",
    /^((autovacuum_|maintenance_|logical_decoding_)?work_mem|gin_pending_list_limit|max_stack_depth|temp_file_limit|log_temp_files|wal_skip_threshold|vacuum_buffer_usage_limit)$/,
  ],
  ["MB", /^((max|min)_wal_size|(max_slot_)?wal_keep_size)$/],
  ["B", /^track_activity_query_size$/],
  [
    "ms",
    /^((statement|lock|transaction|deadlock|idle_in_transaction_session|idle_session|wal_sender|wal_receiver)_timeout|max_standby_(archive|streaming)_delay|(autovacuum_)?vacuum_cost_delay|log_(autovacuum_min_duration|min_duration_(statement|sample)|startup_progress_interval)|bgwriter_delay|wal_writer_delay)$/,
  ],
  [
    "s",
    /^(autovacuum_naptime|checkpoint_timeout|checkpoint_warning|tcp_keepalives_(idle|interval)|authentication_timeout|wal_receiver_status_interval)$/,
  ],
];

const bytes: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1024,
  "8kB": 8192,
  MB: 1024 ** 2,
  GB: 1024 ** 3,
  TB: 1024 ** 4,
};
const milliseconds: Readonly<Record<string, number>> = {
  us: 0.001,
  ms: 1,
  s: 1000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** A value as `pg_settings` has it: `256MB` of `work_mem` is `262144`, `5min` of `checkpoint_timeout` is `300`. */
export function canonical(name: string, value: string): string {
  const unit = units.find(([, names]) => names.test(name))?.[0];
  const [, number, written] =
    /^(-?\d+(?:\.\d+)?)\s*(us|ms|s|min|h|d|B|kB|MB|GB|TB)$/.exec(value) ?? [];
  if (unit === undefined || number === undefined || written === undefined) return value;
  const scale = unit in bytes ? bytes : milliseconds;
  if (!(written in scale)) return value;
  return String(Math.round((Number(number) * scale[written]!) / scale[unit]!));
}
