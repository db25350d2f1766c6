import * as aws from "@pulumi/aws";
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { makeRole } from "../identity";
import type { Place } from "../network";

interface AutoscalerArgs {
  readonly place: Place;
  readonly cluster: pulumi.Output<string>;
  readonly tags: Readonly<Record<string, string>>;
  readonly kubernetes: kubernetes.Provider;
}

const app = "cluster-autoscaler";
const namespace = "kube-system";

/** Adds nodes that pods wait for and takes away idle ones, between the group's minimum and maximum. */
export class Autoscaler extends pulumi.ComponentResource {
  constructor(name: string, args: AutoscalerArgs, opts: pulumi.ComponentResourceOptions) {
    super("berth:aws:Autoscaler", name, {}, opts);
    const { place, cluster, tags } = args;
    const rights = this.identity(name, args);
    // A fixed name: a cluster has one autoscaler.
    const child = { parent: this, provider: args.kubernetes, deleteBeforeReplace: true };
    const metadata = { name: app, namespace, labels: { app } };

    const account = new kubernetes.core.v1.ServiceAccount(`${name}-account`, { metadata }, child);
    const subjects = [{ kind: "ServiceAccount", name: app, namespace }];
    const role = new kubernetes.rbac.v1.ClusterRole(
      `${name}-rights`,
      { metadata: { name: app, labels: { app } }, rules },
      child,
    );
    const binding = new kubernetes.rbac.v1.ClusterRoleBinding(
      `${name}-rights-binding`,
      {
        metadata: { name: app, labels: { app } },
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: app },
        subjects,
      },
      { ...child, dependsOn: role },
    );
    const own = new kubernetes.rbac.v1.Role(
      `${name}-own-rights`,
      { metadata, rules: ownRules },
      child,
    );
    const ownBinding = new kubernetes.rbac.v1.RoleBinding(
      `${name}-own-rights-binding`,
      {
        metadata,
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: app },
        subjects,
      },
      { ...child, dependsOn: own },
    );
    new kubernetes.apps.v1.Deployment(
      `${name}-deployment`,
      {
        metadata,
        spec: {
          // Two would wait for each other's lease; one is back within seconds.
          replicas: 1,
          selector: { matchLabels: { app } },
          template: {
            metadata: { labels: { app } },
            spec: {
              serviceAccountName: app,
              priorityClassName: "system-cluster-critical",
              securityContext: {
                runAsNonRoot: true,
                runAsUser: 65534,
                fsGroup: 65534,
                seccompProfile: { type: "RuntimeDefault" },
              },
              containers: [
                {
                  name: app,
                  // Of the cluster's own minor version.
                  image: "registry.k8s.io/autoscaling/cluster-autoscaler:v1.35.0",
                  command: [
                    "./cluster-autoscaler",
                    "--cloud-provider=aws",
                    pulumi.interpolate`--node-group-auto-discovery=asg:tag=k8s.io/cluster-autoscaler/enabled,k8s.io/cluster-autoscaler/${cluster}`,
                    "--balance-similar-node-groups",
                    "--skip-nodes-with-system-pods=false",
                    "--expander=least-waste",
                  ],
                  env: [{ name: "AWS_REGION", value: place.plan.region! }],
                  resources: {
                    requests: { cpu: "50m", memory: "128Mi" },
                    limits: { memory: "512Mi" },
                  },
                  securityContext: {
                    allowPrivilegeEscalation: false,
                    readOnlyRootFilesystem: true,
                    capabilities: { drop: ["ALL"] },
                  },
                },
              ],
            },
          },
        },
      },
      { ...child, dependsOn: [account, binding, ownBinding, ...rights] },
    );
    this.registerOutputs({ cluster, tags });
  }

  /** The pod's identity: looks at groups of nodes, and changes those of this cluster. */
  private identity(name: string, { place, cluster, tags }: AutoscalerArgs): pulumi.Resource[] {
    const child = { parent: this, provider: place.provider, deleteBeforeReplace: false };
    const role = makeRole(`${name}-role`, "pods.eks.amazonaws.com", [], tags, child);
    const policy = new aws.iam.RolePolicy(
      `${name}-role-policy`,
      {
        role: role.name,
        policy: pulumi.jsonStringify({
          Version: "2012-10-17",
          Statement: [
            {
              Effect: "Allow",
              Action: [
                "autoscaling:DescribeAutoScalingGroups",
                "autoscaling:DescribeAutoScalingInstances",
                "autoscaling:DescribeLaunchConfigurations",
                "autoscaling:DescribeScalingActivities",
                "autoscaling:DescribeTags",
                "ec2:DescribeImages",
                "ec2:DescribeInstanceTypes",
                "ec2:DescribeLaunchTemplateVersions",
                "ec2:GetInstanceTypesFromInstanceRequirements",
                "eks:DescribeNodegroup",
              ],
              Resource: "*",
            },
            {
              Effect: "Allow",
              Action: [
                "autoscaling:SetDesiredCapacity",
                "autoscaling:TerminateInstanceInAutoScalingGroup",
              ],
              Resource: "*",
              Condition: {
                StringEquals: { "aws:ResourceTag/eks:cluster-name": cluster },
              },
            },
          ],
        }),
      },
      child,
    );
    const association = new aws.eks.PodIdentityAssociation(
      `${name}-identity`,
      { clusterName: cluster, namespace, serviceAccount: app, roleArn: role.arn, tags },
      // A service account has one identity.
      { ...child, deleteBeforeReplace: true },
    );
    return [policy, association];
  }
}

const look = ["get", "list", "watch"];
const rules = [
  { apiGroups: [""], resources: ["events"], verbs: ["create", "patch"] },
  { apiGroups: [""], resources: ["pods/eviction"], verbs: ["create"] },
  { apiGroups: [""], resources: ["pods/status"], verbs: ["update"] },
  { apiGroups: [""], resources: ["nodes"], verbs: [...look, "update", "delete"] },
  {
    apiGroups: [""],
    resources: [
      "namespaces",
      "pods",
      "services",
      "replicationcontrollers",
      "persistentvolumeclaims",
      "persistentvolumes",
    ],
    verbs: look,
  },
  { apiGroups: ["batch"], resources: ["jobs", "cronjobs"], verbs: [...look, "patch"] },
  {
    apiGroups: ["apps"],
    resources: ["daemonsets", "replicasets", "statefulsets"],
    verbs: look,
  },
  { apiGroups: ["policy"], resources: ["poddisruptionbudgets"], verbs: look },
  {
    apiGroups: ["storage.k8s.io"],
    resources: [
      "storageclasses",
      "csinodes",
      "csidrivers",
      "csistoragecapacities",
      "volumeattachments",
    ],
    verbs: look,
  },
  {
    apiGroups: ["resource.k8s.io"],
    resources: ["deviceclasses", "resourceclaims", "resourceslices"],
    verbs: look,
  },
];

/** What it writes, in its own namespace: its status, and the lease that says which of two pods works. */
const ownRules = [
  // Rights to create know no names.
  { apiGroups: [""], resources: ["configmaps"], verbs: ["create"] },
  {
    apiGroups: [""],
    resources: ["configmaps"],
    resourceNames: [`${app}-status`],
    verbs: ["get", "update", "delete"],
  },
  { apiGroups: ["coordination.k8s.io"], resources: ["leases"], verbs: ["create"] },
  {
    apiGroups: ["coordination.k8s.io"],
    resources: ["leases"],
    resourceNames: [app],
    verbs: ["get", "update"],
  },
];
