import * as digitalocean from "@pulumi/digitalocean";
import type * as pulumi from "@pulumi/pulumi";

/** Percent of the disk: a full disk is the most common outage of such a machine. */
const limits = {
  disk: ["v1/insights/droplet/disk_utilization_percent", 80],
  memory: ["v1/insights/droplet/memory_utilization_percent", 95],
  cpu: ["v1/insights/droplet/cpu", 95],
} as const;

/** Mails to one address when the droplet runs out of something for ten minutes. */
export function makeAlerts(
  name: string,
  email: string,
  prefix: string,
  droplet: pulumi.Output<string>,
  child: pulumi.CustomResourceOptions,
): void {
  for (const [what, [type, value]] of Object.entries(limits))
    new digitalocean.MonitorAlert(
      `${name}-alert-${what}`,
      {
        type,
        compare: "GreaterThan",
        value,
        window: "10m",
        enabled: true,
        description: `${prefix}: ${what} above ${value} %`,
        entities: [droplet],
        alerts: { emails: [email] },
      },
      // Alerts have no unique name, so the new one is created before the old one is deleted.
      { ...child, deleteBeforeReplace: false },
    );
}
