import * as digitalocean from "@pulumi/digitalocean";
import * as pulumi from "@pulumi/pulumi";
import type * as cloud from "../cloud";
import { certificates } from "../../machine/certificates";
import { dockerEndpoint, machineUserData, openings } from "../../machine/docker";
import { growsOnly } from "../../model/grows-only";
import { refuseLeftover, type Leftover } from "../../machine/leftover";
import { physicalName } from "../names";
import { makeAlerts } from "./alerts";
import type { Client } from "./database";
import { tagList, type Place } from "./network";

const anywhere = ["0.0.0.0/0", "::/0"];

/** A droplet whose Docker lives on a volume, behind a reserved address. */
export class Machine extends pulumi.ComponentResource implements cloud.Machine, Client {
  readonly address: pulumi.Output<string>;
  readonly docker: cloud.DockerEndpoint;
  readonly disk: digitalocean.Volume;
  /** What a database lets in. */
  readonly source: Client["source"];

  constructor(
    name: string,
    args: cloud.MachineArgs & { readonly place: Place },
    opts: pulumi.ComponentResourceOptions,
  ) {
    super("berth:digitalocean:Machine", name, {}, opts);
    const { protect } = args;
    const { plan, provider, network, tls } = args.place;
    const child = { parent: this, provider };
    const tags = tagList(args.tags);

    const address = new digitalocean.ReservedIp(
      `${name}-address`,
      { region: network.region },
      // Created first: nothing collides, and DNS records may still point at the old one.
      { ...child, protect, deleteBeforeReplace: false },
    );
    this.address = address.ipAddress;
    const certs = certificates(name, this.address, tls, this);

    const diskName = physicalName(plan.prefix, "data");
    this.disk = new digitalocean.Volume(
      `${name}-disk`,
      {
        name: diskName,
        region: network.region,
        size: args.disk,
        description: `Docker's state of ${plan.prefix}`,
        tags,
      },
      // Its name is unique in the region, so a second one cannot be made beside it. After the network: where
      // that is replaced too, the machine is deleted first, which detaches the volume.
      {
        ...child,
        protect,
        dependsOn: network,
        deleteBeforeReplace: true,
        hooks: growsOnly(`${name}-disk`, "disk", ({ size }) => size),
      },
    );

    const firewall = this.firewall(name, args, child);

    const droplet = new digitalocean.Droplet(
      `${name}-droplet`,
      {
        name: plan.prefix,
        image: "ubuntu-24-04-x64",
        region: network.region,
        size: args.type,
        vpcUuid: network.id,
        // Part of the droplet: an attachment of its own would be deleted first, under running databases.
        volumeIds: [this.disk.id],
        userData: machineUserData(`/dev/disk/by-id/scsi-0DO_Volume_${diskName}`, certs),
        tags: [firewall.tag, ...tags],
        monitoring: true,
        gracefulShutdown: true,
      },
      {
        ...child,
        dependsOn: firewall.rules,
        // The volume can be attached to one machine only, so the old one is deleted first.
        deleteBeforeReplace: true,
        // A disk in use cannot be deleted, so a new disk takes a new machine. So does a new size: to resize a droplet
        // the provider powers it off, which cuts off running databases; before a deletion it shuts it down.
        replaceOnChanges: ["volumeIds", "size"],
        // Containers take as long as their grace to stop, and the system comes after them; the provider waits for
        // one minute by default.
        customTimeouts: { delete: `${args.grace + 180}s` },
        // A later image is for new machines; this one is kept current by unattended-upgrades.
        ignoreChanges: ["image"],
        hooks: refuseLeftover(() => leftover(physicalName(plan.prefix, "machine"), provider)),
      },
    );
    this.source = { type: "droplet", value: droplet.id };
    const assignment = new digitalocean.ReservedIpAssignment(
      `${name}-address-assignment`,
      { ipAddress: address.ipAddress, dropletId: droplet.id.apply(Number) },
      // Deleting the old assignment after making the new one would take the address from the new machine.
      { ...child, deleteBeforeReplace: true },
    );
    const { alerts } = plan.settings.monitoring;
    if (alerts !== undefined) makeAlerts(name, alerts, plan.prefix, droplet.id, child);
    this.docker = dockerEndpoint(this.address, certs, assignment.id);
    this.registerOutputs({ address: this.address });
  }

  /** By tag and before the droplet, so that the machine is never without it. */
  private firewall(
    name: string,
    args: cloud.MachineArgs & { readonly place: Place },
    child: pulumi.CustomResourceOptions,
  ): { tag: pulumi.Output<string>; rules: pulumi.Resource } {
    const { prefix } = args.place.plan;
    const tag = new digitalocean.Tag(
      `${name}-tag`,
      { name: physicalName(prefix, "machine") },
      // Tags are found by name, so a second one of that name would be the same one.
      { ...child, deleteBeforeReplace: true },
    );
    const rules = new digitalocean.Firewall(
      `${name}-firewall`,
      {
        name: physicalName(prefix, "machine"),
        tags: [tag.name],
        inboundRules: openings(args).map(({ protocol, range, sources }) => ({
          protocol,
          portRange: range,
          sourceAddresses: [...sources],
        })),
        // Without outbound rules all outgoing traffic is blocked.
        outboundRules: [
          { protocol: "tcp", portRange: "1-65535", destinationAddresses: anywhere },
          { protocol: "udp", portRange: "1-65535", destinationAddresses: anywhere },
          { protocol: "icmp", destinationAddresses: anywhere },
        ],
      },
      // Two firewalls on one tag add up; the new one is there before the old one goes. Nothing but `--replace` asks for
      // that, and it needs another name: names of firewalls are unique in the account.
      { ...child, deleteBeforeReplace: false },
    );
    return { tag: tag.name, rules };
  }
}

/** Droplets have no unique names: the firewall's tag is this stack's alone. */
async function leftover(
  tag: string,
  provider: pulumi.ProviderResource,
): Promise<Leftover | undefined> {
  const filters = [{ key: "tags", values: [tag] }];
  const { droplets } = await digitalocean.getDroplets({ filters }, { provider });
  const [found] = droplets;
  if (found === undefined) return undefined;
  const id = String(found.id);
  return { what: `droplet ${id}`, remove: `doctl compute droplet delete ${id}` };
}
