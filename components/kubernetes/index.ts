import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import type { Cluster, Database, Open } from "../clouds/cloud";
import { edgeTargets } from "../plan/edge/targets";
import type { Edge as EdgePlan, Plan, Service } from "../plan/plan";
import { aliasesOf, aliasLabels, makeAlias } from "./network/aliases";
import { makeClaims } from "./workloads/claims";
import { ManagedDatabase } from "./databases/databases";
import { Edge, edgeName } from "./edge/edge";
import { Images, makePullSecret } from "./images/images";
import type { ImageStore } from "./images/image-store";
import { Names, objectName, podOwner } from "./names";
import { Policies } from "./network/policies";
import { networkLabels } from "./network/labels";
import { makeScalers } from "./workloads/scaling";
import { options, ownLabels, type Scope } from "./scope";
import { makeSticky, stickyTargets } from "./edge/sticky";
import { Workload } from "./workloads/workload";

export { builtNames } from "./images/images";
export type { ImageStore } from "./images/image-store";

export interface ApplicationArgs {
  readonly plan: Plan;
  readonly cluster: Cluster;
  /** The cloud's own databases, by service. */
  readonly databases: ReadonlyMap<string, Database>;
  /** Where built images are pushed to. */
  readonly registry?: ImageStore;
  /** Opens a text with references into its value. */
  readonly open: Open;
  /** The first resource of the stack (decisions.md: guard). */
  readonly guard: pulumi.Resource;
}

/**
 * A plan on a cluster: one namespace with everything of the stack in it. Its name carries the cloud, and so does
 * every name below it (decisions.md: names-carry-the-cloud).
 */
export class Application extends pulumi.ComponentResource {
  /** Where each route answers that has one host, by the route's name. */
  readonly urls: pulumi.Output<Record<string, string>>;
  /** The public address of the edge; empty where the plan has none. */
  readonly address: pulumi.Output<string>;
  /** The command that forwards this computer's ports to the edge of a local cluster without load balancer addresses. */
  readonly portForward?: pulumi.Output<string>;
  readonly provider: kubernetes.Provider;

  constructor(name: string, args: ApplicationArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("berth:kubernetes:Application", name, {}, opts);
    const { plan, cluster, open, guard } = args;
    this.provider = new kubernetes.Provider(
      `${name}-provider`,
      {
        ...cluster.provider,
        ...(cluster.kubeconfig === undefined
          ? {}
          : { kubeconfig: pulumi.secret(cluster.kubeconfig) }),
        clusterIdentifier: cluster.identifier,
        enableServerSideApply: true,
        // Overwrites changes made by hand; without it, an update would stop at the conflict.
        enablePatchForce: true,
      },
      { parent: this, dependsOn: [guard, ...cluster.ready] },
    );
    const namespace = makeNamespace(name, plan, this.provider, this);
    let tlsProvider: tls.Provider | undefined;
    const scope: Scope = {
      name,
      plan,
      open,
      cluster,
      provider: this.provider,
      namespace: namespace.metadata.name,
      names: new Names(plan),
      tls: () => (tlsProvider ??= new tls.Provider(`${name}-tls`, {}, { parent: this })),
    };
    new Policies(scope, { parent: this });
    const scalers = makeScalers(scope, this);
    const pullSecrets = makePullSecret(scope, args.registry, this);
    const images = new Images(scope, args.registry, this);
    const claims = makeClaims(scope, this);
    const aliases = aliasesOf(plan);
    const settled = new Map<string, pulumi.Resource[]>();
    for (const alias of aliases) {
      const made = makeAlias(scope, alias, this);
      for (const owner of alias.owners) settled.set(owner, [...(settled.get(owner) ?? []), made]);
    }
    const databases = new Map(
      plan.databases
        .filter(({ managed }) => managed)
        .map((database) => [
          database.service,
          new ManagedDatabase(scope, database, args.databases.get(database.service), {
            parent: this,
          }).ready,
        ]),
    );
    for (const services of podsOf(plan)) {
      const [owner] = services;
      const inside = new Set(services.map((service) => service.name));
      const after = services
        .flatMap((service) => service.after)
        .map(({ service }) => podOwner(plan, service))
        .filter((service) => !inside.has(service))
        .flatMap((service) => settled.get(service) ?? [])
        .concat(
          plan.databases
            .filter(({ users }) => users.some((user) => inside.has(user)))
            .flatMap(({ service }) => databases.get(service) ?? []),
        );
      const { resource } = new Workload(
        scope,
        services,
        {
          claims,
          imageOf: images.of,
          pullSecrets,
          labelsOf: (service) => ({
            ...aliasLabels(aliases, podOwner(plan, service)),
            ...networkLabels(plan, service),
          }),
          scalers,
        },
        [...new Set(after)],
        { parent: this },
      );
      settled.set(owner.name, [...(settled.get(owner.name) ?? []), resource]);
    }

    this.address = pulumi.output("");
    if (plan.edge !== null) {
      const routed = edgeTargets(plan).map(({ service }) => podOwner(plan, service));
      const balancers = stickyTargets(plan).flatMap((target) => makeSticky(scope, target, this));
      const edge = new Edge(
        scope,
        {
          edge: plan.edge,
          balancer: cluster.edge,
          after: [
            ...[...new Set(routed)].flatMap((service) => settled.get(service) ?? []),
            ...balancers,
          ],
        },
        { parent: this },
      );
      this.address = edge.address;
      if (plan.cloud === "local") this.portForward = portForward(plan, plan.edge, scope.namespace);
    }
    const named = plan.routes.filter(({ url }) => url !== "");
    this.urls = pulumi
      .all(named.map(({ url }) => open(url)))
      .apply((urls) => Object.fromEntries(named.map((route, index) => [route.name, urls[index]!])));
    this.registerOutputs({ urls: this.urls, address: this.address });
  }
}

function portForward(
  { settings }: Plan,
  { http, https }: EdgePlan,
  namespace: pulumi.Output<string>,
): pulumi.Output<string> {
  const { context } = settings.provider;
  const at = context === undefined ? "" : ` --context ${context}`;
  const ports = [http, ...(https === null ? [] : [https])].join(" ");
  return pulumi.interpolate`kubectl${at} --namespace ${namespace} port-forward service/${edgeName} ${ports}`;
}

/** The stack's own namespace: what is in it may do what `baseline` allows (decisions.md: baseline-pods). */
function makeNamespace(
  name: string,
  plan: Plan,
  provider: kubernetes.Provider,
  parent: pulumi.Resource,
): kubernetes.core.v1.Namespace {
  return new kubernetes.core.v1.Namespace(
    `${name}-namespace`,
    {
      metadata: {
        name: objectName(plan.prefix),
        labels: {
          ...ownLabels(plan),
          "pod-security.kubernetes.io/enforce": "baseline",
          "pod-security.kubernetes.io/enforce-version": "latest",
        },
      },
    },
    // Deleting it deletes everything in it, data too.
    options({ provider }, parent, { protect: plan.settings.protect }),
  );
}

/** Services by pod: first the one whose pod it is, then those that share its network. */
function podsOf(plan: Plan): [Service, ...Service[]][] {
  return plan.services
    .filter((service) => podOwner(plan, service.name) === service.name)
    .map((owner) => [
      owner,
      ...plan.services.filter(
        (other) => other !== owner && podOwner(plan, other.name) === owner.name,
      ),
    ]);
}
