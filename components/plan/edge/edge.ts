import type { Settings } from "../../settings/settings";
import { isEdge, type Context } from "../context";
import type { Edge, Service } from "../plan";
import { refuseApart } from "./published-ports";

/** Besides its own, 8080 is where Traefik answers whether it is well. */
const edgePorts = ({ cloud, listen }: Settings): ReadonlySet<number> =>
  new Set([80, 443, 8080, ...(cloud === "local" ? [listen.http, listen.https] : [])]);

/** The edge, or null when a service of the Compose file is itself one (vm shape). */
export function planEdge(context: Context, services: readonly Service[]): Edge | null {
  const { settings } = context;
  const own = services.find(({ compose }) => isEdge(compose));
  if (own !== undefined && settings.shape === "vm") {
    if (settings.stated.has("routes"))
      context.problems.push({
        key: "berth:routes",
        message: `the service ${own.name} is the application's own edge (it publishes 80 or 443); remove its ports, or berth:routes`,
      });
    context.notices.info(
      own.name,
      "ports",
      "the application has its own edge, which is published as it is; certificates and routes are its own",
    );
    return null;
  }
  const openPorts = settings.openPorts.flatMap(({ port, protocol, service, target }) => {
    if (protocol === "tcp" && edgePorts(settings).has(port)) {
      context.problems.push({
        key: `berth:openPorts.${port}`,
        message: `the edge itself listens on ${port}; take another port, or a route in berth:routes`,
      });
      return [];
    }
    const to = services.find(({ name }) => name === service);
    if (to !== undefined) {
      refuseApart(context, to);
      return [{ port, protocol, service, target: target ?? port }];
    }
    context.problems.push({
      key: `berth:openPorts.${port}`,
      message: `no service ${service} in the Compose file; name one of ${services.map(({ name }) => name).join(", ")}`,
    });
    return [];
  });
  const local = settings.cloud === "local";
  return {
    http: local ? settings.listen.http : 80,
    https: settings.tls.mode === "off" ? null : local ? settings.listen.https : 443,
    tls: settings.tls,
    openPorts,
    maintenancePage: settings.maintenancePage ?? maintenancePage,
  };
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
