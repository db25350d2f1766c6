import { lose, switchOf, tell, type Label, type Labels } from "./label";
import type { Reading } from "./reading";

const ofRouter = /^traefik\.((?:tcp|udp)\.routers\.[^.]+)\./;

/** Routers of TCP and UDP are no routes: ports are opened by `berth:openPorts`. */
export function tellTransport({ context, entryPoints }: Reading, labels: Labels): void {
  const all = labels.takeAll(/^traefik\.(tcp|udp)\./);
  for (const router of labels.names(ofRouter)) {
    const [protocol = "tcp", , name = ""] = router.split(".");
    const own = all.filter((label) => label.name.startsWith(`traefik.${router}.`));
    const at = own.find((label) => label.name.endsWith(".rule")) ?? own[0]!;
    const service = own.find((label) => label.name.endsWith(".service"))?.value ?? name;
    const ports = all.filter((label) => /\.loadbalancer\.server\.port$/.test(label.name));
    const port = (
      ports.find((label) => label.name.includes(`.services.${service.toLowerCase()}.`)) ?? ports[0]
    )?.value;
    const entry = own.find((label) => label.name.endsWith(".entrypoints"))?.value ?? "";
    // 80 and 443 are the edge's own.
    const outside = [entryPoints.portOf(entry), port].find(
      (each) => each !== undefined && !["80", "443"].includes(String(each)),
    );
    const without = lacks(own);
    const opened = context.settings.openPorts.some(
      (open) => open.service === labels.service && String(open.target ?? open.port) === port,
    );
    const value = `{ "${outside ?? "PORT"}${protocol === "udp" ? "/udp" : ""}": "${labels.service}:${port ?? "PORT"}" }`;
    const published = (context.app.services[labels.service]!.ports ?? []).some(
      (one) => String(one.target) === port && (one.protocol === "udp") === (protocol === "udp"),
    );
    if (opened && without === "") tell(context, at, "published through berth:openPorts");
    else if (opened) lose(context, at, `berth:openPorts opens the port to everyone${without}`);
    else if (published && without === "")
      tell(context, at, "no port is opened by labels; see what is said of the port itself");
    else
      lose(
        context,
        at,
        `no port is opened by labels; write berth:openPorts: ${value}${without === "" ? "" : `, which opens it to everyone${without}`}`,
      );
  }
}

/** What an open port lacks of its router. */
function lacks(router: readonly Label[]): string {
  const has = (pattern: RegExp): boolean => router.some(({ name }) => pattern.test(name));
  const passed = router.some(
    ({ name, value }) => name.endsWith(".tls.passthrough") && switchOf(value) === true,
  );
  const lost = [
    ...(has(/\.(middlewares|tls\.options)$/) ? ["these middlewares"] : []),
    ...(has(/\.tls(\.(certresolver|domains.*))?$/) && !passed ? ["TLS"] : []),
  ];
  return lost.length === 0 ? "" : `, without ${lost.join(" and ")}`;
}
