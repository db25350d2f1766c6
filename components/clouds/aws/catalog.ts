import type { DatabaseSize, ManagedEngine, Catalog } from "../../model/catalog";
import {
  cacheParameters,
  mariadbParameters,
  mysqlParameters,
  postgresParameters,
} from "./parameters";
import { otherType } from "./machine-types";
import { quotas } from "./quotas";

/**
 * Prices: USD a month (730 h) on demand in us-east-1, read on 2026-11-21 from AWS's public price lists.
 * Zones are constants: the first of a lookup changes under a stack.
 */
const databaseSizes: readonly DatabaseSize[] = [
  { name: "db.t4g.micro", cpus: 2, memory: 1, monthly: 11.68 },
  { name: "db.t4g.small", cpus: 2, memory: 2, monthly: 23.36 },
  { name: "db.t4g.medium", cpus: 2, memory: 4, monthly: 47.45 },
  { name: "db.t4g.large", cpus: 2, memory: 8, monthly: 94.17 },
];

const sql: Omit<ManagedEngine, "versions"> = {
  readReplicas: 15,
  sizes: databaseSizes,
  highAvailable: "db.t4g.micro",
  storage: { included: 0, default: 20, perGiB: 0.115 },
};

const cache: Omit<ManagedEngine, "versions" | "sizes"> = {
  parameters: cacheParameters,
  readReplicas: 5,
  highAvailable: "cache.t4g.micro",
  storage: { included: 0, default: 0, perGiB: 0 },
};

/** Grows by itself; storage (USD 0.10 a GiB) and I/O are not part of this price. */
const documents: Omit<ManagedEngine, "versions"> = {
  // With the standby fifteen beside the one that is written to.
  readReplicas: 14,
  sizes: [{ name: "db.t4g.medium", cpus: 2, memory: 4, monthly: 55.23 }],
  highAvailable: "db.t4g.medium",
  storage: { included: 0, default: 0, perGiB: 0, stated: false },
};

/** Extended support, which is paid for each processor and hour, is turned off where it can be (database/server.ts). */
const upgraded = "AWS upgrades it to the next major version by itself";

/** Of those that images bring; TimescaleDB, Citus and ParadeDB it does not have. */
const postgresExtensions = [
  "fuzzystrmatch",
  "postgis",
  "postgis_tiger_geocoder",
  "postgis_topology",
  "vector",
];

