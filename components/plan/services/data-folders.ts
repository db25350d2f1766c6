import { engines } from "../../databases";

/** Folders in which servers keep their data: a bind mount there is a volume (decisions.md: bind-mounts). */
export const dataFolders: readonly string[] = [
  ...Object.values(engines).flatMap((engine) => engine.dataFolders),
  "/usr/share/elasticsearch/data",
  "/var/lib/elasticsearch",
  "/var/lib/neo4j",
  "/var/solr",
  "/opt/solr/server/solr",
  "/var/lib/grafana",
  "/prometheus",
  "/var/lib/clickhouse",
  "/var/lib/influxdb",
  "/var/lib/influxdb2",
  "/var/lib/cassandra",
  "/var/lib/ghost/content",
  "/var/www/html/data",
  "/var/lib/docker",
  "/home/node/.n8n",
  "/minio",
];
