import type { Rules, Site } from "../cloud/cloud";
import type { Thing } from "../cloud/world";
import { balancer } from "./balancers";

const type = {
  network: "gcp:compute/network:Network",
  subnetwork: "gcp:compute/subnetwork:Subnetwork",
  router: "gcp:compute/router:Router",
  instance: "gcp:compute/instance:Instance",
  disk: "gcp:compute/disk:Disk",
  cluster: "gcp:container/cluster:Cluster",
  sql: "gcp:sql/databaseInstance:DatabaseInstance",
  bucket: "gcp:storage/bucket:Bucket",
};

const inNetwork: Rules = { references: { network: { type: type.network, blocks: true } } };

/** Deletion is refused while this is true; some resources have it on by default. */
function guarded(key: string, byDefault: boolean): Required<Pick<Rules, "deleting">> {
  return {
    deleting: ({ name, inputs }) => {
      if ((inputs[key] ?? byDefault) === true)
        throw new Error(
          `cannot destroy ${name} without setting ${key}=false and running \`pulumi up\``,
        );
    },
  };
}

function disks({ inputs }: Thing): string[] {
  const attached = (inputs.attachedDisks ?? []) as { source?: unknown }[];
  return attached.map(({ source }) => String(source));
}

function release(machine: Thing, { world }: Site): void {
  for (const source of disks(machine))
    world.tell("detached", { type: type.disk, id: source }, machine.id);
}

/** What Google Cloud does beyond its property facts, by type token. */
export const rules: Readonly<Record<string, Rules>> = {
  [type.subnetwork]: inNetwork,
  "gcp:compute/firewall:Firewall": {
    ...inNetwork,
    sets: ["allows", "denies", "sourceRanges", "targetTags", "sourceTags"],
    check: ({ allows, denies }) =>
      allows === undefined && denies === undefined
        ? [{ property: "allows", reason: "one of allows and denies is needed" }]
        : [],
  },
  [type.router]: inNetwork,
  [balancer]: {
    references: {
      network: { type: type.network, blocks: true },
      address: { type: "gcp:compute/address:Address", by: "address", blocks: true },
    },
  },
  "gcp:compute/routerNat:RouterNat": {
    references: { router: { type: type.router, vanishes: true } },
  },
  [type.disk]: {
    updating: ({ inputs }, next) => {
      if (Number(next.size) < Number(inputs.size)) throw new Error("size: a disk can only grow");
    },
  },
  [type.instance]: {
    references: {
      "networkInterfaces.network": { type: type.network, blocks: true },
      "networkInterfaces.subnetwork": { type: type.subnetwork, blocks: true },
      "attachedDisks.source": { type: type.disk, blocks: true },
    },
    sets: ["tags"],
    forces: [
      "bootDisk.initializeParams.image",
      "bootDisk.initializeParams.type",
      "bootDisk.kmsKeySelfLink",
      "scheduling.preemptible",
      "scheduling.provisioningModel",
    ],
    check: ({ metadata }) =>
      Object.entries((metadata ?? {}) as Record<string, unknown>)
        .filter(([, value]) => Buffer.byteLength(String(value)) > 256 * 1024)
        .map(([key]) => ({ property: `metadata.${key}`, reason: "at most 256 KiB" })),
    updating: (thing, next, { world }) => {
      const keys = ["machineType", "serviceAccount", "minCpuPlatform", "enableDisplay"];
      const stops = keys.some(
        (key) => JSON.stringify(thing.inputs[key]) !== JSON.stringify(next[key]),
      );
      if (!stops) return;
      if (next.allowStoppingForUpdate !== true)
        throw new Error(
          "Changing the machine_type on a started instance requires stopping it. To acknowledge this, please set allow_stopping_for_update = true",
        );
      world.tell("stopped and started", thing);
    },
    deleting: (thing, site) => {
      guarded("deletionProtection", false).deleting(thing, site);
      site.world.tell("shut down", thing);
      release(thing, site);
    },
  },
  [type.cluster]: {
    ...guarded("deletionProtection", true),
    references: {
      network: { type: type.network, blocks: true },
      subnetwork: { type: type.subnetwork, blocks: true },
    },
    forces: ["ipAllocationPolicy", "privateClusterConfig.masterIpv4CidrBlock", "clusterIpv4Cidr"],
  },
  "gcp:container/nodePool:NodePool": {
    references: { cluster: { type: type.cluster, vanishes: true } },
    forces: ["spot", "preemptible", "serviceAccount", "oauthScopes", "shieldedInstanceConfig"].map(
      (key) => `nodeConfig.${key}`,
    ),
  },
  [type.sql]: {
    forces: ["settings.collation"],
    creating: ({ name }, { world }) => {
      const taken = world.events("name held").some(({ id }) => id === name);
      if (taken)
        throw new Error(
          `409 the instance name ${String(name)} was used lately and is held for a week`,
        );
    },
    deleting: (thing, site) => {
      guarded("deletionProtection", true).deleting(thing, site);
      site.world.tell("name held", { type: type.sql, id: String(thing.outputs.name) });
    },
  },
  "gcp:sql/user:User": {
    references: { instance: { type: type.sql, by: "name", vanishes: true } },
  },
  "gcp:redis/instance:Instance": guarded("deletionProtection", false),
  "gcp:storage/bucketObject:BucketObject": {
    references: { bucket: { type: type.bucket, by: "name" } },
  },
  [type.bucket]: {
    deleting: (thing, { world }) => {
      const full = world
        .things("gcp:storage/bucketObject:BucketObject")
        .some(({ inputs }) => inputs.bucket === thing.outputs.name);
      if (full && thing.inputs.forceDestroy !== true)
        throw new Error(`Error trying to delete bucket ${thing.id} containing objects`);
    },
  },
  "gcp:dns/recordSet:RecordSet": {
    autoname: false,
    check: ({ name }) =>
      typeof name === "string" && !name.endsWith(".") && !/^[0-9a-f-]{36}$/.test(name)
        ? [{ property: "name", reason: "a DNS name ends with a dot" }]
        : [],
  },
};
