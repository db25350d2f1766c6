import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";

/** Kubernetes' minor version: upgraded on purpose. */
const wanted = "1.35";

/** Add-ons of EKS by what they are here. */
export const addonNames = {
  network: "vpc-cni",
  "pod-identity": "eks-pod-identity-agent",
  storage: "aws-ebs-csi-driver",
  metrics: "metrics-server",
} as const;

export interface Versions {
  /** The minor version of the control plane. */
  readonly kubernetes: string;
  /** Whether EKS has upgraded it past what is wanted, at the end of the version's support. */
  readonly ahead: boolean;
  /** Of add-ons by EKS's name; one that is absent stays at what it was made with. */
  readonly addons: Readonly<Record<string, string>>;
  /** Of the nodes' image; absent: what they were made with. */
  readonly nodes?: string;
}

export const usualVersions: Versions = { kubernetes: wanted, ahead: false, addons: {} };

const minor = (version: string): number => Number(version.split(".")[1]);

/**
 * The versions of a cluster now (decisions.md: versions-of-clusters); of what the account does not answer those that
 * things were made with.
 */
export async function findVersions(
  cluster: string,
  provider: pulumi.ProviderResource,
): Promise<Versions> {
  const { kubernetes, ahead } = await kubernetesVersion(cluster, provider).catch(
    () => usualVersions,
  );
  const found = await Promise.all(
    Object.values(addonNames).map((addonName) =>
      aws.eks
        .getAddonVersion(
          { addonName, kubernetesVersion: kubernetes, mostRecent: true },
          { provider },
        )
        .then(({ version }): [string, string][] => [[addonName, version]])
        .catch((): [string, string][] => []),
    ),
  );
  const nodes = await nodesRelease(cluster, kubernetes, provider).catch(() => undefined);
  const addons = Object.fromEntries(found.flat());
  return { kubernetes, ahead, addons, ...(nodes !== undefined && { nodes }) };
}

/**
 * EKS upgrades a control plane by one minor version at a time, and by itself at the end of a version's support: what is
 * ahead stays ahead. A cluster that is made has a supported version, whenever this was written.
 */
async function kubernetesVersion(
  name: string,
  provider: pulumi.ProviderResource,
): Promise<Pick<Versions, "kubernetes" | "ahead">> {
  const { names } = await aws.eks.getClusters({}, { provider });
  if (names.includes(name)) {
    const { version } = await aws.eks.getCluster({ name }, { provider });
    const ahead = minor(version) > minor(wanted);
    const next = Math.min(minor(version) + 1, minor(wanted));
    return { kubernetes: ahead ? version : `1.${next}`, ahead };
  }
  const { clusterVersions } = await aws.eks.getClusterVersions(
    { versionStatus: "STANDARD_SUPPORT" },
    { provider },
  );
  const supported = clusterVersions
    .map(({ clusterVersion }) => minor(clusterVersion))
    .filter((one) => one >= minor(wanted));
  return {
    kubernetes: supported.length === 0 ? wanted : `1.${Math.min(...supported)}`,
    ahead: false,
  };
}

/** Days that nodes stay behind the newest image: each new one replaces all of them, one after the other. */
const patience = 30;

/** The newest image of nodes, or the one that they have while it is not older than that by much. */
async function nodesRelease(
  clusterName: string,
  kubernetes: string,
  provider: pulumi.ProviderResource,
): Promise<string> {
  const { value: newest } = await aws.ssm.getParameter(
    {
      name: `/aws/service/eks/optimized-ami/${kubernetes}/amazon-linux-2023/x86_64/standard/recommended/release_version`,
    },
    { provider },
  );
  const { names } = await aws.eks
    .getNodeGroups({ clusterName }, { provider })
    .catch(() => ({ names: [] }));
  const releases = await Promise.all(
    names.map((nodeGroupName) =>
      aws.eks
        .getNodeGroup({ clusterName, nodeGroupName }, { provider })
        .then(({ releaseVersion }) => releaseVersion),
    ),
  );
  const [current] = releases.sort((a, b) => day(b) - day(a));
  const recent =
    current !== undefined &&
    minor(current) === minor(newest) &&
    day(newest) - day(current) <= patience;
  return recent ? current : newest;
}

/** The day, since 1970, of a release such as `1.35.0-20261115`. */
function day(release: string): number {
  const [, year, month, date] = /-(\d{4})(\d\d)(\d\d)$/.exec(release) ?? [];
  return Date.UTC(Number(year), Number(month) - 1, Number(date)) / 86_400_000;
}
