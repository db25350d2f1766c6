import type { Service as ComposeService } from "../../compose/app";
import { imageParts } from "../../model/image-name";
import { complain, type Context } from "../context";
import { imageOf } from "../images";
import { upstreamsOf } from "./upstreams";

/** Images whose program looks a name up when it starts, and calls that address from then on. */
const lookUpOnce =
  /^(nginx|nginx-unprivileged|openresty|angie|tengine|httpd|apache2?|haproxy|varnish|lighttpd)$/;

/**
 * The services that a service is replaced with on a machine, as it looks their names up once
 * (decisions.md: follows): what the configuration of a web server or proxy passes requests on to, or what
 * the label `berth.follows` names, separated by commas. None in the other direction of a `depends_on`.
 */
export function planFollows(context: Context, name: string, compose: ComposeService): string[] {
  const { app, settings } = context;
  if (settings.shape !== "vm") return [];
  const label = compose.labels?.["berth.follows"];
  if (label !== undefined) {
    const named = label
      .split(",")
      .map((one) => one.trim())
      .filter((one) => one !== "");
    for (const other of named)
      if (other === name || !(other in app.services) || waitsFor(context, other, name))
        complain(
          context,
          `services.${name}.labels.berth.follows`,
          `${other} ${other in app.services && other !== name ? `waits for ${name}, so it cannot be followed` : "is not another service of the file"}; name services that ${name} calls`,
        );
    return named;
  }
  const { base } = imageParts(imageOf(context, name, compose) ?? "");
  if (!lookUpOnce.test(base)) return [];
  return upstreamsOf(app, name, compose)
    .map(({ service }) => service)
    .filter((other) => !waitsFor(context, other, name));
}

/** Whether a service starts after another one, directly or not. */
function waitsFor({ app }: Context, service: string, other: string): boolean {
  const seen = new Set<string>();
  const visit = (name: string): boolean => {
    if (name === other) return true;
    if (seen.has(name)) return false;
    seen.add(name);
    const { depends_on = {}, network_mode = "" } = app.services[name] ?? {};
    const shared = /^service:(.+)$/.exec(network_mode)?.[1];
    return [...Object.keys(depends_on), ...(shared === undefined ? [] : [shared])].some(visit);
  };
  return visit(service);
}
