import type { Cases } from "../subject";
import { one } from "./digitalocean-case";

const tags = ["berth:shop-qa", "stack:qa"];
const server = {
  name: "shop-qa-db",
  engine: "pg",
  version: "17",
  size: "db-s-1vcpu-2gb",
  region: "nyc3",
  nodeCount: 1,
  privateNetworkUuid: "<network>",
  maintenanceWindows: [{ day: "sunday", hour: "04:00" }],
  tags,
};

export const database: Cases = {
  plainest: one(
    server,
    { change: { maintenanceWindows: [{ day: "monday", hour: "04:00" }] } },
    { change: { size: "db-s-2vcpu-4gb" } },
    { change: { nodeCount: 2 } },
    { change: { storageSizeMib: "102400" } },
    { change: { storageSizeMib: undefined } },
    { change: { version: "18" } },
    { change: { tags: ["stack:qa"] } },
    { change: { name: "other" } },
    { change: { engine: "mysql" } },
    { change: { privateNetworkUuid: "<other network>" } },
    { change: { backupRestore: { databaseName: "old" } } },
  ),
  valkey: one({ ...server, engine: "valkey", version: "8" }),
  mongodb: one({ ...server, engine: "mongodb", version: "8" }),
  "restored from a backup": one(
    { ...server, backupRestore: { databaseName: "old", backupCreatedAt: "2026-01-01T00:00:00Z" } },
    { change: { backupRestore: undefined } },
  ),
  "no version": one({ ...server, version: undefined }),
  "no engine": one({ ...server, engine: undefined }),
  "no nodes": one({ ...server, nodeCount: 0 }),
  "another day": one({ ...server, maintenanceWindows: [{ day: "moonday", hour: "04:00" }] }),
  "less storage than the size brings": one({ ...server, storageSizeMib: "10240" }),
  "a property that there is none of": one({ ...server, moon: 1 }),
  "deleted by hand": one(server, { byHand: "DELETE /v2/databases/<id>" }),
};

const second = {
  name: "shop-qa-db-read-1",
  clusterId: "<database>",
  size: "db-s-1vcpu-2gb",
  region: "nyc3",
  privateNetworkUuid: "<network>",
  tags,
};

export const replica: Cases = {
  plainest: one(
    second,
    { change: { size: "db-s-2vcpu-4gb" } },
    { change: { storageSizeMib: "102400" } },
    { change: { tags: ["stack:qa"] } },
    { change: { region: "fra1" } },
    { change: { name: "other" } },
  ),
  "no size": one({ ...second, size: undefined }),
  "no cluster": one({ ...second, clusterId: undefined }),
  "a property that there is none of": one({ ...second, moon: 1 }),
  "deleted by hand": one(second, {
    byHand: "DELETE /v2/databases/<database>/replicas/shop-qa-db-read-1",
  }),
};

const trusted = { clusterId: "<database>", rules: [{ type: "droplet", value: "<machine>" }] };

export const databaseFirewall: Cases = {
  plainest: one(
    trusted,
    { change: { rules: [{ type: "droplet", value: "<other machine>" }] } },
    { change: { rules: [{ type: "k8s", value: "<cluster>" }] } },
    { change: { clusterId: "other" } },
  ),
  "no rules": one({ clusterId: "<database>" }),
  "an empty list": one({ clusterId: "<database>", rules: [] }),
  "another type": one({ clusterId: "<database>", rules: [{ type: "moon", value: "x" }] }),
  "a property that there is none of": one({ ...trusted, moon: 1 }),
  "the database deleted by hand": one(trusted, { byHand: "DELETE /v2/databases/<database>" }),
};
