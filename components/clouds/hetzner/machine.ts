import * as hcloud from "@pulumi/hcloud";
import * as pulumi from "@pulumi/pulumi";
import type { Plan } from "../../plan/plan";
import type * as cloud from "../cloud";
import { certificates } from "../../machine/certificates";
import { dockerEndpoint, machineUserData, openings } from "../../machine/docker";
import { growsOnly } from "../../model/grows-only";
import { refuseLeftover, type Leftover } from "../../machine/leftover";
import { physicalName } from "../names";
import { labelsOf } from "./labels";

/** What everything of a stack on Hetzner Cloud is made with. */
interface Home {
  readonly plan: Plan;
  readonly tls: pulumi.ProviderResource;
  readonly provider: pulumi.ProviderResource;
}

/** A server whose Docker lives on a volume, at a Primary IP. */
export class Machine extends pulumi.ComponentResource implements cloud.Machine {
  readonly address: pulumi.Output<string>;
  readonly docker: cloud.DockerEndpoint;
  readonly disk: hcloud.Volume;

  constructor(
    name: string,
    args: cloud.MachineArgs & { readonly home: Home },
    opts: pulumi.ComponentResourceOptions,
  ) {
    super("berth:hetzner:Machine", name, {}, opts);
    const { protect } = args;
    const { plan, provider, tls } = args.home;
    const child = { parent: this, provider };
    const location = plan.region!;
    const labels = labelsOf(args.tags);
    const named = (role: string): string => physicalName(plan.prefix, role);

    const address = new hcloud.PrimaryIp(
      `${name}-address`,
      { name: named("address"), type: "ipv4", location, deleteProtection: protect, labels },
      // Its name is unique in the project, so a second one cannot be made beside it.
      { ...child, protect, deleteBeforeReplace: true },
    );
    this.address = address.ipAddress;
    const certs = certificates(name, this.address, tls, this);

    this.disk = new hcloud.Volume(
      `${name}-disk`,
      { name: named("data"), size: args.disk, location, deleteProtection: protect, labels },
      // As with the address.
      {
        ...child,
        protect,
        deleteBeforeReplace: true,
        hooks: growsOnly(`${name}-disk`, "disk", ({ size }) => size),
      },
    );

    const firewall = new hcloud.Firewall(
      `${name}-firewall`,
      {
        name: named("machine"),
        labels,
        // Without rules for what goes out, everything may.
        rules: openings(args).map(({ protocol, range, sources }) => ({
          direction: "in",
          protocol,
          port: range,
          sourceIps: [...sources],
        })),
      },
      // As with the address.
      { ...child, deleteBeforeReplace: true },
    );

    const server = new hcloud.Server(
      `${name}-instance`,
      {
        name: named("machine"),
        image: "ubuntu-24.04",
        location,
        serverType: args.type,
        // The address outlives the server: a Primary IP is only deleted with it where `autoDelete` says so.
        publicNets: [{ ipv4Enabled: true, ipv4: address.id.apply(Number), ipv6Enabled: false }],
        // Part of the server, so that it is never without it.
        firewallIds: [firewall.id.apply(Number)],
        userData: machineUserData(this.disk.linuxDevice, certs),
        labels,
        // Waits half a minute at most: longer stop_grace_periods are cut short.
        shutdownBeforeDeletion: true,
      },
      {
        ...child,
        // Name, address and volume can be one server's only.
        deleteBeforeReplace: true,
        // To change the type in place, the provider cuts the power of running databases.
        replaceOnChanges: ["serverType"],
        // A later image is for new servers; this one is kept current by unattended-upgrades.
        ignoreChanges: ["image"],
        hooks: refuseLeftover(() => leftover(named("machine"), provider)),
      },
    );
    const attachment = new hcloud.VolumeAttachment(
      `${name}-disk-attachment`,
      {
        volumeId: this.disk.id.apply(Number),
        serverId: server.id.apply(Number),
        automount: false,
      },
      // It is deleted before the server is, which would take the disk from running databases: so its deletion does
      // nothing, and the volume is detached by the deletion of the server, which shuts down first.
      { ...child, retainOnDelete: true, deleteBeforeReplace: true },
    );
    this.docker = dockerEndpoint(this.address, certs, attachment.id);
    this.registerOutputs({ address: this.address });
  }
}

/** A server's name is unique in its project. */
async function leftover(
  name: string,
  provider: pulumi.ProviderResource,
): Promise<Leftover | undefined> {
  // Fails where there is none.
  const { id } = await hcloud.getServer({ name }, { provider });
  return { what: `server ${id}`, remove: `hcloud server delete ${id}` };
}
