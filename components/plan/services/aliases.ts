import type { Context } from "../context";
import type { Database, Service } from "../plan";

/** What has names that others call: a service, or a database of the cloud's under its Compose name. */
interface Named {
  readonly name: string;
  /** Network → the names it answers to there. */
  readonly networks: Readonly<Record<string, readonly string[]>>;
}

/**
 * Notices for names that reach further than in Docker Compose: a link's name is valid on the whole network, and a
 * cluster has one name for all networks.
 */
export function checkAliases(
  context: Context,
  services: readonly Service[],
  databases: readonly Database[],
): void {
  checkLinks(context);
  if (context.settings.shape !== "cluster") return;
  const named: Named[] = [
    ...services,
    ...databases
      .filter(({ managed }) => managed)
      .map(({ service, networks }) => ({ name: service, networks })),
  ];
  checkLocalhost(context, services);
  for (const one of named)
    for (const [network, aliases] of Object.entries(one.networks))
      for (const alias of aliases)
        if (alias !== one.name) checkAlias(context, named, one, network, alias);
}

/** One pod restarts all of its containers, so what ends has another. */
function checkLocalhost({ notices }: Context, services: readonly Service[]): void {
  const ends = ({ rollout }: Service): boolean => rollout === "job" || rollout === "cron";
  for (const service of services) {
    const owner = services.find(({ name }) => name === service.sharesNetworkOf);
    if (owner !== undefined && (ends(service) || ends(owner)))
      notices.loss(
        service.name,
        "network_mode",
        `it has a pod of its own on the networks of ${owner.name}, because one of them ends: call ${owner.name} by its name, not localhost`,
      );
  }
}

function checkLinks({ app, notices }: Context): void {
  const targets = new Map<string, Set<string>>();
  for (const { links = [] } of Object.values(app.services))
    for (const [service, alias] of links.map((link) => link.split(":")))
      if (service !== undefined && alias !== undefined)
        targets.set(alias, (targets.get(alias) ?? new Set()).add(service));
  for (const [name, { links = [] }] of Object.entries(app.services))
    for (const alias of links.map((link) => link.split(":")[1])) {
      const meant = [...(targets.get(alias ?? "") ?? [])];
      if (alias === undefined || meant.length < 2) continue;
      notices.loss(
        name,
        "links",
        `${alias} is a name of ${meant.join(" and of ")}, and a name is one for all services: it leads to either; give each a name of its own`,
      );
    }
}

function checkAlias(
  { notices }: Context,
  named: readonly Named[],
  { name, networks }: Named,
  network: string,
  alias: string,
): void {
  const key = `networks.${network}.aliases`;
  const holds = (one: Named): string[] =>
    Object.keys(one.networks).filter((at) => one.networks[at]!.includes(alias));
  const mine = holds({ name, networks });
  const others = named.filter((one) => one.name !== name && holds(one).length > 0);
  const owner = others.find((one) => one.name === alias);
  const elsewhere = others.find((one) => holds(one).join(" ") !== mine.join(" "));
  if (owner !== undefined)
    notices.loss(
      name,
      key,
      `on a cluster ${alias} leads to the service of that name alone; give ${name} another alias`,
    );
  else if (elsewhere !== undefined)
    notices.loss(
      name,
      key,
      `on a cluster a name is one for all networks, and ${alias} is ${elsewhere.name}'s on another: some calls would meet the wrong one; give each a name of its own`,
    );
  else if (mine.length < Object.keys(networks).length)
    notices.info(
      name,
      key,
      `on a cluster a name is the same on all networks: ${alias} is ${name}'s on each that it is on`,
    );
}
