/** The databases and brokers that Berth knows by name, as `databases.<service>.engine` of the config spells them. */
export const engineNames = [
  "postgres",
  "mysql",
  "mariadb",
  "redis",
  "valkey",
  "mongodb",
  "opensearch",
  "rabbitmq",
] as const;

export type EngineName = (typeof engineNames)[number];
