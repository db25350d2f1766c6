import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";

export interface Role {
  readonly name: pulumi.Output<string>;
  readonly arn: pulumi.Output<string>;
  /** The role can do nothing before these are there. */
  readonly rights: readonly pulumi.Resource[];
}

/** A role that an AWS service assumes, with managed policies. */
export function makeRole(
  name: string,
  service: string,
  policies: readonly string[],
  tags: Readonly<Record<string, string>>,
  child: pulumi.CustomResourceOptions,
): Role {
  // Pulumi generates names, so the new role is created before the old one is deleted.
  const order = { ...child, deleteBeforeReplace: false };
  const role = new aws.iam.Role(
    name,
    {
      assumeRolePolicy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Principal: { Service: service },
            Action:
              service === "pods.eks.amazonaws.com"
                ? ["sts:AssumeRole", "sts:TagSession"]
                : "sts:AssumeRole",
          },
        ],
      }),
      tags,
    },
    order,
  );
  const rights = policies.map(
    (policy) =>
      new aws.iam.RolePolicyAttachment(
        `${name}-${policy.split("/").pop()!.toLowerCase()}`,
        { role: role.name, policyArn: `arn:aws:iam::aws:policy/${policy}` },
        order,
      ),
  );
  return { name: role.name, arn: role.arn, rights };
}
