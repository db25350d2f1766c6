import type { Catalog } from "../../model/catalog";
import type { KeyName } from "../../settings/schema";
import type { Settings } from "../../settings/settings";
import { edgesOf, hasOwnEdge } from "../edge/own-edge";
import type { Context } from "../context";
import { info, loss, type Treatment } from "./treatment";

/** What decides whether a config key has an effect. */
interface Target {
  readonly settings: Settings;
  readonly catalog: Catalog;
  readonly cluster: boolean;
  readonly local: boolean;
  /** The service that is the application's own edge, where that serves it. */
  readonly edge?: string;
}

/** `part`: the part of the key that the notice is about. */
type Fate = (
  target: Target,
) => Treatment | (Exclude<Treatment, string> & { readonly part: string });

const honoured: Fate = () => "honoured";

/** Keys of a machine: `what` says where a cluster has the like. */
const ofMachine =
  (what: string): Fate =>
  ({ cluster, local }) =>
    cluster
      ? info(`has no effect on a cluster: ${what}`)
      : local
        ? info("has no effect on local, where the machine is this computer")
        : "honoured";

const ofEdge: Fate = ({ edge }) =>
  edge === undefined
    ? "honoured"
    : loss(
        `is for Berth's edge; the service ${edge} is the application's own edge: remove the key, or the service`,
      );

/** What becomes of every stated key of the config (decisions.md: accounting); the compiler asks for each. */
export const configKeys: Readonly<Record<KeyName, Fate>> = {
  cloud: honoured,
  shape: honoured,
  compose: honoured,
  profiles: honoured,
  location: ({ local }) =>
    local ? info("has no effect on local, which is this computer") : "honoured",
  machine: ofMachine("nodes.size is the size of its nodes"),
  disk: ofMachine("volumes.<name>.size is the size of each volume"),
  account: ({ local, catalog, settings: { cloud } }) =>
    local
      ? info("has no effect on local, which has no account")
      : catalog.account === undefined
        ? loss(
            `the account is not checked: credentials of ${cloud} do not name one; remove the key`,
          )
        : "honoured",
  operators: ({ local }) =>
    local ? info("has no effect on local, whose APIs are this computer's") : "honoured",
  admins: ({ cluster, local, catalog, settings: { cloud } }) =>
    local
      ? info("has no effect on local, whose cluster knows its own users")
      : !cluster
        ? info(
            "has no effect on a machine: who may read the stack's secrets, from an address of operators, may use it",
          )
        : catalog.admins === undefined
          ? loss(
              `gives nobody access: ${cloud} grants no single cluster; invite people into the team or project that has it, and remove the key`,
            )
          : "honoured",
  domain: ({ edge }) =>
    edge === undefined
      ? "honoured"
      : info(
          `has no effect: the service ${edge} is the application's own edge and knows its names`,
        ),
  listen: (target) =>
    target.local
      ? ofEdge(target)
      : info("has no effect on a cloud, where the edge listens on 80 and 443"),
  tls: ofEdge,
  routes: honoured,
  variables: honoured,
  secrets: honoured,
  volumes: ({ cluster }) =>
    cluster ? "honoured" : info("has no effect on a machine, whose volumes share its disk"),
  images: honoured,
  scale: honoured,
  databases: honoured,
  // planCluster (size/cluster.ts) says what becomes of it on local.
  nodes: ({ cluster }) =>
    cluster ? "honoured" : info("has no effect on a machine; machine is its size"),
  sites: honoured,
  // Sites on a CDN have their domains whatever the edge is.
  dns: (target) =>
    target.catalog.can.sites &&
    Object.values(target.settings.sites).some(
      ({ domain, serve }) => domain !== undefined && serve !== "edge",
    )
      ? "honoured"
      : ofEdge(target),
  registry: ({ cluster, settings: { registry } }) =>
    cluster || typeof registry !== "object" || "server" in registry
      ? "honoured"
      : loss(
          "a name has no effect on a machine, which builds its images itself; to pull from a registry give its server, username and password",
        ),
  openPorts: honoured,
  extends: honoured,
  monitoring: ({ settings: { monitoring, cloud }, cluster, local, catalog }) =>
    monitoring.alerts === undefined || (!cluster && catalog.can.alerts)
      ? "honoured"
      : {
          level: "loss",
          part: "alerts",
          message: cluster
            ? "no alerts are sent for a cluster; watch it with a service of your own"
            : `${local ? "local" : cloud} sends no alerts; watch the machine with datadogApiKey, or with a service of your own`,
        },
  // planBackups (backups/backups.ts) says what is not backed up, and why.
  backups: honoured,
  updates: ofMachine("its nodes are replaced by the cloud's upgrades"),
  tags: ({ local }) =>
    local ? info("has no effect on local, where nothing carries tags") : "honoured",
  timeouts: honoured,
  accept: honoured,
  maintenancePage: ofEdge,
  protect: honoured,
};

/** A notice for every stated key that has no effect on this stack, and for one that should be stated. */
export function accountConfig({ app, settings, catalog, notices }: Context): void {
  const own = hasOwnEdge(app, settings) ? edgesOf(app)[0] : undefined;
  const target: Target = {
    settings,
    catalog,
    cluster: settings.shape === "cluster",
    local: settings.cloud === "local",
    ...(own === undefined ? {} : { edge: own }),
  };
  for (const [key, fateOf] of Object.entries(configKeys)) {
    const fate = settings.stated.has(key) ? fateOf(target) : "honoured";
    if (fate === "honoured") continue;
    notices[fate.level](null, "part" in fate ? `${key}.${String(fate.part)}` : key, fate.message);
  }
  if (catalog.account !== undefined && settings.account === undefined)
    notices.info(
      null,
      "account",
      "the account of the credentials is not checked; set it, so that a wrong profile is refused",
    );
}
