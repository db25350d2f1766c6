import type { Rules, Site } from "../cloud/cloud";
import type { Failure } from "../facts";
import { isUnknown, type Properties } from "../values";

const token = (name: string): string =>
  `digitalocean:index/${name.charAt(0).toLowerCase()}${name.slice(1)}:${name}`;

const droplet = token("Droplet");
const volume = token("Volume");
const cluster = token("DatabaseCluster");

/** Enum values as the API has them; the SDK's documentation writes some in another case. */
const values: Readonly<Record<string, readonly string[]>> = {
  [`${cluster}.engine`]: [
    "pg",
    "mysql",
    "redis",
    "valkey",
    "mongodb",
    "opensearch",
    "kafka",
    "advanced_pg",
    "advanced_mysql",
  ],
  [`${cluster}.evictionPolicy`]: [
    "noeviction",
    "allkeys_lru",
    "allkeys_random",
    "volatile_lru",
    "volatile_random",
    "volatile_ttl",
  ],
  "DatabaseFirewallRule.type": ["ip_addr", "droplet", "k8s", "tag", "app"],
  [`${token("DatabaseUser")}.mysqlAuthPlugin`]: ["caching_sha2_password", "mysql_native_password"],
  [`${token("Certificate")}.type`]: ["lets_encrypt", "custom"],
  "FirewallInboundRule.protocol": ["tcp", "udp", "icmp"],
  "FirewallOutboundRule.protocol": ["tcp", "udp", "icmp"],
  "DropletBackupPolicy.plan": ["daily", "weekly"],
  [`${volume}.initialFilesystemType`]: ["ext4", "xfs"],
  [`${token("MonitorAlert")}.compare`]: ["GreaterThan", "LessThan"],
  [`${token("MonitorAlert")}.window`]: ["5m", "10m", "30m", "1h"],
  [`${token("ContainerRegistry")}.subscriptionTierSlug`]: ["starter", "basic", "professional"],
  [`${token("SpacesBucket")}.acl`]: ["private", "public-read"],
};

/** The same as facts. */
export const known = Object.fromEntries(
  Object.entries(values).map(([property, allowed]) => [property, { values: allowed }]),
);

const wrong = (property: string, reason: string): Failure => ({ property, reason });
const length = (value: unknown): number => (Array.isArray(value) ? value.length : 0);

/** vCPUs and GiB of a size slug. */
function power(slug: unknown): [number, number] {
  const match = /(\d+)vcpu-(\d+)gb/.exec(String(slug));
  return [Number(match?.[1] ?? 0), Number(match?.[2] ?? 0)];
}

function smaller(a: unknown, b: unknown): boolean {
  const [[cpuA, memoryA], [cpuB, memoryB]] = [power(a), power(b)];
  return cpuA < cpuB || memoryA < memoryB;
}

/** Spaces has keys of its own: the token alone opens nothing. */
function spacesKeys(_: Properties, { call, env }: Site): void {
  const id = call.config.spacesAccessId ?? env.SPACES_ACCESS_KEY_ID;
  const secret = call.config.spacesSecretKey ?? env.SPACES_SECRET_ACCESS_KEY;
  if (id === undefined || secret === undefined)
    throw new Error(
      "Spaces credentials not configured: spacesAccessId and spacesSecretKey are needed",
    );
}

const clusterPart: Rules = { references: { clusterId: { type: cluster, vanishes: true } } };

/** A volume that is taken from a droplet that runs is pulled from under its file system. */
function detach(id: string, from: unknown, { world }: Site): void {
  const machine = world.get(droplet, from);
  const runs = machine?.outputs.status === "active";
  world.tell(runs ? "detached while running" : "detached", { type: volume, id }, String(from));
}

