import { createHash } from "node:crypto";
import { outputsOf } from "../../../cli/recording/outputs";
import type { Rules, Site } from "../cloud/cloud";
import type { Failure } from "../facts";
import { isUnknown, type Properties } from "../values";

const token = (name: string): string =>
  `digitalocean:index/${name.charAt(0).toLowerCase()}${name.slice(1)}:${name}`;

const droplet = token("Droplet");
const volume = token("Volume");
const vpc = token("Vpc");
const registry = token("ContainerRegistry");
const database = token("DatabaseCluster");
const cluster = token("KubernetesCluster");

/** What the plugin refuses beyond the SDK's types. */
export const known = {
  "DatabaseFirewallRule.type": { values: ["ip_addr", "droplet", "k8s", "tag", "app"] },
  "DatabaseClusterMaintenanceWindow.day": {
    values: ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"],
  },
  "KubernetesClusterMaintenancePolicy.day": {
    values: ["any", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"],
  },
  "FirewallInboundRule.protocol": { values: ["tcp", "udp", "icmp"] },
  "FirewallOutboundRule.protocol": { values: ["tcp", "udp", "icmp"] },
  "LoadBalancerForwardingRule.entryProtocol": {
    values: ["http", "https", "http2", "http3", "tcp", "udp"],
  },
  [`${token("MonitorAlert")}.compare`]: { values: ["GreaterThan", "LessThan"] },
  [`${token("MonitorAlert")}.window`]: { values: ["5m", "10m", "30m", "1h"] },
  [`${token("MonitorAlert")}.type`]: { pattern: /^v1\/(insights|dbaas)\/.*(cpu|memory|disk)/ },
  [`${token("DnsRecord")}.type`]: {
    values: ["A", "AAAA", "CAA", "CNAME", "MX", "NS", "TXT", "SRV", "SOA"],
  },
  [`${registry}.subscriptionTierSlug`]: { values: ["starter", "basic", "professional"] },
  [`${token("ReservedIpAssignment")}.ipAddress`]: { pattern: /^\d+\.\d+\.\d+\.\d+$/ },
  [`${token("ContainerRegistryDockerCredentials")}.expirySeconds`]: { default: 1_576_800_000 },
  [`${token("Tag")}.name`]: { pattern: /^[a-zA-Z0-9:_-]{1,255}$/ },
  [`${volume}.size`]: { least: 1 },
  [`${volume}.description`]: { pattern: /./s },
  [`${droplet}.userData`]: { pattern: /./s },
  [`${droplet}.resizeDisk`]: { default: true },
  [`${database}.nodeCount`]: { least: 1 },
  [`${cluster}.surgeUpgrade`]: { default: true },
};

const tagged = ({ tags }: Properties): Failure[] =>
  ((tags ?? []) as unknown[]).some(
    (tag) => typeof tag === "string" && !isUnknown(tag) && !/^[a-zA-Z0-9:_-]{1,255}$/.test(tag),
  )
    ? [{ property: "tags", reason: "letters, digits, colons, dashes and underscores alone" }]
    : [];

/** vCPUs and GiB of a size slug. */
function power(slug: unknown): [number, number] {
  const match = /(\d+)vcpu-(\d+)gb/.exec(String(slug));
  return [Number(match?.[1] ?? 0), Number(match?.[2] ?? 0)];
}

function smaller(a: unknown, b: unknown): boolean {
  const [[cpuA, memoryA], [cpuB, memoryB]] = [power(a), power(b)];
  return cpuA < cpuB || memoryA < memoryB;
}

/** GiB that a database's size brings, and may not be fewer. */
const included: Readonly<Record<string, number>> = {
  "db-s-1vcpu-1gb": 10,
  "db-s-1vcpu-2gb": 30,
  "db-s-2vcpu-4gb": 60,
  "db-s-4vcpu-8gb": 140,
  "db-s-6vcpu-16gb": 290,
};
const least = (size: unknown): number => (included[String(size)] ?? 0) * 1024;

function enough({ size, storageSizeMib: stated }: Properties): void {
  if (stated !== undefined && Number(stated) < least(size)) throw new Error("invalid storage size");
}

/** What a server has for its data: as stated, else as before, and no less than its size brings. */
function stored({ inputs, outputs }: { inputs: Properties; outputs: Properties }): unknown {
  const before = Number(outputs.storageSizeMib ?? 0) || 0;
  return inputs.storageSizeMib ?? String(Math.max(before, least(inputs.size)));
}

/** A volume that is taken from a droplet that runs is pulled from under its file system. */
function detach(id: string, from: unknown, { world }: Site): void {
  const machine = world.get(droplet, from);
  const runs = machine?.outputs.status === "active";
  world.tell(runs ? "detached while running" : "detached", { type: volume, id }, String(from));
}

/** Maintenance windows as they are read: `04:00` is `04:00:00`. */
function toTheSecond(windows: unknown): unknown {
  if (!Array.isArray(windows)) return windows;
  return (windows as Properties[]).map(({ day, hour }) => ({
    day,
    hour: `${String(hour)}:00`.slice(0, 8),
  }));
}

/** What DigitalOcean and its plugin do beyond the property facts, by type token. */
export const rules: Readonly<Record<string, Rules>> = {
  [vpc]: {
    plan: {},
    unique: ["name"],
    outputs: ({ inputs }) => ({ description: inputs.description ?? "" }),
  },
  [volume]: {
    plan: {
      sets: ["tags"],
      refuse: ({ size }, before) => {
        if (Number(size) < Number(before?.size))
          throw new Error("volumes `size` can only be expanded and not shrunk");
      },
    },
    unique: ["name", "region"],
    check: tagged,
    outputs: ({ id }, world) => ({
      dropletIds: world
        .things(droplet)
        .filter(({ inputs }) => ((inputs.volumeIds ?? []) as unknown[]).includes(id))
        .map((machine) => Number(machine.id)),
    }),
  },
  [token("ReservedIp")]: { plan: {} },
  [token("ReservedIpAssignment")]: {
    plan: {},
    references: {
      dropletId: { type: droplet, vanishes: true },
      ipAddress: { type: token("ReservedIp"), by: "ipAddress", vanishes: true },
    },
    creating: ({ ipAddress }, { world }) => {
      const held = world
        .things(token("ReservedIpAssignment"))
        .some(({ inputs }) => inputs.ipAddress === ipAddress);
      if (held) throw new Error(`reserved ip ${String(ipAddress)} is assigned already`);
    },
  },
  [token("Tag")]: {
    plan: {},
  },
  [token("Firewall")]: {
    plan: {
      sets: ["inboundRules", "outboundRules", "tags"],
      refuse: ({ inboundRules, outboundRules }) => {
        const all = [inboundRules ?? [], outboundRules ?? []].flat() as Properties[];
        if (all.length === 0) throw new Error("At least one rule must be specified");
        if (all.some(({ protocol, portRange }) => protocol !== "icmp" && portRange === undefined))
          throw new Error("`port_range` is required if protocol is `tcp` or `udp`");
      },
    },
    unique: ["name"],
    check: tagged,
  },
  [droplet]: {
    plan: {
      sets: ["tags", "volumeIds"],
      defaults: () => ({ backups: false, gracefulShutdown: false, ipv6: false, monitoring: false }),
      stated: ({ userData, ...inputs }) => ({
        ...inputs,
        ...(typeof userData === "string" && { userData: hashed(userData) }),
      }),
    },
    references: {
      vpcUuid: { type: vpc, blocks: true },
      volumeIds: { type: volume, blocks: true },
    },
    check: tagged,
    outputs: ({ type, name, inputs }) => {
      const { vcpus, memory, priceHourly, priceMonthly } = outputsOf(type, name, inputs);
      const { userData } = inputs;
      return {
        ...{ vcpus, memory, priceHourly, priceMonthly },
        ...(typeof userData === "string" && { userData: hashed(userData) }),
      };
    },
    creating: ({ userData, region, volumeIds }, { world }) => {
      if (typeof userData === "string" && Buffer.byteLength(userData) > 64 * 1024)
        throw new Error("user_data: must not be larger than 64 KiB");
      const wanted = (volumeIds ?? []) as string[];
      for (const id of wanted)
        if (region !== undefined && world.get(volume, id)?.inputs.region !== region)
          throw new Error("volumeIds: volume and droplet must be in the same region");
      const held = world
        .things(droplet)
        .flatMap(({ inputs }) => (inputs.volumeIds ?? []) as string[])
        .find((id) => wanted.includes(id));
      if (held !== undefined)
        throw new Error(`422 volume ${held} is already attached to another droplet`);
    },
    updating: (thing, next, { world }) => {
      if (thing.inputs.size !== next.size) world.tell("powered off", thing);
    },
    deleting: (thing, site) => {
      if (thing.inputs.gracefulShutdown === true) {
        site.world.change(droplet, thing.name, { outputs: { status: "off" } });
        site.world.tell("shut down", thing);
      }
      for (const id of (thing.inputs.volumeIds ?? []) as string[]) detach(id, thing.id, site);
    },
  },
  [token("MonitorAlert")]: { plan: { sets: ["entities"] } },
  [token("DnsRecord")]: {
    plan: {},
    references: { domain: { type: token("Domain"), by: "name" } },
    outputs: ({ inputs: { name, domain } }) => ({
      ...{ flags: 0, port: 0, priority: 0, tag: "", weight: 0 },
      fqdn: name === "@" ? domain : `${String(name)}.${String(domain)}`,
    }),
    creating: ({ type, value }) => {
      if (["CNAME", "MX", "NS"].includes(String(type)) && !/^@$|\.$/.test(String(value)))
        throw new Error("422 Data needs to end with a dot (.)");
    },
  },
  [token("LoadBalancer")]: {
    plan: {
      sets: ["forwardingRules"],
      parts: { forwardingRules: ["certificateId", "certificateName"] },
      defaults: () => ({
        algorithm: "round_robin",
        disableLetsEncryptDnsRecords: false,
        enableBackendKeepalive: false,
        enableProxyProtocol: false,
        redirectHttpToHttps: false,
      }),
      refuse: ({ region }) => {
        if (region === undefined) throw new Error("missing 'region' value");
      },
    },
    unique: ["name"],
    references: { vpcUuid: { type: vpc, blocks: true } },
    outputs: ({ outputs }) => ({ dropletTag: outputs.dropletTag ?? "" }),
  },
  [database]: {
    plan: {
      sets: ["tags"],
      meaning: { maintenanceWindows: toTheSecond },
      refuse: ({ version }) => {
        if (version === undefined) throw new Error('The argument "version" is required');
      },
    },
    unique: ["name"],
    references: { privateNetworkUuid: { type: vpc, blocks: true } },
    check: tagged,
    outputs: (thing) => ({
      storageSizeMib: stored(thing),
      // Secrets, where there is no user interface.
      ...{ uiPassword: null, uiUri: null },
      ...(thing.inputs.maintenanceWindows !== undefined && {
        maintenanceWindows: toTheSecond(thing.inputs.maintenanceWindows),
      }),
    }),
    creating: (inputs) => {
      enough(inputs);
      const { engine, nodeCount, size } = inputs;
      const counts: Record<string, number[]> = { valkey: [1, 2, 3], mongodb: [1, 3] };
      if (counts[String(engine)]?.includes(Number(nodeCount)) === false)
        throw new Error(`${String(engine)} has no ${String(nodeCount)} nodes`);
      if (inputs.storageSizeMib !== undefined && engine === "mongodb")
        throw new Error("storageSizeMib is for pg and mysql alone");
      if (Number(nodeCount) > 1 && size === "db-s-1vcpu-1gb")
        throw new Error("the smallest size has no standby nodes");
    },
    updating: ({ inputs }, next) => {
      enough(next);
      if (smaller(next.size, inputs.size))
        throw new Error("size: a database cluster cannot be resized to smaller nodes");
    },
  },
  [token("DatabaseReplica")]: {
    plan: {
      sets: ["tags"],
    },
    unique: ["name", "clusterId"],
    references: {
      clusterId: { type: database, vanishes: true },
      privateNetworkUuid: { type: vpc, blocks: true },
    },
    check: tagged,
    outputs: (thing) => ({ storageSizeMib: stored(thing) }),
    creating: (inputs, { world }) => {
      if (inputs.size === undefined) throw new Error("422 invalid size");
      enough(inputs);
      const engine = world.get(database, inputs.clusterId)?.inputs.engine;
      if (engine === "mongodb") throw new Error("422 mongodb clusters have no read-only nodes");
    },
    // For another size it is asked for the storage of before, where none is stated.
    updating: ({ inputs, outputs }, next) => {
      const { storageSizeMib } = { ...outputs, ...inputs, ...next };
      if (next.size !== inputs.size) enough({ ...next, storageSizeMib });
    },
  },
  ...Object.fromEntries(
    ["Mysql", "Postgresql", "Valkey"].map((engine): [string, Rules] => [
      token(`Database${engine}Config`),
      // It stays with its cluster when the resource is deleted.
      { plan: {}, references: { clusterId: { type: database, vanishes: true } } },
    ]),
  ),
  [token("DatabaseFirewall")]: {
    plan: { sets: ["rules"], parts: { rules: ["createdAt", "uuid"] } },
    // Deleted, it is a list of nobody; it goes with its database.
    state: ({ clusterId }, world) => {
      const replicas = world.things(token("DatabaseReplica"));
      const replica = replicas.some(({ outputs }) => outputs.uuid === clusterId);
      return replica || world.get(database, clusterId) !== undefined ? { rules: [] } : undefined;
    },
    references: {
      clusterId: [
        { type: database, vanishes: true },
        { type: token("DatabaseReplica"), by: "uuid", vanishes: true },
      ],
    },
    outputs: ({ inputs }) => ({
      rules: (inputs.rules as Properties[]).map((rule) => ({
        createdAt: "2026-01-01T00:00:00Z",
        uuid: hashed(JSON.stringify(rule)),
        ...rule,
      })),
    }),
    created: (thing, { world }) => {
      // There is one list for each cluster: the later resource overwrites the earlier one's.
      for (const other of world.things(thing.type))
        if (other.id !== thing.id && other.inputs.clusterId === thing.inputs.clusterId)
          world.change(other.type, other.name, { inputs: { rules: thing.inputs.rules } });
    },
    deleting: ({ inputs }, { world }) => {
      world.tell("opened to all", { type: database, id: String(inputs.clusterId) });
    },
  },
  [registry]: {
    plan: {},
    creating: (_, { world }) => {
      if (world.things(registry).length > 0)
        throw new Error("an account has one container registry");
    },
  },
  [token("ContainerRegistryDockerCredentials")]: {
    plan: {
      defaults: () => ({ write: false }),
    },
    references: { registryName: { type: registry, by: "name", vanishes: true } },
    // Others for reading than for writing.
    outputs: ({ type, name, inputs }) => {
      const { dockerCredentials } = outputsOf(type, name, inputs);
      return { dockerCredentials };
    },
  },
  [cluster]: {
    plan: {
      sets: ["tags"],
      parts: { maintenancePolicy: ["duration"], nodePool: ["actualNodeCount", "id", "nodes"] },
      defaults: () => ({ destroyAllAssociatedResources: false, registryIntegration: false }),
    },
    unique: ["name"],
    references: { vpcUuid: { type: vpc, blocks: true } },
    check: tagged,
    outputs: ({ type, name, inputs }) => {
      const { nodePool } = outputsOf(type, name, inputs);
      return {
        nodePool,
        autoUpgrade: inputs.autoUpgrade ?? false,
        maintenancePolicy: {
          ...{ day: "any", startTime: "20:00", duration: "4h0m0s" },
          ...(inputs.maintenancePolicy as Properties | undefined),
        },
      };
    },
    updating: ({ inputs }, next) => {
      if (inputs.ha === true && next.ha === false)
        throw new Error("ha: high availability cannot be turned off");
    },
  },
  [token("KubernetesNodePool")]: {
    plan: {
      kept: ["nodeCount"],
      sets: ["tags"],
      defaults: () => ({ autoScale: false }),
    },
    references: { clusterId: { type: cluster, vanishes: true } },
    check: tagged,
    creating: ({ nodeCount, autoScale }) => {
      if (nodeCount === undefined && autoScale !== true)
        throw new Error("422 count must be greater than 0");
    },
  },
};

/** As the plugin keeps user data. */
function hashed(text: string): string {
  return createHash("sha1").update(text).digest("hex");
}
