import { address, number, text, type PreviewAnswers, type Properties } from "../preview";

/** A resource with a number as its id, and what is known of it besides. */
const numbered =
  (kind: string, more: (id: number, inputs: Properties) => Properties = () => ({})) =>
  (name: string, inputs: Properties): Properties => {
    const id = number(`hcloud/${kind}/${name}`);
    return { id: String(id), name, ...more(id, inputs) };
  };

/** What Hetzner Cloud computes, by type token. */
export const preview: PreviewAnswers = {
  resources: {
    "hcloud:index/primaryIp:PrimaryIp": numbered("address", () => ({
      ipAddress: address,
      ipNetwork: "",
      assigneeId: 0,
      assigneeType: "server",
    })),
    "hcloud:index/volume:Volume": numbered("volume", (id) => ({
      linuxDevice: `/dev/disk/by-id/scsi-0HC_Volume_${id}`,
      serverId: 0,
    })),
    "hcloud:index/firewall:Firewall": numbered("firewall"),
    "hcloud:index/server:Server": numbered("server", () => ({
      backupWindow: "",
      ipv4Address: address,
      ipv6Address: "",
      ipv6Network: "",
      primaryDiskSize: 80,
      status: "running",
    })),
    "hcloud:index/volumeAttachment:VolumeAttachment": (_, inputs) => ({
      id: String(inputs["volumeId"]),
    }),
    "hcloud:index/zoneRrset:ZoneRrset": (name, inputs) => ({
      id: `${text(inputs, "name", name)}/${text(inputs, "type", "A")}`,
    }),
  },
  functions: {},
  // From the provider's schema (ForceNew, RequiresReplace). The server's type is changed in place.
  replaces: {
    "hcloud:index/primaryIp:PrimaryIp": ["location", "type"],
    "hcloud:index/server:Server": ["image", "location", "sshKeys", "userData"],
    "hcloud:index/volume:Volume": ["location"],
    "hcloud:index/volumeAttachment:VolumeAttachment": ["serverId", "volumeId"],
    "hcloud:index/zoneRrset:ZoneRrset": ["name", "type", "zone"],
  },
  grows: { "hcloud:index/volume:Volume": "size" },
};
