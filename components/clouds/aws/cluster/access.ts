import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

const policyArn = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy";

/** `arn:aws:iam::123456789012:role/path/deploy`, or `arn:aws:sts::123456789012:assumed-role/deploy/session`. */
function principal(arn: string): string {
  const [, , service, , account, path = ""] = arn.split(":");
  const [kind, ...names] = path.split("/");
  // A name is unique in its account, whatever its path is.
  return service === "sts" ? `${account}-role-${names[0]}` : `${account}-${kind}-${names.at(-1)}`;
}

interface AccessArgs {
  readonly cluster: pulumi.Output<string>;
  /** ARNs of IAM roles and users. */
  readonly admins: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
}

/**
 * Access to a cluster for each of `admins`, named by whom it is for. The identity that made the cluster has an entry
 * of EKS's own, which cannot be made twice: `accessOfMaker` finds it (decisions.md: admins).
 */
export function grantAccess(
  name: string,
  { cluster: clusterName, admins, tags }: AccessArgs,
  child: pulumi.CustomResourceOptions,
): pulumi.Resource[] {
  // A principal has one entry, and one association with a policy.
  const order = { ...child, deleteBeforeReplace: true };
  return admins.flatMap((principalArn) => {
    const own = `${name}-admin-${principal(principalArn)}`;
    const entry = new aws.eks.AccessEntry(
      own,
      { clusterName, principalArn, tags: { ...tags, [mark]: own } },
      order,
    );
    const association = new aws.eks.AccessPolicyAssociation(
      `${own}-policy`,
      {
        clusterName,
        principalArn: entry.principalArn,
        policyArn,
        accessScope: { type: "cluster" },
      },
      order,
    );
    return [entry, association];
  });
}

/** The tag that entries of EKS's own lack. */
const mark = "Name";

/**
 * Those of `admins` whom EKS itself gives access, as the cluster's makers. Where the cluster is not there yet, that
 * is who runs this update.
 */
export async function accessOfMaker(
  clusterName: string,
  admins: readonly string[],
  provider: pulumi.ProviderResource,
): Promise<readonly string[]> {
  if (admins.length === 0) return [];
  const { names } = await aws.eks.getClusters({}, { provider });
  if (!names.includes(clusterName)) {
    const { arn } = await aws.getCallerIdentity({}, { provider });
    return admins.filter((one) => principal(one) === principal(arn));
  }
  const entries = await Promise.all(
    admins.map((principalArn) =>
      aws.eks.getAccessEntry({ clusterName, principalArn }, { provider }).catch(() => undefined),
    ),
  );
  return admins.filter((_, index) => {
    const entry = entries[index];
    return entry !== undefined && entry.tags[mark] === undefined;
  });
}
