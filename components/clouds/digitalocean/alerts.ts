import * as digitalocean from "@pulumi/digitalocean";
import type * as pulumi from "@pulumi/pulumi";

/** Percent that nobody should be surprised by: a full disk is the first outage of such a machine. */
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
      // Nothing tells two of them apart: the new one is there before the old one goes.
      { ...child, deleteBeforeReplace: false },
    );
}
