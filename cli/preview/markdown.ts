import type { Changes } from "./changes";
import type { PreviewDocument } from "./document";
import { addressOf, changeLines, money, noticeLine, priceLines } from "./text";
import { kindOf, plural } from "./tree";

/** The plan for a pull request's comment. */
export function toMarkdown(document: PreviewDocument, changes?: Changes): string {
  const { project, stack, cloud, shape, region, resources, services, routes } = document;
  const kinds = new Map<string, number>();
  for (const { type } of resources) kinds.set(kindOf(type), (kinds.get(kindOf(type)) ?? 0) + 1);
  return [
    `## ${project} ${stack}: ${cloud}, ${shape}${region === null ? "" : `, ${region}`}`,
    "",
    `${plural(resources.length, "resource")}, ${plural(services.length, "service")}, ${money(document.cost.monthly)} USD a month.`,
    ...(changes === undefined ? [] : ["", "### Changes", "", "```diff", ...diff(changes), "```"]),
    ...table(
      "Services",
      ["service", "replicas", "rollout"],
      services.map(({ name, replicas, rollout }) => [name, String(replicas), rollout]),
    ),
    ...table(
      "URLs",
      ["URL", "service"],
      routes.map((route) => [addressOf(route), `${route.service}:${route.port}`]),
    ),
    ...table(
      "Databases",
      ["service", "engine", "where", "address"],
      document.databases.map(({ service, engine, version, managed, host, port }) => [
        service,
        `${engine} ${version}`,
        managed ? "managed" : "container",
        `${host}:${port}`,
      ]),
    ),
    ...table(
      "Cost",
      ["resource", "item", "USD a month"],
      [
        ...document.cost.items.map(({ resource, item, monthly }) => [
          resource,
          item,
          money(monthly),
        ]),
        ...(document.cost.unknown ?? []).map(({ resource, item }) => [resource, item, "unknown"]),
      ],
    ),
    ...priceLines(document).flatMap((line) => ["", `${line}.`]),
    ...(document.notices.length === 0 ? [] : ["", "### Notices", ""]),
    ...document.notices.map((notice) => `- ${escaped(noticeLine(notice))}`),
    "",
    "<details><summary>Resources</summary>",
    "",
    ...[...kinds].map(([kind, count]) => `- ${count} × ${escaped(kind)}`),
    "",
    "</details>",
    "",
  ].join("\n");
}

function table(
  title: string,
  head: readonly string[],
  rows: readonly (readonly string[])[],
): string[] {
  if (rows.length === 0) return [];
  const line = (cells: readonly string[]): string => `| ${cells.map(escaped).join(" | ")} |`;
  return ["", `### ${title}`, "", line(head), line(head.map(() => "---")), ...rows.map(line)];
}

function escaped(text: string): string {
  return text.replace(/[|<>]/g, (sign) => ({ "|": "\\|", "<": "&lt;", ">": "&gt;" })[sign]!);
}

/** `diff` colours lines by their first sign. */
function diff(changes: Changes): string[] {
  return changeLines(changes).map((line) => line.replace(/^([~±])/, "!"));
}
