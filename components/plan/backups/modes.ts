import type { Service as ComposeService } from "../../compose/app";
import { engines } from "../../databases";
import { imageParts } from "../../model/image-name";
import type { Service } from "../plan";

/** What the label `berth.backup` says: `false`, no backup of the service; `pause`, it stands still for a copy of its files. */
export const backupLabel = "berth.backup";

export function backupMode({ labels = {} }: ComposeService): "off" | "pause" | "on" {
  const said = labels[backupLabel];
  if (said === "false") return "off";
  return said === "pause" ? "pause" : "on";
}

/** Servers that Berth has no dump for, whose files fit together at one moment alone. */
const stores =
  /^(elasticsearch|solr|neo4j|influxdb|clickhouse(-server)?|cassandra|couchdb|couchbase|rethinkdb|arangodb|meilisearch|typesense|qdrant|weaviate|etcd|questdb|surrealdb|dgraph|orientdb)$/;

/** Whether a service stands still while its files are copied. */
export function stillCopied({ engine, compose }: Pick<Service, "engine" | "compose">): boolean {
  const mode = backupMode(compose);
  if (mode !== "on") return mode === "pause";
  if (engine !== undefined) {
    const { backup } = engines[engine];
    return backup.kind === "copy" && backup.pause;
  }
  const { image } = compose;
  return image !== undefined && stores.test(imageParts(image).base);
}
