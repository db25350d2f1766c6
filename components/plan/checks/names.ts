import { slug } from "../../model/units";
import { complain, type Context } from "../context";
import { imageOf } from "../images";
import type { Service } from "../plan";

/** Names that every JavaScript object has, which no record of services can tell from a service. */
export function checkReservedWords(context: Context): void {
  for (const name of Object.keys(context.app.services))
    if (name in Object.prototype)
      complain(context, `services.${name}`, `${name} is a reserved word; rename the service`);
}

/** Berth's own objects on a cluster have names that begin with `berth-`: no service may answer to such a name. */
export function checkNames(context: Context, services: readonly Service[]): void {
  if (context.settings.shape !== "cluster") return;
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
}
