import type { ManagedEngine, Catalog } from "../../model/catalog";
import { mysqlParameters, postgresParameters, redisParameters } from "./parameters";
import { otherType } from "./machine-types";
import { quotas } from "./quotas";

/**
 * Prices: USD a month (730 h) on demand in us-central1, read on 2026-11-21 from Google Cloud's public
 * price lists. Zones are constants: the first of a lookup changes under a stack.
 */
const sql: Omit<ManagedEngine, "versions"> = {
  readReplicas: 10,
  sizes: [
    { name: "db-f1-micro", cpus: 1, memory: 0.6, monthly: 7.67 },
    { name: "db-g1-small", cpus: 1, memory: 1.7, monthly: 25.55 },
    { name: "db-custom-1-3840", cpus: 1, memory: 3.75, monthly: 49.31, highlyAvailable: 98.63 },
    { name: "db-custom-2-7680", cpus: 2, memory: 7.5, monthly: 98.63, highlyAvailable: 197.25 },
  ],
  // Sizes that share a processor have no service level and no useful standby.
  highAvailable: "db-custom-1-3840",
  storage: { included: 0, default: 10, perGiB: 0.17 },
};

/** Of those that images bring; TimescaleDB, Citus and ParadeDB it does not have. */
const postgresExtensions = [
  "fuzzystrmatch",
  "postgis",
  "postgis_tiger_geocoder",
  "postgis_topology",
  "vector",
];

export const catalog: Catalog = {
  cloud: "gcp",
  config: { namespace: "gcp", region: "region", plain: ["zone"] },
  account: "GCP project",
  admins: {
    form: "a Google member (user:ada@example.com, group:…, serviceAccount:… or principal://…)",
    pattern:
      /^((user|group|serviceAccount):[^\s:@]+@[^\s:@]+\.[^\s:@]+|principal(Set)?:\/\/iam\.googleapis\.com\/\S+)$/,
    correct: (text) =>
      /^[^\s:@]+@[^\s:@]+\.gserviceaccount\.com$/.test(text)
        ? `serviceAccount:${text}`
        : /^[^\s:@]+@[^\s:@]+\.[^\s:@]+$/.test(text)
          ? `user:${text}`
          : undefined,
    otherwise: "only those whom the project gives rights on clusters can use it",
  },
  regions: {
    europe: "europe-west1",
    "us-east": "us-east1",
    "us-west": "us-west1",
    asia: "asia-southeast1",
  },
  machines: {
    small: "e2-medium",
    medium: "e2-standard-2",
    large: "e2-standard-4",
    xlarge: "e2-standard-8",
  },
  machineTypes: {
    "e2-micro": { cpus: 2, memory: 1, monthly: 6.11 },
    "e2-small": { cpus: 2, memory: 2, monthly: 12.23 },
    "e2-medium": { cpus: 2, memory: 4, monthly: 24.46 },
    "e2-standard-2": { cpus: 2, memory: 8, monthly: 48.92 },
    "e2-standard-4": { cpus: 4, memory: 16, monthly: 97.84 },
    "e2-standard-8": { cpus: 8, memory: 32, monthly: 195.67 },
  },
  otherType,
  nodeSize: "e2-medium",
  podsPerNode: 110,
  engines: {
    postgres: {
      ...sql,
      extensions: postgresExtensions,
      parameters: postgresParameters,
      versions: ["18", "17", "16", "15", "14", "13"],
    },
    mysql: { ...sql, parameters: mysqlParameters, versions: ["8.4", "8.0"] },
    redis: {
      versions: ["7", "6"],
      // Google generates the password of a Redis with AUTH; without AUTH it has none.
      imposesPassword: true,
      parameters: redisParameters,
      readReplicas: 0,
      fixedBackupDays: 0,
      sizes: [
        // Its two tiers have separate prices: a standby costs less than a second small instance.
        { name: "1", cpus: 1, memory: 1, monthly: 35.77, highlyAvailable: 46.72 },
        { name: "5", cpus: 1, memory: 5, monthly: 98.55 },
      ],
      highAvailable: "1",
      storage: { included: 0, default: 0, perGiB: 0 },
    },
  },
  quotas,
  prices: {
    date: "2026-11-21",
    regions: ["us-central1"],
    diskGiB: 0.1,
    // 20 GiB of pd-balanced.
    bootDisk: 2,
    address: 3.65,
    volumeGiB: 0.1,
    controlPlane: 73,
    controlPlaneCredit: "nothing for the first zonal cluster of a billing account",
    loadBalancer: 18.25,
    // An address of a forwarding rule costs nothing beside it.
    balancerAddresses: 0,
    // The address of Cloud NAT.
    nat: 3.65,
    natPerNode: 1.02,
    // 50 GiB of pd-balanced.
    nodeDisk: 5,
    // 10 GiB of images.
    registry: 1,
    // The forwarding rules of a load balancer.
    site: 18.25,
    bucket: 0,
    bucketGiB: 0.026,
    notIncluded: {
      cluster: [
        "traffic through Cloud NAT (0.045 a GB)",
        "what the load balancer forwards",
        "logs beyond 50 GiB (0.50 a GiB)",
      ],
      databases: ["backups (0.08 a GB)"],
      sites: ["storage and requests of sites"],
      registry: ["images beyond 10 GB (0.10 a GB)"],
      alerts: ["alerting policies"],
    },
  },
  can: {
    cluster: true,
    sites: true,
    dns: true,
    registry: true,
    buckets: true,
    finalSnapshots: true,
    alerts: true,
  },
  publicSites:
    "everyone may read its files in their bucket, which an organisation of Google Cloud can forbid (domain restricted sharing, on by default since May 2024; public access prevention): set serve to edge where it does, else to cdn",
  sharedClass: "standard-rwx",
};

/** The zone of a region that everything with one zone stands in: every region has a b. */
export function zone(region: string): string {
  return `${region}-b`;
}
