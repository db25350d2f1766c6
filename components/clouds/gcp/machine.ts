import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import type * as cloud from "../cloud";
import { certificates } from "../../machine/certificates";
import { dockerEndpoint, machineUserData, openings } from "../../machine/docker";
import { refuseLeftover, type Leftover } from "../../machine/leftover";
import { physicalName } from "../names";
import { makeAlerts } from "./alerts";
import { labels, type Place } from "./network";

/** A Compute Engine instance whose Docker lives on a persistent disk, behind a static address. */
export class Machine extends pulumi.ComponentResource implements cloud.Machine {
  readonly address: pulumi.Output<string>;
  readonly docker: cloud.DockerEndpoint;
  readonly disk: gcp.compute.Disk;

  constructor(
    name: string,
    args: cloud.MachineArgs & { readonly place: Place },
    opts: pulumi.ComponentResourceOptions,
  ) {
    super("berth:gcp:Machine", name, {}, opts);
    const { protect } = args;
    const { plan, provider, network, tls } = args.place;
    // Names are unique in the project, so a second one cannot be made beside the first.
    const child = { parent: this, provider, deleteBeforeReplace: true };
    const tags = labels(args.tags);

    const address = new gcp.compute.Address(
      `${name}-address`,
      {
        name: physicalName(plan.prefix, "machine"),
        region: network.region,
        addressType: "EXTERNAL",
        networkTier: "PREMIUM",
        labels: tags,
      },
      { ...child, protect, dependsOn: network },
    );
    this.address = address.address;
    const certs = certificates(name, this.address, tls, this);

    this.disk = new gcp.compute.Disk(
      `${name}-disk`,
      {
        name: physicalName(plan.prefix, "data"),
        zone: network.zone,
        size: args.disk,
        type: "pd-balanced",
        createSnapshotBeforeDestroy: protect,
        labels: tags,
      },
      { ...child, protect, dependsOn: network },
    );

    const machine = physicalName(plan.prefix, "machine");
    const firewall = openings(args).map(
      ({ protocol, range, sources }) =>
        new gcp.compute.Firewall(
          `${name}-in-${protocol}-${range}`,
          {
            name: physicalName(plan.prefix, `machine-${protocol}-${range}`),
            network: network.id,
            direction: "INGRESS",
            sourceRanges: [...sources],
            targetTags: [machine],
            allows: [{ protocol, ports: [range] }],
          },
          child,
        ),
    );

    const instance = new gcp.compute.Instance(
      `${name}-instance`,
      {
        name: machine,
        zone: network.zone,
        machineType: args.type,
        // A change of type stops the machine.
        allowStoppingForUpdate: true,
        tags: [machine],
        labels: tags,
        bootDisk: {
          autoDelete: true,
          initializeParams: {
            image: "ubuntu-os-cloud/ubuntu-2404-lts-amd64",
            size: 20,
            type: "pd-balanced",
            labels: tags,
          },
        },
        // Part of the machine: an attachment of its own would be deleted first, under running databases.
        attachedDisks: [{ source: this.disk.selfLink, deviceName: "data", mode: "READ_WRITE" }],
        networkInterfaces: [
          {
            subnetwork: network.subnet.id,
            accessConfigs: [{ natIp: this.address, networkTier: "PREMIUM" }],
          },
        ],
        // No service account: the machine does not call Google Cloud's API.
        metadata: {
          "user-data": machineUserData("/dev/disk/by-id/google-data", certs),
          "block-project-ssh-keys": "TRUE",
          "serial-port-enable": "FALSE",
        },
        shieldedInstanceConfig: {
          enableSecureBoot: true,
          enableVtpm: true,
          enableIntegrityMonitoring: true,
        },
        scheduling: { automaticRestart: true, onHostMaintenance: "MIGRATE" },
      },
      {
        ...child,
        dependsOn: firewall,
        // Only one machine can write to the disk, so the old one is deleted first.
        deleteBeforeReplace: true,
        replaceOnChanges: [
          // A running machine does not read changed user-data.
          'metadata["user-data"]',
          // A disk in use cannot be deleted, so a new disk takes a new machine.
          "attachedDisks",
        ],
        // A later image is for new machines; this one is kept current by unattended-upgrades.
        ignoreChanges: ["bootDisk.initializeParams.image"],
        hooks: refuseLeftover(() => leftover(machine, network.zone, provider)),
      },
    );
    const { alerts } = plan.settings.monitoring;
    if (alerts !== undefined)
      makeAlerts(name, alerts, plan.prefix, instance, this.address, tags, child);
    this.docker = dockerEndpoint(this.address, certs, instance.id);
    this.registerOutputs({ address: this.address });
  }
}

/** Found by its name, which is unique in the zone. The function fails when there is no such instance. */
async function leftover(
  name: string,
  zone: string,
  provider: pulumi.ProviderResource,
): Promise<Leftover> {
  await gcp.compute.getInstance({ name, zone }, { provider });
  return {
    what: `instance ${name}`,
    remove: `gcloud compute instances delete ${name} --zone ${zone}`,
  };
}