export const catalog: Catalog = {
  cloud: "aws",
  config: { namespace: "aws", region: "region" },
  account: "AWS account id",
  admins: {
    form: "the ARN of an IAM role or user (arn:aws:iam::123456789012:role/deploy)",
    pattern: /^arn:aws(-[a-z]+)*:iam::\d{12}:(role|user)\/[\w+=,.@/-]*[\w+=,.@-]$/,
    // A session, as `aws sts get-caller-identity` shows it.
    correct: (text) => {
      const [, start, account, role] =
        /^(arn:aws[a-z-]*):sts::(\d{12}):assumed-role\/([\w+=,.@-]+)\//.exec(text) ?? [];
      return role === undefined ? undefined : `${start}:iam::${account}:role/${role}`;
    },
    otherwise: "only the IAM role or user that makes the cluster can use it",
  },
  regions: {
    europe: "eu-central-1",
    "us-east": "us-east-1",
    "us-west": "us-west-2",
    asia: "ap-southeast-1",
  },
  machines: { small: "t3.medium", medium: "t3.large", large: "t3.xlarge", xlarge: "t3.2xlarge" },
  machineTypes: {
    "t3.nano": { cpus: 2, memory: 0.5, monthly: 3.8, pods: 34 },
    "t3.micro": { cpus: 2, memory: 1, monthly: 7.59, pods: 34 },
    "t3.small": { cpus: 2, memory: 2, monthly: 15.18 },
    "t3.medium": { cpus: 2, memory: 4, monthly: 30.37 },
    "t3.large": { cpus: 2, memory: 8, monthly: 60.74 },
    "t3.xlarge": { cpus: 4, memory: 16, monthly: 121.47 },
    "t3.2xlarge": { cpus: 8, memory: 32, monthly: 242.94 },
    "t3a.small": { cpus: 2, memory: 2, monthly: 13.72 },
    "t3a.medium": { cpus: 2, memory: 4, monthly: 27.45 },
    "t3a.large": { cpus: 2, memory: 8, monthly: 54.9 },
    "t3a.xlarge": { cpus: 4, memory: 16, monthly: 109.79 },
    "c6a.large": { cpus: 2, memory: 4, monthly: 55.84 },
    "c7i-flex.large": { cpus: 2, memory: 4, monthly: 61.9 },
    "m7i-flex.large": { cpus: 2, memory: 8, monthly: 69.9 },
  },
  otherType,
  nodeSize: "t3.medium",
  // With prefixes of addresses, which the cluster's network add-on takes: EKS's own limit below 30 processors.
  podsPerNode: 110,
  engines: {
    postgres: {
      ...sql,
      extensions: postgresExtensions,
      parameters: postgresParameters,
      versions: ["18", "17", "16", "15", "14"],
      support: {
        ends: {
          "14": "2027-02-28",
          "15": "2028-02-29",
          "16": "2029-02-28",
          "17": "2030-02-28",
          "18": "2031-02-28",
        },
        then: upgraded,
      },
    },
    // 8.0 is in paid extended support since 2026-07-31.
    mysql: {
      ...sql,
      parameters: mysqlParameters,
      versions: ["8.4"],
      support: { ends: { "8.4": "2029-07-31" }, then: upgraded },
    },
    mariadb: {
      ...sql,
      parameters: mariadbParameters,
      versions: ["11.8", "11.4", "10.11", "10.6"],
      support: {
        ends: {
          "10.6": "2026-08-31",
          "10.11": "2028-02-29",
          "11.4": "2029-05-31",
          "11.8": "2030-06-30",
        },
        then: upgraded,
      },
    },
    // Redis after 7.1 is Valkey here, which speaks the protocol of Redis 7.2.
    redis: {
      ...cache,
      versions: ["7", "6"],
      support: {
        ends: { "6": "2027-01-31" },
        then: "AWS charges extended support for each processor and hour, which comes to more than the server itself",
      },
      sizes: [
        { name: "cache.t4g.micro", cpus: 2, memory: 0.5, monthly: 11.68 },
        { name: "cache.t4g.small", cpus: 2, memory: 1.37, monthly: 23.36 },
        { name: "cache.t4g.medium", cpus: 2, memory: 3.09, monthly: 47.45 },
      ],
    },
    valkey: {
      ...cache,
      versions: ["9", "8", "7"],
      sizes: [
        { name: "cache.t4g.micro", cpus: 2, memory: 0.5, monthly: 9.34 },
        { name: "cache.t4g.small", cpus: 2, memory: 1.37, monthly: 18.69 },
        { name: "cache.t4g.medium", cpus: 2, memory: 3.09, monthly: 37.96 },
      ],
    },
    mongodb: {
      ...documents,
      versions: ["8.0", "5.0"],
      onlyWhenAsked:
        "DocumentDB is not MongoDB: it speaks MongoDB's protocol, without all of its commands, operators and indexes",
    },
  },
  quotas,
  prices: {
    date: "2026-11-21",
    regions: ["us-east-1"],
    diskGiB: 0.08,
    // 16 GiB of gp3.
    bootDisk: 1.28,
    address: 3.65,
    volumeGiB: 0.08,
    controlPlane: 73,
    loadBalancer: 16.43,
    // One in each of two zones.
    balancerAddresses: 7.3,
    // 5 GiB written, and kept for 30 days.
    controlPlaneLogs: 2.65,
    // One NAT gateway and its address.
    nat: 36.5,
    natPerNode: 0,
    // 40 GiB of gp3.
    nodeDisk: 3.2,
    // 10 GiB of images.
    registry: 1,
    site: 0,
    bucket: 0,
    bucketGiB: 0.023,
    notIncluded: {
      cluster: [
        "the load balancer's capacity units (about 4.38 each)",
        "traffic through the NAT gateway (0.045 a GB)",
        "the control plane's logs beyond 5 GB (0.53 a GB)",
      ],
      databases: ["backups larger than the database (0.095 a GB)"],
      mongodb: ["storage and I/O of DocumentDB (0.10 a GB, 0.20 a million)"],
      sites: ["storage and requests of sites"],
      registry: ["images beyond 10 GB (0.10 a GB)"],
      alerts: ["alarms beyond ten"],
    },
  },
  provesSitesIn: "Route 53",
  can: {
    cluster: true,
    sites: true,
    dns: true,
    registry: true,
    buckets: true,
    finalSnapshots: true,
    alerts: true,
  },
  solver: {
    provider: "route53",
    variables: [["AWS_ACCESS_KEY_ID"], ["AWS_SECRET_ACCESS_KEY"]],
    dns01: (reference, value) => ({
      region: value("AWS_REGION") ?? "us-east-1",
      accessKeyIDSecretRef: reference("AWS_ACCESS_KEY_ID"),
      secretAccessKeySecretRef: reference("AWS_SECRET_ACCESS_KEY"),
    }),
  },
};

/** Two zones of a region, the first for everything that stands in one zone. */
export function zones(region: string): readonly [string, string] {
  // Regions whose zone b (or a) newer accounts do not get.
  const uneven: Readonly<Record<string, readonly [string, string]>> = {
    "us-west-1": ["us-west-1a", "us-west-1c"],
    "ap-northeast-1": ["ap-northeast-1a", "ap-northeast-1c"],
  };
  return uneven[region] ?? [`${region}a`, `${region}b`];
}
