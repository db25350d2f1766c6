import type { App } from "../compose/app";
import type { Problem } from "../model/problem";
import type { Settings } from "../settings/settings";
import { account } from "./accounting/account";
import { accountConfig } from "./accounting/config-keys";
import { checkAliases } from "./services/aliases";
import { planBackups } from "./backups/backups";
import { planCluster } from "./size/cluster";
import type { Context } from "./context";
import { checkNodeFit } from "./size/node-fit";
import { capacityOf, checkType, typeNamed } from "./size/machine-type";
import { planCost } from "./size/cost";
import { checkQuotas } from "./size/quotas";
import { planDatabases, readHosts } from "./databases/databases";
import { checkDockerLimits, fitProcessors } from "./checks/docker-limits";
import { checkManaged } from "./databases/managed";
import { planMonitoring } from "./services/monitoring";
import { buildersOf, buildOf } from "./images";
import { Notices } from "./notices";
import type { Catalog } from "../model/catalog";
import { machineDefaults } from "../model/machine-defaults";
import type { Edge, Machine, Plan, Service } from "./plan";
import { checkClientAddresses } from "./checks/client-addresses";
import { checkHostNetworks } from "./checks/host-network";
import { checkNames, checkReservedWords } from "./checks/names";
import { checkOwnUrls } from "./checks/own-url";
import { checkPods } from "./checks/pods";
import { checkPorts } from "./services/ports";
import { fitMemory } from "./services/rollout";
import { checkDns } from "./edge/dns";
import { planEdge } from "./edge/edge";
import { isEdge } from "./edge/own-edge";
import { checkReplacedEdges } from "./edge/replaced-edge";
import { planRoutes } from "./edge/routes";
import { edgeTargets } from "./edge/targets";
import { domainOf, urlOf } from "./edge/urls";
import { planSites } from "./edge/sites";
import { FolderVolumes } from "./services/folder-volumes";
import { loopback } from "./services/published";
import { planService } from "./services/services";
import { planNetworks, planVolumes } from "./services/storage";
import { checkUnused } from "./checks/unused";
import { slug } from "../model/units";

/** What was found on this computer besides the Compose files. */
export interface PlanInputs {
  /** Files that are named and missing on this computer; each draws a notice of level `loss`. */
  readonly absent?: readonly Problem[];
  readonly preview?: boolean;
  /** What stands in the folder of each site, by absolute path. */
  readonly siteFiles?: App["files"];
}

/**
 * Brings an App and Settings together. Pure: no I/O, and the same plan for the same input. All
 * problems are collected; with any, there is no plan.
 *
 */
export function plan(
  app: App,
  settings: Settings,
  catalog: Catalog,
  { absent = [], preview = false, siteFiles = {} }: PlanInputs = {},
): { plan?: Plan; problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const notices = new Notices(app, settings);
  const builders = buildersOf(app);
  const context: Context = {
    app,
    settings,
    catalog,
    builders,
    folders: new FolderVolumes(app, (name) =>
      buildOf({ app, settings, builders }, name, app.services[name]!),
    ),
    notices,
    problems,
    preview,
  };
  checkReservedWords(context);
  if (problems.length > 0) return { problems };
  checkPods(context);
  accountConfig(context);
  for (const { key, message } of absent) {
    const service = Object.keys(app.services).find((name) => key.startsWith(`services.${name}.`));
    const rest = service === undefined ? key : key.slice(`services.${service}.`.length);
    notices.loss(service ?? null, rest, message);
  }

  const all = inOrder(
    Object.entries(app.services)
      .filter(([name, compose]) => settings.shape === "vm" || !isEdge(name, compose))
      .map(([name, compose]) => planService(context, name, compose)),
  );
  const databases = planDatabases(context, all);
  checkManaged(context, databases);
  const managed = new Set(databases.filter((one) => one.managed).map(({ service }) => service));
  const variables = readHosts(databases, context);
  let services: readonly Service[] = all
    .filter(({ name }) => !managed.has(name))
    .map((service) => ({
      ...service,
      environment: { ...service.environment, ...variables.get(service.name) },
      after: service.after.filter(({ service: other }) => !managed.has(other)),
    }));

  const edge = planEdge(context, services);
  const domain = domainOf(settings);
  const placed = planSites(context, siteFiles, domain);
  services = [...services, ...placed.services, ...planMonitoring(context)];
  const routes =
    edge === null
      ? []
      : [
          ...planRoutes(context, services),
          ...placed.routes.map((route) => ({ ...route, url: urlOf(settings, route.host, "/") })),
        ];
  checkReplacedEdges(context, services, routes);
  checkOwnUrls(context, services, routes);
  checkClientAddresses(context, services, routes);
  checkHostNetworks(context, services, edge === null);
  if (edge !== null || placed.sites.some(({ domain }) => domain !== undefined))
    checkDns(context, routes, placed.sites);
  if (edge !== null) services = services.map((service) => withRoutedPorts(service, routes));
  const region =
    settings.cloud === "local" ? null : (settings.region ?? catalog.regions[settings.location]);
  const operators = anywhere(context);
  const machine = planMachine(context, region, operators, services, edge);
  checkDockerLimits(context, services);
  if (machine !== null) {
    const { cpus, memory } = capacityOf(catalog, machine.type, "vm");
    if (memory !== undefined) services = fitMemory(context, services, memory * 1024);
    if (cpus !== undefined) services = fitProcessors(context, services, cpus);
  }

  const cluster = planCluster(context, region, operators, { services, databases, edge });
  if (cluster !== null) checkNodeFit(context, services, cluster);
  const volumes = planVolumes(context, services);
  account(context, managed, services, volumes);
  checkNames(context, services);
  checkUnused(context, volumes);
  checkAliases(context, services, databases);
  checkPorts(context, services, databases);
  const backups = planBackups(context, services, volumes);
  checkQuotas(context, machine, cluster, volumes);
  const { sites } = placed;
  if (problems.length > 0) return { problems };
  return {
    problems,
    plan: {
      project: settings.project,
      stack: settings.stack,
      cloud: settings.cloud,
      shape: settings.shape,
      location: settings.location,
      region,
      prefix: `${slug(app.name)}-${slug(settings.stack)}`,
      app,
      settings,
      services,
      networks: planNetworks(context, services),
      volumes,
      databases,
      edge,
      routes,
      generated: Object.entries(settings.secrets)
        .filter(([, secret]) => typeof secret === "object")
        .map(([name]) => name),
      sites,
      machine,
      cluster,
      backups,
      notices: notices.all(),
      cost: planCost(
        { region, machine, cluster, databases, services, volumes, sites, backups },
        catalog,
        settings,
      ),
    },
  };
}

