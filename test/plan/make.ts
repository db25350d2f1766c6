import type { App, Service, Snapshot } from "../../components/compose/app";
import { plan } from "../../components/plan";
import type { Catalog } from "../../components/model/catalog";
import type { Notice, Plan, Service as PlannedService } from "../../components/plan/plan";
import { formatProblem } from "../../components/model/problem";
import type { Settings } from "../../components/settings/settings";

export type Loose = Partial<Service>;

/** An App in the loader's normal form, from the keys that a test is about. */
export function app(services: Record<string, Loose>, more: Partial<App> = {}): App {
  return {
    name: "shop",
    folder: "/project",
    services: Object.fromEntries(
      Object.entries(services).map(([name, service]) => [
        name,
        {
          command: null,
          entrypoint: null,
          image: "example/app:1",
          networks: { default: null },
          ...service,
        },
      ]),
    ),
    networks: { default: { name: "shop_default" } },
    volumes: {},
    secrets: {},
    configs: {},
    disabled: [],
    files: {},
    positions: new Map(),
    ...more,
  };
}

export function settings(more: Partial<Settings> = {}): Settings {
  return {
    project: "berth",
    stack: "qa",
    folder: "/project",
    cloud: "digitalocean",
    shape: "vm",
    compose: ["/project/compose.yaml"],
    profiles: [],
    location: "europe",
    provider: {},
    machine: "small",
    disk: 40,
    account: "team",
    operators: ["203.0.113.7/32"],
    admins: [],
    listen: { http: 8080, https: 8443 },
    tls: { mode: "letsencrypt" },
    routes: [],
    variables: {},
    secrets: {},
    volumes: {},
    images: {},
    scale: {},
    databases: {},
    nodes: { min: 2, max: 5 },
    sites: {},
    openPorts: [],
    monitoring: {},
    backups: { schedule: "daily", keep: 7 },
    updates: { reboot: "Sun 04:00" },
    tags: {},
    timeouts: {},
    accept: new Map(),
    protect: true,
    stated: new Set(Object.keys(more)),
    ...more,
  };
}

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
    "s-2vcpu-4gb": { cpus: 2, memory: 4, monthly: 24 },
    "s-4vcpu-8gb": { cpus: 4, memory: 8, monthly: 48 },
  },
  nodeSize: "s-2vcpu-4gb",
  podsPerNode: 110,
  engines: {
    postgres: {
      versions: ["17", "16"],
      readReplicas: 5,
      sizes: [
        { name: "db-s-1vcpu-1gb", cpus: 1, memory: 1, monthly: 15 },
        { name: "db-s-1vcpu-2gb", cpus: 1, memory: 2, monthly: 30 },
      ],
      highAvailable: "db-s-1vcpu-2gb",
      storage: { included: 10, default: 20, perGiB: 0.2 },
    },
    valkey: {
      versions: ["8"],
      imposesPassword: true,
      readReplicas: 1,
      sizes: [{ name: "db-s-1vcpu-1gb", cpus: 1, memory: 1, monthly: 15 }],
      highAvailable: "db-s-1vcpu-1gb",
      storage: { included: 10, default: 10, perGiB: 0 },
    },
  },
  prices: {
    date: "2026-11-21",
    diskGiB: 0.1,
    bootDisk: 0,
    address: 0,
    volumeGiB: 0.1,
    controlPlane: 0,
    loadBalancer: 12,
    balancerAddresses: 0,
    nat: 0,
    natPerNode: 0,
    nodeDisk: 0,
    registry: 5,
    site: 5,
    bucket: 5,
    bucketGiB: 0,
    notIncluded: {},
  },
  can: {
    cluster: true,
    sites: true,
    dns: true,
    registry: true,
    buckets: true,
    finalSnapshots: false,
    alerts: true,
  },
};

/** The plan, or the problems as one string. */
export function planOf(
  services: Record<string, Loose>,
  set: Partial<Settings> = {},
  more: Partial<App> = {},
): Plan {
  const { plan: made, problems } = plan(app(services, more), settings(set), catalog);
  if (made === undefined) throw new Error(problems.map(formatProblem).join("\n"));
  return made;
}

/** The problems that refuse the plan. */
export function problemsOf(
  services: Record<string, Loose>,
  set: Partial<Settings> = {},
  more: Partial<App> = {},
): string[] {
  return plan(app(services, more), settings(set), catalog).problems.map(formatProblem);
}

export function serviceOf(made: Plan, name: string): PlannedService {
  const service = made.services.find((one) => one.name === name);
  if (service === undefined) throw new Error(`no service ${name} in the plan`);
  return service;
}

/** `level service.key` of each notice. */
export function told(made: Plan): string[] {
  return made.notices.map(
    ({ level, service, key }: Notice) => `${level} ${service === null ? "" : `${service}.`}${key}`,
  );
}

export function snapshot(more: Partial<Snapshot> = {}): Snapshot {
  return { kind: "folder", ignored: false, inProject: true, bytes: 0, count: 0, ...more };
}
