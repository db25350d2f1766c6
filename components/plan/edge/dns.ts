import { hasReference } from "../../model/reference";
import type { Context } from "../context";
import type { Plan, Route, Site } from "../plan";
import { shown } from "./urls";

/** Whether a zone holds a host: its own name, or one below it. */
export const inZone = (host: string, zone: string): boolean =>
  host === zone || host.endsWith(`.${zone}`);

/** The hosts of routes that need a record: names that the world looks up. */
export function publicHosts(routes: readonly Route[]): string[] {
  const hosts = routes.filter(({ internal }) => !internal).map(({ host }) => host);
  return [...new Set(hosts)].filter(
    (host) =>
      host !== "" &&
      host !== "*" &&
      !hasReference(host) &&
      host !== "localhost" &&
      !host.endsWith(".localhost"),
  );
}

/** Whether `berth:dns` makes the record of a host: in a zone that the stack's own cloud has. */
export function isRecorded({ settings, cloud }: Plan, host: string): boolean {
  const { dns } = settings;
  return dns?.cloud === cloud && inZone(host, dns.zone);
}

/** Notices for hosts that the zone of `berth:dns` does not hold: they get no record there. */
export function checkDns(
  { settings, notices }: Context,
  routes: readonly Route[],
  sites: readonly Site[],
): void {
  const { dns, cloud } = settings;
  if (dns === undefined) return;
  if (dns.cloud !== cloud) {
    notices.loss(
      null,
      "dns.cloud",
      `records are only created in the stack's own cloud; create those of the output records in ${dns.cloud}`,
    );
    return;
  }
  const hosts = [...publicHosts(routes), ...sites.flatMap(({ domain }) => domain ?? [])];
  const others = hosts.filter((host) => !inZone(host, dns.zone));
  if (others.length > 0)
    notices.loss(
      null,
      "dns.zone",
      `${others.join(", ")} ${others.length === 1 ? "is" : "are"} not in the zone ${dns.zone}, so no record is created there; create those of the output records where their zone is`,
    );
  else if (hosts.length === 0)
    notices.loss(
      null,
      "dns",
      `no route has a name in ${dns.zone}${routes.length === 0 ? "" : ` (${shown(routes[0]!.host)})`}, so no record is created; set berth:domain to a name in it`,
    );
}
