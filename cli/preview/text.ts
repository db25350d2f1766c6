import type { Notice } from "../../components/plan/plan";
import type { Changes } from "./changes";
import type { PreviewDocument } from "./document";
import { plural, resourceTree } from "./tree";

/** The plan for a person. */
export function toText(document: PreviewDocument, changes?: Changes): string {
  const { project, stack, cloud, shape, region, resources, services, notices } = document;
  const running = services.reduce((sum, { replicas }) => sum + replicas, 0);
  const unit = shape === "vm" ? "container" : "pod";
  return [
    `${project} ${stack}: ${cloud}, ${shape}${region === null ? "" : `, ${region}`}`,
    `${plural(resources.length, "resource")}; ${plural(services.length, "service")} in ${plural(running, unit)}`,
    ...section("Resources", resourceTree(document)),
    ...section("Databases", databaseLines(document)),
    ...section("URLs", urlLines(document)),
    ...section("Notices", notices.map(noticeLine)),
    ...section("Cost, USD a month", costLines(document)),
    ...(changes === undefined ? [] : section("Changes", changeLines(changes))),
    "",
  ].join("\n");
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ["", title, ...lines.map((line) => `  ${line}`)];
}

function databaseLines({ databases }: PreviewDocument): string[] {
  return columns(
    databases.map(({ service, engine, version, managed, host, port }) => [
      service,
      `${engine} ${version}`,
      managed ? "managed" : "container",
      `${host}:${port}`,
    ]),
  );
}

/** A route's URL; a wildcard, and a rule without a host, has none. */
export function addressOf({ url, host, path }: PreviewDocument["routes"][number]): string {
  return url === "" ? `${host === "" ? "*" : host}${path}` : url;
}

function urlLines({ routes }: PreviewDocument): string[] {
  return columns(routes.map((route) => [addressOf(route), `→ ${route.service}:${route.port}`]));
}

/** `loss: compose.yaml:14: web.devices: …` */
export function noticeLine({ level, service, key, file, line, message }: Notice): string {
  const place = file === null ? "" : `${file}:${line === null ? "" : `${line}:`} `;
  return `${level}: ${place}${service === null ? "" : `${service}.`}${key}: ${message}`;
}

function costLines({ cost }: PreviewDocument): string[] {
  const { unknown = [] } = cost;
  if (cost.items.length + unknown.length === 0) return ["nothing: it runs on what is here"];
  const rows = columns(
    [
      ...cost.items.map(({ resource, item, monthly }) => [resource, item, money(monthly)]),
      ...unknown.map(({ resource, item }) => [resource, item, "unknown"]),
      [
        "total",
        `before traffic and tax${unknown.length === 0 ? "" : ", and what is unknown"}`,
        money(cost.monthly),
      ],
    ],
    2,
  );
  return [...rows, ...priceLines({ cost })];
}

/** Of which day and regions the prices are, and what is not among them. */
export function priceLines({
  cost: { date, pricesOf, cheaper, notIncluded = [] },
}: Pick<PreviewDocument, "cost">): string[] {
  if (date === undefined) return [];
  const of =
    pricesOf === undefined ? "" : ` in ${pricesOf.join(", ")}, the stack's region has others`;
  return [
    `list prices of ${date}${of}`,
    ...(cheaper === undefined
      ? []
      : [
          `cheaper by ${money(cheaper.monthly)}: ${cheaper.key}: ${cheaper.value} still holds what the services reserve`,
        ]),
    ...(notIncluded.length === 0 ? [] : [`not included: ${notIncluded.join("; ")}`]),
  ];
}

export function money(amount: number): string {
  return amount.toFixed(2);
}

/** Rows in columns, one of them set to the right. */
function columns(rows: readonly (readonly string[])[], right = -1): string[] {
  const widths = (rows[0] ?? []).map((_, index) =>
    Math.max(...rows.map((row) => row[index]!.length)),
  );
  return rows.map((row) =>
    row
      .map((cell, index) =>
        index === right ? cell.padStart(widths[index]!) : cell.padEnd(widths[index]!),
      )
      .join("  ")
      .trimEnd(),
  );
}

const signs = { create: "+", update: "~", replace: "±", delete: "-" } as const;

export function changeLines(changes: Changes): string[] {
  const kinds = ["create", "update", "replace", "delete"] as const;
  const counts = kinds.map((kind) => `${changes[kind].length} to ${kind}`).join(", ");
  const { before, after, difference } = changes.cost;
  return [
    `against ${changes.against}: ${counts}`,
    ...kinds.flatMap((kind) =>
      changes[kind].map(({ type, name, properties }) =>
        [`${signs[kind]} ${type} ${name}`, properties.join(", ")].filter(Boolean).join(": "),
      ),
    ),
    ...changes.refused.map(({ name, message }) => `! refused: ${name}: ${message}`),
    ...(changes.secrets === null
      ? []
      : [`secrets are not compared, so that one that changed does not show: ${changes.secrets}`]),
    `cost: ${money(before)} → ${money(after)} (${difference < 0 ? "" : "+"}${money(difference)}) USD a month`,
  ];
}
