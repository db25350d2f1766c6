import type { Rules, Site } from "../cloud/cloud";
import type { Thing } from "../cloud/world";
import type { Properties } from "../values";

const type = {
  server: "hcloud:index/server:Server",
  volume: "hcloud:index/volume:Volume",
  attachment: "hcloud:index/volumeAttachment:VolumeAttachment",
  address: "hcloud:index/primaryIp:PrimaryIp",
  firewall: "hcloud:index/firewall:Firewall",
};

/** What Hetzner keeps from deletion until `deleteProtection` is off. */
function kept({ name, inputs }: Thing): void {
  if (inputs.deleteProtection === true)
    throw new Error(`protected: deletion of ${name} is not allowed`);
}

/** Names are unique in a project, by kind. */
const unique =
  (kind: string) =>
  (inputs: Properties, { world }: Site): void => {
    if (world.things(kind).some(({ outputs }) => outputs.name === inputs.name))
      throw new Error(`uniqueness_error: ${String(inputs.name)} is already used`);
  };

function detach(attachment: Thing, { world }: Site): void {
  const server = world.get(type.server, attachment.inputs.serverId);
  const runs = server?.outputs.status === "running";
  const volume = { type: type.volume, id: String(attachment.inputs.volumeId) };
  world.tell(runs ? "detached while running" : "detached", volume, server?.id ?? "nothing");
}

/** What Hetzner Cloud does beyond its property facts, by type token. */
export const rules: Readonly<Record<string, Rules>> = {
  [type.server]: {
    references: {
      "publicNets.ipv4": { type: type.address, blocks: true },
      firewallIds: { type: type.firewall, blocks: true },
    },
    sets: ["publicNets", "firewallIds"],
    creating: (inputs, site) => {
      unique(type.server)(inputs, site);
      const { userData } = inputs;
      if (typeof userData === "string" && Buffer.byteLength(userData) > 32 * 1024)
        throw new Error("invalid_input: user_data is limited to 32768 bytes");
    },
    updating: (thing, next, { world }) => {
      if (thing.inputs.serverType !== next.serverType) world.tell("power cut", thing);
    },
    deleting: (thing, site) => {
      kept(thing);
      const { world } = site;
      const stops = thing.inputs.shutdownBeforeDeletion === true;
      world.tell(stops ? "shut down" : "power cut", thing);
      world.change(type.server, thing.name, { outputs: { status: "off" } });
      for (const attachment of world.things(type.attachment))
        if (attachment.inputs.serverId === Number(thing.id)) detach(attachment, site);
    },
  },
  [type.volume]: {
    creating: unique(type.volume),
    updating: (thing, next) => {
      if (Number(next.size) < Number(thing.inputs.size))
        throw new Error("invalid_input: a volume can only grow");
    },
    deleting: kept,
  },
  [type.attachment]: {
    references: {
      serverId: { type: type.server, vanishes: true },
      volumeId: { type: type.volume },
    },
    creating: ({ serverId, volumeId }, { world }) => {
      const held = world.things(type.attachment).some(({ inputs }) => inputs.volumeId === volumeId);
      if (held) throw new Error(`volume_already_attached: ${String(volumeId)}`);
      const [server, volume] = [world.get(type.server, serverId), world.get(type.volume, volumeId)];
      if (server?.inputs.location !== volume?.inputs.location)
        throw new Error("invalid_input: volume and server are in different locations");
    },
    deleting: detach,
  },
  [type.address]: { creating: unique(type.address), deleting: kept },
  [type.firewall]: { creating: unique(type.firewall), sets: ["rules"] },
};
