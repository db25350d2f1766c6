import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";

/** Mails to one address when 443 does not answer, or the machine is busy for ten minutes. */
export function makeAlerts(
  name: string,
  email: string,
  prefix: string,
  machine: gcp.compute.Instance,
  address: pulumi.Output<string>,
  labels: Readonly<Record<string, string>>,
  child: pulumi.CustomResourceOptions,
): void {
  // Names are made up by Google: the new one is there before the old one goes.
  const order = { ...child, deleteBeforeReplace: false };
  const channel = new gcp.monitoring.NotificationChannel(
    `${name}-alerts-mail`,
    {
      type: "email",
      displayName: prefix,
      labels: { email_address: email },
      userLabels: labels,
    },
    order,
  );
  const check = new gcp.monitoring.UptimeCheckConfig(
    `${name}-uptime`,
    {
      displayName: prefix,
      period: "300s",
      timeout: "10s",
      tcpCheck: { port: 443 },
      monitoredResource: {
        type: "uptime_url",
        labels: { host: address, project_id: machine.project },
      },
      userLabels: labels,
    },
    order,
  );
  const conditions = {
    down: {
      filter: pulumi.interpolate`metric.type="monitoring.googleapis.com/uptime_check/check_passed" AND metric.labels.check_id="${check.uptimeCheckId}" AND resource.type="uptime_url"`,
      comparison: "COMPARISON_GT",
      thresholdValue: 1,
      duration: "600s",
      aggregations: [
        {
          alignmentPeriod: "1200s",
          perSeriesAligner: "ALIGN_NEXT_OLDER",
          crossSeriesReducer: "REDUCE_COUNT_FALSE",
          groupByFields: ["resource.label.*"],
        },
      ],
    },
    cpu: {
      filter: pulumi.interpolate`metric.type="compute.googleapis.com/instance/cpu/utilization" AND resource.type="gce_instance" AND resource.labels.instance_id="${machine.instanceId}"`,
      comparison: "COMPARISON_GT",
      thresholdValue: 0.95,
      duration: "600s",
      aggregations: [{ alignmentPeriod: "300s", perSeriesAligner: "ALIGN_MEAN" }],
    },
  };
  for (const [what, conditionThreshold] of Object.entries(conditions))
    new gcp.monitoring.AlertPolicy(
      `${name}-alert-${what}`,
      {
        displayName: `${prefix}: ${what}`,
        combiner: "OR",
        conditions: [{ displayName: what, conditionThreshold }],
        notificationChannels: [channel.name],
        userLabels: labels,
      },
      order,
    );
}
