import type { DatabaseSize, ManagedEngine, Catalog } from "../../model/catalog";
import { mysqlParameters, postgresParameters, valkeyParameters } from "./parameters";
import { otherType } from "./machine-types";
import { quotas } from "./quotas";

/**
 * Prices: USD a month in nyc3 (the same in every region used here), read on 2026-11-21 from DigitalOcean's
 * public price pages and API examples. Droplets: the disk, an address and transfer are included.
 */
const databaseSizes: readonly DatabaseSize[] = [
  { name: "db-s-1vcpu-1gb", cpus: 1, memory: 1, monthly: 15.15 },
  { name: "db-s-1vcpu-2gb", cpus: 1, memory: 2, monthly: 30.45 },
  { name: "db-s-2vcpu-4gb", cpus: 2, memory: 4, monthly: 60.9 },
  { name: "db-s-4vcpu-8gb", cpus: 4, memory: 8, monthly: 122.1 },
  { name: "db-s-6vcpu-16gb", cpus: 6, memory: 16, monthly: 244.35 },
];

/** The smallest size takes no standby node. */
const standby = "db-s-1vcpu-2gb";
const storage = { included: 10, default: 10, perGiB: 0.215 };

const sql: Omit<ManagedEngine, "versions"> = {
  readReplicas: 5,
  fixedBackupDays: 7,
  sizes: databaseSizes,
  highAvailable: standby,
  storage,
};

/** Of those that images bring. Its TimescaleDB is the Apache edition, without compression and continuous aggregates. */
const postgresExtensions = [
  "fuzzystrmatch",
  "postgis",
  "postgis_tiger_geocoder",
  "postgis_topology",
  "vector",
];

export const catalog: Catalog = {
  cloud: "digitalocean",
  config: { namespace: "digitalocean", region: "region" },
  account: "DigitalOcean team",
  regions: { europe: "fra1", "us-east": "nyc3", "us-west": "sfo3", asia: "sgp1" },
  machines: {
    small: "s-2vcpu-4gb",
    medium: "s-4vcpu-8gb",
    large: "s-8vcpu-16gb",
    xlarge: "s-8vcpu-32gb-amd",
  },
  machineTypes: {
    "s-1vcpu-512mb-10gb": { cpus: 1, memory: 0.5, monthly: 4 },
    "s-1vcpu-1gb": { cpus: 1, memory: 1, monthly: 6 },
    "s-1vcpu-2gb": { cpus: 1, memory: 2, monthly: 12 },
    "s-2vcpu-2gb": { cpus: 2, memory: 2, monthly: 18 },
    "s-2vcpu-4gb": { cpus: 2, memory: 4, monthly: 24 },
    "s-4vcpu-8gb": { cpus: 4, memory: 8, monthly: 48 },
    "s-8vcpu-16gb": { cpus: 8, memory: 16, monthly: 96 },
    "s-2vcpu-4gb-amd": { cpus: 2, memory: 4, monthly: 28 },
    "s-2vcpu-4gb-intel": { cpus: 2, memory: 4, monthly: 28 },
    "s-4vcpu-8gb-amd": { cpus: 4, memory: 8, monthly: 56 },
    "s-4vcpu-8gb-intel": { cpus: 4, memory: 8, monthly: 56 },
    "s-8vcpu-32gb-amd": { cpus: 8, memory: 32, monthly: 168 },
    "c-2": { cpus: 2, memory: 4, monthly: 42 },
  },
  otherType,
  nodeSize: "s-2vcpu-4gb",
  podsPerNode: 110,
  engines: {
    postgres: {
      ...sql,
      extensions: postgresExtensions,
      parameters: postgresParameters,
      versions: ["17", "16", "15", "14"],
    },
    mysql: { ...sql, parameters: mysqlParameters, versions: ["8.0"] },
    // Redis itself can no longer be made here; Valkey speaks its protocol up to 7.2.
    redis: {
      ...sql,
      parameters: valkeyParameters,
      versions: ["7"],
      onlyWhenAsked: "Redis is Valkey 8 here, with a password that DigitalOcean makes",
      imposesPassword: true,
      readReplicas: 0,
      fixedBackupDays: 0,
    },
    valkey: {
      ...sql,
      parameters: valkeyParameters,
      versions: ["8"],
      imposesPassword: true,
      readReplicas: 0,
      fixedBackupDays: 0,
    },
    // 6.0 is past its end. The password is made here too, but the bootstrap makes the application's own user.
    mongodb: {
      versions: ["8.0", "7.0"],
      readReplicas: 0,
      fixedBackupDays: 7,
      sizes: databaseSizes,
      highAvailable: standby,
      highAvailableServers: 3,
      // Disks of other sizes are for PostgreSQL and MySQL alone.
      storage: { included: 0, default: 0, perGiB: 0, stated: false },
    },
  },
  quotas,
  prices: {
    date: "2026-11-21",
    diskGiB: 0.1,
    bootDisk: 0,
    // A reserved address costs while no machine holds it.
    address: 0,
    volumeGiB: 0.1,
    // Free itself; the one small node of its own pool is not.
    controlPlane: 12,
    loadBalancer: 12,
    balancerAddresses: 0,
    nat: 0,
    natPerNode: 0,
    nodeDisk: 0,
    registry: 5,
    site: 0,
    bucket: 5,
    // The first 250 GiB are in the price.
    bucketGiB: 0,
    notIncluded: {
      cluster: ["further units of the load balancer (12 each)"],
      registry: ["images beyond 5 GB (0.02 a GB)"],
    },
  },
  // Spaces answers a folder with nothing and a missing file with XML: a site is served by the edge.
  can: {
    cluster: true,
    sites: false,
    dns: true,
    registry: true,
    buckets: true,
    finalSnapshots: false,
    alerts: true,
  },
  accountRegistry:
    "this stack makes the registry of the account, which has one for all stacks: where it has one already, set registry to { name: NAME } (`doctl registry get` says it), else to cloud",
  solver: {
    provider: "digitalocean",
    variables: [["DO_AUTH_TOKEN"]],
    dns01: (reference) => ({ tokenSecretRef: reference("DO_AUTH_TOKEN") }),
  },
};

/** GiB of storage that a database size brings along. */
export function includedStorage(size: string): number {
  const included: Readonly<Record<string, number>> = {
    "db-s-1vcpu-1gb": 10,
    "db-s-1vcpu-2gb": 30,
    "db-s-2vcpu-4gb": 60,
    "db-s-4vcpu-8gb": 140,
    "db-s-6vcpu-16gb": 290,
  };
  return included[size] ?? 0;
}
