import { engines } from "../../databases";
import type { Engine } from "../../databases/engine";
import { dnsSolvers } from "../../clouds/dns-solvers";
import { orList } from "../../model/schema";
import { complain, type Context } from "../context";
import { checkType, typeNamed } from "./machine-type";
import type { ClusterPlan, Database, Edge, Service } from "../plan";

/** The cluster, with the problems and notices that only a cluster has. */
export function planCluster(
  context: Context,
  region: string | null,
  operators: readonly string[],
  parts: {
    readonly services: readonly Service[];
    readonly databases: readonly Database[];
    readonly edge: Edge | null;
  },
): ClusterPlan | null {
  const { settings, catalog, problems } = context;
  if (settings.shape !== "cluster") return null;
  if (!catalog.can.cluster)
    problems.push({
      key: "berth:shape",
      message: `${settings.cloud} cannot make a cluster; set it to vm`,
    });
  checkImages(context, parts.services);
  checkQueues(context, parts.services, parts.databases);
  checkDnsProvider(context);
  checkAdmins(context);
  if (settings.cloud === "local") checkLocalCluster(context, parts);
  const { size, min, max } = settings.nodes;
  const nodeType = size === undefined ? catalog.nodeSize : typeNamed(catalog, region, size);
  if (settings.cloud !== "local") checkType(context, "berth:nodes.size", nodeType);
  const admins = settings.admins.filter((one) => catalog.admins?.pattern.test(one));
  return { nodeType, min, max, operators, admins };
}

/** Where the cloud lets others administer a cluster: who of `admins` it does not know, and that nobody is listed. */
function checkAdmins({ settings: { cloud, admins }, catalog, notices }: Context): void {
  if (catalog.admins === undefined) return;
  const { pattern, form, otherwise } = catalog.admins;
  if (admins.length === 0)
    notices.info(null, "admins", `${otherwise}; list who else, CI's role too`);
  for (const one of admins.filter((written) => !pattern.test(written)))
    notices.loss(null, "admins", `${cloud} gives ${one} no access; add ${form}, or remove it`);
}

/** An image that is built here has to get to where nodes pull it from. */
function checkImages(context: Context, services: readonly Service[]): void {
  const { settings, catalog, preview, notices } = context;
  const { registry, cloud } = settings;
  const named = typeof registry === "object" && "name" in registry;
  if (named && catalog.accountRegistry === undefined) {
    context.problems.push({
      key: "berth:registry.name",
      message: `${cloud} has no registry with a name; ${catalog.can.registry ? "remove registry for one of the stack's own, or " : ""}give server, username and password of another one`,
    });
    return;
  }
  const builds = services.some(({ image }) => "build" in image);
  if (registry === undefined && builds && catalog.accountRegistry !== undefined)
    notices.info(null, "registry", catalog.accountRegistry);
  if (catalog.can.registry || (registry !== undefined && registry !== "cloud")) return;
  if (registry === "cloud")
    context.problems.push({
      key: "berth:registry",
      message: `${cloud} has no registry; give server, username and password of one`,
    });
  const users = new Map<string, string[]>();
  for (const { image } of services)
    if ("build" in image)
      users.set(image.name, [...new Set([...(users.get(image.name) ?? []), image.service])]);
  for (const names of users.values()) {
    const [first = ""] = names;
    const named = names.map((name) => `berth:images.${name}`).join(", ");
    const message =
      cloud === "local"
        ? `what is built here does not reach the cluster; load the image (kind load docker-image, k3d image import, minikube image load) and name it in ${named}, or give berth:registry`
        : `a cluster pulls the image from a registry, and ${cloud} has none; give berth:registry, or name an image built in CI in ${named}`;
    if (preview) notices.loss(first, "build", message);
    else complain(context, `services.${first}.build`, message);
  }
}

const queueTitles = new Intl.ListFormat("en-GB", { type: "disjunction" }).format(
  Object.values<Engine>(engines).flatMap(({ queue, title }) => (queue === null ? [] : [title])),
);

function checkQueues(
  { problems }: Context,
  services: readonly Service[],
  databases: readonly Database[],
): void {
  const holdsQueues = (asked: string): boolean => {
    const engine =
      databases.find(({ service }) => service === asked)?.engine ??
      services.find(({ name }) => name === asked)?.engine;
    return engine !== undefined && engines[engine].queue !== null;
  };
  for (const { name, autoscale } of services) {
    const asked = autoscale?.queue?.service;
    if (asked === undefined || holdsQueues(asked)) continue;
    const holders = [
      ...services.map((service) => service.name),
      ...databases.map(({ service }) => service),
    ].filter(holdsQueues);
    problems.push({
      key: `berth:scale.${name}.queue.service`,
      message: `${asked} is not ${queueTitles}; name the service that holds the queue${holders.length === 0 ? "" : `: ${[...new Set(holders)].join(", ")}`}`,
    });
  }
}

function checkDnsProvider({ settings, problems }: Context): void {
  const { mode, dnsProvider, dnsVariables = {} } = settings.tls;
  if (dnsProvider === undefined || (mode !== "letsencrypt" && mode !== "staging")) return;
  const solver = dnsSolvers.get(dnsProvider);
  if (solver === undefined)
    problems.push({
      key: "berth:tls.dnsProvider",
      message: `a cluster gets certificates through ${orList([...dnsSolvers.keys()])}, not ${dnsProvider}; use one of them, or remove dnsProvider`,
    });
  for (const names of solver?.variables ?? [])
    if (!names.some((name) => name in dnsVariables))
      problems.push({
        key: "berth:tls.dnsVariables",
        message: `${dnsProvider} needs ${names[0]!}; give it here`,
      });
}

/** Notices for config that has no effect on an existing cluster. */
function checkLocalCluster(
  { settings, notices }: Context,
  { services, edge }: { readonly services: readonly Service[]; readonly edge: Edge | null },
): void {
  if (edge !== null && !settings.stated.has("listen"))
    notices.info(
      null,
      "listen",
      `the edge answers on ${edge.http} where the cluster gives Services of type LoadBalancer an address; elsewhere run the command of the output portForward`,
    );
  notices.info(
    null,
    "shape",
    "NetworkPolicies isolate networks; whether they are enforced depends on the cluster's network (k3d and kind since 0.24 do; minikube with --cni=calico)",
  );
  if (settings.stated.has("nodes"))
    notices.info(null, "nodes", "is ignored: the cluster exists already, with its own nodes");
  for (const { name, autoscale } of services)
    if (autoscale !== undefined && autoscale.queue === undefined)
      notices.info(
        null,
        `scale.${name}`,
        "the autoscaler needs metrics-server; where it is missing, as in kind, install it, or the minimum runs",
      );
}