/** What DigitalOcean does beyond its property facts, by type token. */
export const rules: Readonly<Record<string, Rules>> = {
  [droplet]: {
    references: {
      vpcUuid: { type: token("Vpc"), blocks: true },
      volumeIds: { type: volume, blocks: true },
    },
    sets: ["sshKeys", "tags", "volumeIds"],
    replaces: (old, next) => (old.ipv6 === true && next.ipv6 !== true ? ["ipv6"] : []),
    creating: ({ userData, region, volumeIds }, { world }) => {
      if (typeof userData === "string" && Buffer.byteLength(userData) > 64 * 1024)
        throw new Error("user_data: must not be larger than 64 KiB");
      for (const id of (volumeIds ?? []) as string[])
        if (region !== undefined && world.get(volume, id)?.inputs.region !== region)
          throw new Error("volumeIds: volume and droplet must be in the same region");
      const held = world
        .things(droplet)
        .flatMap(({ inputs }) => (inputs.volumeIds ?? []) as string[])
        .find((id) => ((volumeIds ?? []) as string[]).includes(id));
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
      const attached = site.world
        .things(token("VolumeAttachment"))
        .filter(({ inputs }) => String(inputs.dropletId) === thing.id)
        .map(({ inputs }) => String(inputs.volumeId));
      for (const id of [...((thing.inputs.volumeIds ?? []) as string[]), ...attached])
        detach(id, thing.id, site);
    },
  },
  [volume]: {
    sets: ["tags"],
    check: ({ name }) =>
      typeof name === "string" && !isUnknown(name) && !/^[a-z][a-z0-9-]{0,63}$/.test(name)
        ? [wrong("name", "lower case letters, digits and -, at most 64, a letter first")]
        : [],
    updating: ({ inputs }, next) => {
      if (Number(next.size) < Number(inputs.size))
        throw new Error("volumes `size` can only be expanded and not shrunk");
    },
    outputs: ({ id }, world) => ({
      dropletIds: [
        ...world
          .things(token("VolumeAttachment"))
          .filter(({ inputs }) => inputs.volumeId === id)
          .map(({ inputs }) => inputs.dropletId),
        ...world
          .things(droplet)
          .filter(({ inputs }) => ((inputs.volumeIds ?? []) as unknown[]).includes(id))
          .map((machine) => Number(machine.id)),
      ],
    }),
  },
  [token("VolumeAttachment")]: {
    references: {
      dropletId: { type: droplet, vanishes: true },
      volumeId: { type: volume, blocks: true },
    },
    creating: ({ volumeId }, { world }) => {
      const held = world
        .things(token("VolumeAttachment"))
        .some(({ inputs }) => inputs.volumeId === volumeId);
      if (held) throw new Error(`volume ${String(volumeId)} is attached to a droplet already`);
    },
    deleting: ({ inputs }, site) => {
      detach(String(inputs.volumeId), inputs.dropletId, site);
    },
  },
  [token("ReservedIp")]: { references: { dropletId: { type: droplet } } },
  [token("ReservedIpAssignment")]: {
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
  [token("Firewall")]: {
    references: { dropletIds: { type: droplet } },
    sets: ["inboundRules", "outboundRules", "dropletIds", "tags"],
    check: ({ dropletIds, tags, inboundRules, outboundRules }) => [
      ...(length(dropletIds) > 10 ? [wrong("dropletIds", "at most 10")] : []),
      ...(length(tags) > 5 ? [wrong("tags", "at most 5")] : []),
      ...(length(inboundRules) + length(outboundRules) === 0
        ? [wrong("inboundRules", "a firewall needs at least one rule")]
        : []),
    ],
  },
  [cluster]: {
    references: { privateNetworkUuid: { type: token("Vpc"), blocks: true } },
    sets: ["tags"],
    check: (inputs) => {
      const { engine, version, evictionPolicy, nodeCount, size } = inputs;
      const caching = engine === "redis" || engine === "valkey";
      const counts: Record<string, number[]> = {
        pg: [1, 2, 3],
        mysql: [1, 2, 3],
        valkey: [1, 2, 3],
        redis: [1, 2],
        mongodb: [1, 3],
        opensearch: [1, 3, 6, 9, 15],
      };
      const allowed = counts[String(engine)];
      return [
        ...(version === undefined ? [wrong("version", "DigitalOcean needs one")] : []),
        ...(evictionPolicy !== undefined && !caching
          ? [wrong("evictionPolicy", "for redis and valkey alone")]
          : []),
        ...(allowed !== undefined && !isUnknown(nodeCount) && !allowed.includes(Number(nodeCount))
          ? [wrong("nodeCount", `${String(engine)} has ${allowed.join(", ")} nodes`)]
          : []),
        ...(inputs.storageSizeMib !== undefined && engine === "mongodb"
          ? [wrong("storageSizeMib", "for pg and mysql alone")]
          : []),
        ...(Number(nodeCount) > 1 && size === "db-s-1vcpu-1gb"
          ? [wrong("size", "the smallest size has no standby nodes")]
          : []),
      ];
    },
    updating: ({ inputs }, next) => {
      if (smaller(next.size, inputs.size))
        throw new Error("size: a database cluster cannot be resized to smaller nodes");
    },
  },
  [token("DatabaseDb")]: clusterPart,
  [token("DatabaseUser")]: clusterPart,
  [token("DatabaseReplica")]: {
    references: {
      clusterId: { type: cluster, vanishes: true },
      privateNetworkUuid: { type: token("Vpc"), blocks: true },
    },
    creating: ({ clusterId }, { world }) => {
      const engine = world.get(cluster, clusterId)?.inputs.engine;
      if (engine === "mongodb") throw new Error("422 mongodb clusters have no read-only nodes");
    },
  },
  [token("DatabaseConnectionPool")]: clusterPart,
  [token("DatabaseFirewall")]: {
    sets: ["rules"],
    created: (thing, { world }) => {
      // There is one list for each cluster: the later resource overwrites the earlier one's.
      for (const other of world.things(thing.type))
        if (other.id !== thing.id && other.inputs.clusterId === thing.inputs.clusterId)
          world.change(other.type, other.name, { inputs: { rules: thing.inputs.rules } });
    },
    deleting: ({ inputs }, { world }) => {
      world.tell("opened to all", { type: cluster, id: String(inputs.clusterId) });
    },
  },
  [token("KubernetesCluster")]: {
    references: { vpcUuid: { type: token("Vpc"), blocks: true } },
    forces: ["nodePool.size"],
    sets: ["tags"],
    check: ({ version }) =>
      version === "latest" ? [wrong("version", "a full version, such as 1.36.0-do.0")] : [],
    updating: ({ inputs }, next) => {
      if (inputs.ha === true && next.ha === false)
        throw new Error("ha: high availability cannot be turned off");
    },
  },
  [token("KubernetesNodePool")]: {
    references: { clusterId: { type: token("KubernetesCluster"), vanishes: true } },
    check: ({ nodeCount, autoScale }) =>
      nodeCount === undefined && autoScale !== true
        ? [wrong("nodeCount", "needed without autoScale")]
        : [],
  },
  [token("ContainerRegistry")]: {
    creating: (_, { world }) => {
      if (world.things(token("ContainerRegistry")).length > 0)
        throw new Error("an account has one container registry");
    },
  },
  [token("ContainerRegistryDockerCredentials")]: {
    references: { registryName: { type: token("ContainerRegistry"), by: "name" } },
  },
  [token("SpacesBucket")]: {
    creating: spacesKeys,
    deleting: (thing, { world }) => {
      const full = world
        .things(token("SpacesBucketObject"))
        .some(({ inputs }) => inputs.bucket === thing.inputs.name);
      if (full && thing.inputs.forceDestroy !== true)
        throw new Error(`BucketNotEmpty: ${String(thing.inputs.name)}`);
    },
  },
  [token("SpacesBucketObject")]: { creating: spacesKeys },
  [token("SpacesBucketPolicy")]: { creating: spacesKeys },
  [token("SpacesBucketCorsConfiguration")]: { creating: spacesKeys },
  [token("DnsRecord")]: {
    autoname: false,
    references: { domain: { type: token("Domain"), by: "name" } },
    check: ({ type, value }) =>
      ["CNAME", "MX", "NS"].includes(String(type)) &&
      typeof value === "string" &&
      value !== "@" &&
      !isUnknown(value) &&
      !value.endsWith(".")
        ? [wrong("value", `a ${String(type)} record's value ends with a dot`)]
        : [],
  },
  [token("Certificate")]: {
    creating: ({ type, domains }, { world }) => {
      if (type !== "lets_encrypt") return;
      const zones = world.things(token("Domain")).map(({ inputs }) => String(inputs.name));
      for (const domain of (domains ?? []) as string[])
        if (!zones.some((zone) => domain === zone || domain.endsWith(`.${zone}`)))
          throw new Error(`domains: ${domain} is not in DigitalOcean's DNS`);
    },
  },
  [token("UptimeAlert")]: {
    references: { checkId: { type: token("UptimeCheck"), vanishes: true } },
  },
  [token("LoadBalancer")]: {
    references: {
      vpcUuid: { type: token("Vpc"), blocks: true },
      dropletIds: { type: droplet },
    },
  },
};
