import { isRow } from "../../components/plan/accounting/account";
import { fileKeys, networkKeys, volumeKeys } from "../../components/plan/accounting/resource-keys";
import { loadedKeys, serviceKeys } from "../../components/plan/accounting/service-keys";
import type { Row, Treatment } from "../../components/plan/accounting/treatment";

const heads = ["key", "on a machine", "on a cluster"];

const intro = `# Compose support

What becomes of every key of a Compose file in each shape. Written by \`npm run docs\` from the tables in \`components/plan/accounting\`, which the program reports by: a key that is not honoured draws a notice in \`npm run preview\`, and a key that stands in no table is a loss by itself.

**yes**: honoured. **info**: something else happens, or nothing is lost. **loss**: the file asks for something that is not there; \`berth:accept\` silences the notice and says why.

What depends on values has notices of its own: which ports get a route, which bind mounts become volumes, what Traefik's labels ask for ([routes](traefik-labels.md)), and what a database that becomes managed takes along ([databases](databases.md)).
`;

/** docs/compose-support.md. */
export function composeSupport(): string {
  const parts: [string, Readonly<Record<string, unknown>>][] = [
    ["Services", serviceKeys],
    ["Networks", networkKeys as Readonly<Record<string, unknown>>],
    ["Volumes", volumeKeys as Readonly<Record<string, unknown>>],
    ["Secrets and configs", fileKeys as Readonly<Record<string, unknown>>],
  ];
  const sections = parts.map(
    ([title, rows]) =>
      `## ${title}\n\n${table(title === "Services" ? withLoaded(rows) : lines(rows))}`,
  );
  return `${intro}\n${sections.join("\n")}`;
}

function withLoaded(rows: Readonly<Record<string, unknown>>): string[][] {
  const loaded = Object.entries(loadedKeys).map(([key, into]) => [
    `\`${key}\``,
    `becomes ${into}`,
    `becomes ${into}`,
  ]);
  return [...lines(rows), ...loaded].sort(([a = ""], [b = ""]) => (a < b ? -1 : 1));
}

/** One line for each row of a table, its keys dotted. */
function lines(rows: unknown, path = ""): string[][] {
  const all = rows as Readonly<Record<string, unknown>>;
  if (isRow(all)) return [line(path, all)];
  if ("whole" in all) return [line(path, all["whole"] as Row)];
  if ("each" in all) return lines(all["each"], `${path}.<name>`);
  return Object.entries(all)
    .filter(([key]) => key !== "binary")
    .flatMap(([key, below]) => lines(below, path === "" ? key : `${path}.${key}`));
}

function line(path: string, { vm, cluster, when }: Row): string[] {
  const cell = (treatment: Treatment): string => {
    if (treatment === "honoured") return "yes";
    const { level, message } = treatment;
    return `${level}${when === undefined ? "" : ` (${when.text})`}: ${message}`;
  };
  return [`\`${path}\``, cell(vm), cell(cluster)];
}

/** A table as prettier sets it. */
export function table(rows: readonly (readonly string[])[]): string {
  const escaped = rows.map((row) =>
    row.map((cell) => cell.replaceAll("|", "\\|").replace(/<(\w+)>(?!.*`)/g, "\\<$1>")),
  );
  const widths = heads.map((head, column) =>
    Math.max(head.length, ...escaped.map((row) => row[column]!.length)),
  );
  const set = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column]!)).join(" | ")} |`;
  const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`;
  return `${[set(heads), rule, ...escaped.map(set)].join("\n")}\n`;
}
