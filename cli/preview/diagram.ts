import type { Plan, Service } from "../../components/plan/plan";
import { legible } from "./document";

/** The plan as a Mermaid flowchart: routes, dependencies between services, and where data is. */
export function toDiagram(plan: Plan): string {
  const ids = new Map<string, string>();
  const id = (kind: string, name: string): string => {
    const key = `${kind}/${name}`;
    if (!ids.has(key)) ids.set(key, `n${ids.size}`);
    return ids.get(key)!;
  };
  const lines = ["flowchart LR"];
  const { routes, services, databases, volumes } = plan;
  const managed = databases.filter((database) => database.managed || database.url !== undefined);
  if (routes.length > 0) lines.push(`  ${id("world", "")}(("internet")) --> ${id("edge", "")}`);
  lines.push(`  subgraph ${id("cloud", "")}[${quoted(titleOf(plan))}]`);
  if (routes.length > 0) lines.push(`    ${id("edge", "")}{{"edge: Traefik"}}`);
  for (const service of services)
    lines.push(`    ${id("service", service.name)}[${quoted(labelOf(service))}]`);
  for (const { service, engine, version } of managed)
    lines.push(
      `    ${id("service", service)}[(${quoted(`${service}: managed ${engine} ${version}`)})]`,
    );
  for (const { name, size } of volumes)
    lines.push(`    ${id("volume", name)}[(${quoted(`${name}, ${size} GiB`)})]`);
  lines.push("  end");
  for (const { host, path, service } of routes) {
    const label = `${legible(host === "" ? "*" : host)}${path === "/" ? "" : path}`;
    lines.push(`  ${id("edge", "")} -->|${quoted(label)}| ${id("service", service)}`);
  }
  for (const { name, after } of services)
    for (const { service } of after)
      lines.push(`  ${id("service", name)} --> ${id("service", service)}`);
  for (const { service, users } of managed)
    for (const user of users) lines.push(`  ${id("service", user)} --> ${id("service", service)}`);
  for (const { name, users } of volumes)
    for (const user of users) lines.push(`  ${id("service", user)} --- ${id("volume", name)}`);
  return `${[...new Set(lines)].join("\n")}\n`;
}

function titleOf({ cloud, shape, region }: Plan): string {
  return [cloud, shape, region].filter((part) => part !== null).join(", ");
}

function labelOf({ name, replicas, rollout, autoscale, engine }: Service): string {
  const scaled = autoscale === undefined ? String(replicas) : `${autoscale.min}–${autoscale.max}`;
  const count = scaled === "1" ? "" : ` × ${scaled}`;
  const kind =
    rollout === "job" || rollout === "cron" || rollout === "daemon" ? `, ${rollout}` : "";
  return `${name}${count}${engine === undefined ? "" : `: ${engine}`}${kind}`;
}

function quoted(text: string): string {
  return `"${text.replaceAll('"', "#quot;")}"`;
}
