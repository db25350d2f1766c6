import type { Context } from "../context";
import { engines } from "../../databases";
import type { Database, Service } from "../plan";

/**
 * The TCP ports on which services call each other, by the service called: images need not declare them for
 * Docker. As `name:port` in environments, commands and mounted files, and as two variables, one with the name and
 * one with the port (`SMTP_HOST`, `SMTP_PORT`).
 */
export function portsCalled(services: readonly Service[]): Map<string, Set<number>> {
  const byName = new Map<string, string[]>();
  for (const { name, networks } of services)
    for (const alias of new Set([name, ...Object.values(networks).flat()]))
      byName.set(alias, [...(byName.get(alias) ?? []), name]);
  const found = new Map<string, Set<number>>();
  const add = (host: string, port: number): void => {
    if (port < 1 || port > 65535) return;
    for (const service of byName.get(host) ?? [])
      found.set(service, (found.get(service) ?? new Set()).add(port));
  };
  for (const service of services) {
    for (const text of textsOf(service))
      for (const [, host, digits] of text.matchAll(/([A-Za-z0-9][A-Za-z0-9_.-]*):(\d{2,5})(?!\d)/g))
        add(host!, Number(digits));
    for (const [name, value] of Object.entries(service.environment)) {
      const port = service.environment[name.replace(hostPart, "PORT")] ?? "";
      if (hostPart.test(name) && /^\d{2,5}$/.test(port)) add(value, Number(port));
    }
  }
  return found;
}

const hostPart = /HOST(NAME)?$|SERVER$|ADDR(ESS)?$/;

function textsOf({ environment, compose, mounts }: Service): string[] {
  return [
    ...Object.values(environment),
    ...(compose.entrypoint ?? []),
    ...(compose.command ?? []),
    ...mounts.flatMap((mount) =>
      mount.kind === "files"
        ? mount.files.flatMap(({ content, binary }) => (binary ? [] : [content]))
        : [],
    ),
  ];
}

/**
 * On a cluster a name answers on the ports of its Service: those that the file declares or names, and an
 * engine's usual one. On Docker it answers on every port that its container listens on.
 */
export function checkPorts(
  { settings, notices }: Context,
  services: readonly Service[],
  databases: readonly Database[],
): void {
  if (settings.shape !== "cluster") return;
  const called = portsCalled(services);
  const managed = databases.filter((database) => database.managed);
  const guessed = [
    ...services
      .filter(({ ports }) => ports.length === 0)
      .map(({ name, engine }) => ({
        name,
        ports: [
          ...(engine === undefined ? [] : [engines[engine].port]),
          ...(called.get(name) ?? []),
        ],
      })),
    ...managed.map(({ service, port }) => ({ name: service, ports: [port] })),
  ].filter(({ ports }) => ports.length > 0);
  if (guessed.length === 0) return;
  const list = guessed.map(({ name, ports }) => `${name} ${[...new Set(ports)].join(" and ")}`);
  notices.info(
    null,
    "expose",
    `on a cluster a name answers on the ports that the file declares or names, or its engine has: ${list.join(", ")}; list what else is called in the service's expose`,
  );
}
