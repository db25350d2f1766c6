import type { Settings } from "../../settings/settings";
import type { Context } from "../context";
import type { Edge, Service } from "../plan";
import { hasOwnEdge, edgesOf } from "./own-edge";
import { checkOwnTraefik } from "./own-traefik";
import { refuseApart } from "./published-ports";

/** Besides its own, 8080 is where Traefik answers whether it is well. */
const edgePorts = ({ cloud, listen }: Settings): ReadonlySet<number> =>
  new Set([80, 443, 8080, ...(cloud === "local" ? [listen.http, listen.https] : [])]);

/** Open ports for which the load balancer of every cloud has room beside 80 and 443. */
const listeners = 48;

/** The edge, or null when a service of the Compose file is itself one (vm shape). */
export function planEdge(context: Context, services: readonly Service[]): Edge | null {
  const { app, settings } = context;
  const own = hasOwnEdge(app, settings);
  const openPorts = settings.openPorts.flatMap(({ port, protocol, service, target }) => {
    if (!own && protocol === "tcp" && edgePorts(settings).has(port)) {
      context.problems.push({
        key: `berth:openPorts.${port}`,
        message: `the edge itself listens on ${port}; take another port, or a route in berth:routes`,
      });
      return [];
    }
    const to = services.find(({ name }) => name === service);
    if (to !== undefined) {
      if (!own) refuseApart(context, to);
      return [{ port, protocol, service, target: target ?? port }];
    }
    context.problems.push({
      key: `berth:openPorts.${port}`,
      message: `no service ${service} in the Compose file; name one of ${services.map(({ name }) => name).join(", ")}`,
    });
    return [];
  });
  if (own) {
    checkOwnEdge(context, services);
    checkOwnTraefik(context);
    return null;
  }
  const local = settings.cloud === "local";
  if (settings.shape === "cluster" && !local && openPorts.length > listeners)
    context.notices.loss(
      null,
      "openPorts",
      `${openPorts.length} ports: each is a listener of the cloud's load balancer, which has ${listeners + 2} at most on AWS unless the account's quota is raised; open fewer, or take the vm shape`,
    );
  return {
    http: local ? settings.listen.http : 80,
    https: settings.tls.mode === "off" ? null : local ? settings.listen.https : 443,
    tls: settings.tls,
    openPorts,
    maintenancePage: settings.maintenancePage ?? maintenancePage,
  };
}

/** Config of Berth's edge, where the application's own stands in its place; each port of the host for one service. */
function checkOwnEdge({ app, settings, notices, problems }: Context, services: readonly Service[]) {
  const [name = ""] = edgesOf(app);
  if (settings.stated.has("routes"))
    problems.push({
      key: "berth:routes",
      message: `the service ${name} is the application's own edge (it publishes 80 or 443): routes are in its configuration; remove berth:routes, or label the service berth.edge: "false" and remove its ports`,
    });
  notices.info(
    name,
    "ports",
    "the application has its own edge, which is published as it is; certificates and routes are its own",
  );
  for (const [site, { serve }] of Object.entries(settings.sites))
    if (serve === "edge")
      problems.push({
        key: `berth:sites.${site}.serve`,
        message: `edge is Berth's edge, and the service ${name} is the application's own; set it to cdn, or serve the site from ${name}`,
      });
  const taken = new Map<string, string>();
  for (const service of services)
    for (const { host, ip = "", protocol } of service.published) {
      const port = `${ip}:${host}/${protocol}`;
      const other = taken.get(port);
      if (other !== undefined)
        problems.push({
          key: `services.${service.name}.ports`,
          message: `${host} is a port of ${other}, too; give one of them another published port`,
        });
      taken.set(port, service.name);
    }
}

const maintenancePage = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Back soon</title>
<style>
  body { font: 1.1rem/1.6 system-ui, sans-serif; display: grid; place-content: center; min-height: 90vh; margin: 0 2rem; color: #223; text-align: center }
  h1 { font-weight: 600; margin: 0 }
</style>
<h1>Back soon</h1>
<p>This service is being worked on. Please try again in a moment.</p>
</html>
`;
