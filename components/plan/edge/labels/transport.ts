import { lose, tell, type Labels } from "./label";
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
    const guarded = own.some((label) => /\.(middlewares|tls\.options)$/.test(label.name));
    const opened = context.settings.openPorts.some(
      (open) => open.service === labels.service && String(open.target ?? open.port) === port,
    );
    const value = `{ "${outside ?? "PORT"}${protocol === "udp" ? "/udp" : ""}": "${labels.service}:${port ?? "PORT"}" }`;
    if (!opened) lose(context, at, `no port is opened by labels; write berth:openPorts: ${value}`);
    else if (guarded)
      lose(context, at, "berth:openPorts opens the port to everyone, without these middlewares");
    else tell(context, at, "published through berth:openPorts");
  }
}
