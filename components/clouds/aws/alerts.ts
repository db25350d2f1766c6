import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";

/** What EC2 measures from outside; how full a disk is, only an agent on the machine knows. */
const alarms = {
  down: { metricName: "StatusCheckFailed", statistic: "Maximum", threshold: 1 },
  cpu: { metricName: "CPUUtilization", statistic: "Average", threshold: 95 },
} as const;

/** Mails to one address (once it has confirmed) when the instance is down or busy for ten minutes. */
export function makeAlerts(
  name: string,
  email: string,
  prefix: string,
  instance: pulumi.Output<string>,
  tags: Readonly<Record<string, string>>,
  child: pulumi.CustomResourceOptions,
): void {
  // Names are made up by Pulumi: the new one is there before the old one goes.
  const order = { ...child, deleteBeforeReplace: false };
  const topic = new aws.sns.Topic(`${name}-alerts`, { displayName: prefix, tags }, order);
  new aws.sns.TopicSubscription(
    `${name}-alerts-mail`,
    { topic: topic.arn, protocol: "email", endpoint: email },
    order,
  );
  for (const [what, alarm] of Object.entries(alarms))
    new aws.cloudwatch.MetricAlarm(
      `${name}-alert-${what}`,
      {
        ...alarm,
        namespace: "AWS/EC2",
        dimensions: { InstanceId: instance },
        comparisonOperator: "GreaterThanOrEqualToThreshold",
        period: 300,
        evaluationPeriods: 2,
        alarmDescription: `${prefix}: ${what}`,
        alarmActions: [topic.arn],
        tags,
      },
      order,
    );
}
