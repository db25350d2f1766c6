import { slug } from "../../model/units";
import { complain, type Context } from "../context";
import { imageOf } from "../images";
import type { Service, Volume } from "../plan";

/** Names that every JavaScript object has, which no record of services can tell from a service. */
export function checkReservedWords(context: Context): void {
  for (const name of Object.keys(context.app.services))
    if (name in Object.prototype)
      complain(context, `services.${name}`, `${name} is a reserved word; rename the service`);
}

/**
 * Names that would be those of another object. On a cluster Berth's own objects have names that begin with
 * `berth-`, which no service may answer to; two volumes whose names differ in case or signs only are one.
 */
export function checkNames(
  context: Context,
  services: readonly Service[],
  volumes: readonly Volume[],
): void {
  const cluster = context.settings.shape === "cluster";
  if (cluster)
    for (const { name, networks, compose } of services) {
      const own = [name, ...Object.values(networks).flat()].find((one) =>
        slug(one).startsWith("berth-"),
      );
      if (own !== undefined)
        complain(
          context,
          `services.${name}.${imageOf(context, name, compose) === undefined ? "build" : "image"}`,
          `${own} begins with berth-, which names on a cluster are Berth's own; call the service something else`,
        );
    }
  const taken = new Map<string, string>();
  for (const { name } of volumes) {
    const physical = cluster ? slug(name) : name.toLowerCase();
    const other = taken.get(physical);
    if (other !== undefined)
      complain(
        context,
        `volumes.${name}`,
        `${name} and ${other} would be one volume, ${physical}; rename one of them`,
      );
    taken.set(physical, name);
  }
}
