import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

/** Days that the control plane's logs are kept. */
const days = 30;

/** Where EKS writes them: it would make the group itself, and keep everything for ever. */
const groupName = (cluster: string): string => `/aws/eks/${cluster}/cluster`;

/** The group of the control plane's logs, which is there before EKS makes its own. */
export function makeLogs(
  name: string,
  cluster: string,
  tags: Readonly<Record<string, string>>,
  child: pulumi.CustomResourceOptions,
): pulumi.Resource {
  return new aws.cloudwatch.LogGroup(
    `${name}-logs`,
    { name: groupName(cluster), retentionInDays: days, tags: { ...tags, [mark]: cluster } },
    // Its name is EKS's.
    { ...child, deleteBeforeReplace: true },
  );
}

/** The tag that a group of EKS's own lacks. */
const mark = "Name";

/**
 * Whether EKS has made the group already, which cannot be made twice: of an older stack, or after the end of an earlier
 * cluster. It stays as it is; where it keeps everything, the log says how to change that.
 */
export async function hasOwnLogs(
  cluster: string,
  provider: pulumi.ProviderResource,
): Promise<boolean> {
  const name = groupName(cluster);
  const { logGroupNames } = await aws.cloudwatch.getLogGroups(
    { logGroupNamePrefix: name },
    { provider },
  );
  if (!logGroupNames.includes(name)) return false;
  const { tags, retentionInDays } = await aws.cloudwatch.getLogGroup({ name }, { provider });
  if (tags[mark] !== undefined) return false;
  if (retentionInDays === 0)
    void pulumi.log.warn(
      `the control plane's logs are kept for ever, as EKS made their group; run aws logs put-retention-policy --log-group-name ${name} --retention-in-days ${days}`,
    );
  return true;
}