/** Each service after all that it waits for; the loader has refused cycles. */
function inOrder(services: readonly Service[]): Service[] {
  const byName = new Map(services.map((service) => [service.name, service]));
  const ordered = new Set<Service>();
  const visiting = new Set<string>();
  const visit = (service: Service): void => {
    if (ordered.has(service) || visiting.has(service.name)) return;
    visiting.add(service.name);
    for (const { service: name } of service.after) {
      const other = byName.get(name);
      if (other !== undefined) visit(other);
    }
    const host = byName.get(service.sharesNetworkOf ?? "");
    if (host !== undefined) visit(host);
    ordered.add(service);
  };
  services.forEach(visit);
  return [...ordered];
}

function withRoutedPorts(service: Service, routes: Plan["routes"]): Service {
  const known = new Set(service.ports.map(({ port }) => port));
  const more = edgeTargets({ edge: null, routes })
    .filter((target) => target.service === service.name && !known.has(target.port))
    .map(({ port }) => port);
  if (more.length === 0) return service;
  return {
    ...service,
    ports: [
      ...service.ports,
      ...[...new Set(more)].map((port) => ({ port, protocol: "tcp" as const })),
    ],
  };
}

function planMachine(
  context: Context,
  region: string | null,
  operators: readonly string[],
  services: readonly Service[],
  edge: Edge | null,
): Machine | null {
  const { settings, catalog } = context;
  if (settings.shape !== "vm" || settings.cloud === "local") return null;
  const type = typeNamed(catalog, region, settings.machine);
  checkType(context, "berth:machine", type);
  const own = services.flatMap(({ published }) =>
    published
      .filter((one) => !loopback(one))
      .map(({ host, protocol }) => ({ port: host, protocol })),
  );
  const ports: Machine["ports"] = edge === null ? own : [...webPorts(edge), ...edge.openPorts];
  return {
    type,
    disk: settings.disk,
    ports: ports.map(({ port, protocol }) => ({ port, protocol })),
    operators,
    grace: Math.max(machineDefaults.grace, ...services.map(({ grace }) => grace)),
  };
}

function webPorts({ http, https }: Edge): Machine["ports"] {
  const ports = https === null ? [http] : [http, https];
  return ports.map((port) => ({ port, protocol: "tcp" }));
}

/** Who reaches the APIs of Docker and Kubernetes; `anywhere` is every address (decisions.md: operators). */
function anywhere({ settings, notices }: Context): readonly string[] {
  if (settings.operators !== "anywhere") return settings.operators;
  if (!settings.stated.has("operators")) return ["0.0.0.0/0", "::/0"];
  notices.info(
    null,
    "operators",
    `anywhere: every address can reach the API; only the client's certificate protects it`,
  );
  return ["0.0.0.0/0", "::/0"];
}
