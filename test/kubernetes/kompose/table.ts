import { total, type Findings } from "./score";

/** What a converter made of one Compose application. */
export interface Outcome {
  /** Why it made nothing. */
  readonly refused?: string;
  /** What the API server said of the objects that it did not accept. */
  readonly rejected: readonly string[];
  readonly findings: Findings;
  /** Those of objects that have a service's name. */
  readonly named: Findings;
}

export interface Row {
  readonly name: string;
  readonly services: number;
  readonly kompose: Outcome;
  readonly berth: Outcome;
}

const converters = ["kompose", "berth"] as const;
type Converter = (typeof converters)[number];

const converted = ({ refused }: Outcome): boolean => refused === undefined;
const accepted = (outcome: Outcome): boolean => converted(outcome) && outcome.rejected.length === 0;

/** The comparison as a page of Markdown. */
export function page(rows: readonly Row[], date: string, versions: string): string {
  return `# Berth and kompose

${versions}, on ${date}: what each makes of ${rows.length} Compose applications, which are the five examples and sixty that their projects publish. Made by \`npm run --silent bench:kompose > docs/kompose.md && npx prettier --write docs/kompose.md\`, after \`test/rig/install.sh kubernetes kompose\`; \`BERTH_CORPUS\` names the folder of the sixty.

- Converted: the converter ended well and made an object.
- Accepted: a real API server took every object (server-side dry run, strict field validation).
- Critical findings a service: all that kube-score calls critical, divided by the services of the Compose file; first of the objects that bear a service's name, then of all of them. Berth makes more: an edge with certificates, proxies before managed databases, network policies.

${totals(rows)}

What is left of ours is left on purpose. Official images start as root and write to their own file system, so that user ids and read-only roots are set only where the Compose file sets them. No limit of processor, memory or disk is made up for a service: Docker has none, and a pod that meets one is throttled or stopped. An image is pulled where it is missing, as Docker does, unless \`pull_policy\` says otherwise. Each init container that fills a volume from an image, as Docker does, counts like a service of its own. The Service and the policy without pods are those of cert-manager's challenges, whose pods come and go.

## Critical findings by check, of all objects

${byCheck(rows)}

## By application

${byApplication(rows)}
`;
}

function totals(rows: readonly Row[]): string {
  const cells = (cell: (converter: Converter) => string | number): string =>
    converters.map((converter) => ` ${cell(converter)} |`).join("");
  const with_ = (converter: Converter): readonly Row[] =>
    rows.filter((row) => converted(row[converter]));
  return [
    "| | kompose | Berth |",
    "| --- | --- | --- |",
    `| converted |${cells((one) => with_(one).length)}`,
    `| accepted |${cells((one) => rows.filter((row) => accepted(row[one])).length)}`,
    `| critical findings a service |${cells((one) => perService(with_(one), one, "named"))}`,
    `| the same, of all objects |${cells((one) => perService(with_(one), one, "findings"))}`,
  ].join("\n");
}

function perService(
  rows: readonly Row[],
  converter: Converter,
  which: "named" | "findings",
): string {
  const services = rows.reduce((sum, row) => sum + row.services, 0);
  const found = rows.reduce((sum, row) => sum + total(row[converter][which]), 0);
  return services === 0 ? "–" : (found / services).toFixed(1);
}

function byCheck(rows: readonly Row[]): string {
  const sums = new Map<string, Record<Converter, number>>();
  for (const row of rows)
    for (const converter of converters)
      for (const [check, number] of row[converter].findings) {
        const sum = sums.get(check) ?? { kompose: 0, berth: 0 };
        sums.set(check, { ...sum, [converter]: sum[converter] + number });
      }
  const lines = [...sums]
    .sort(([, a], [, b]) => b.kompose + b.berth - a.kompose - a.berth)
    .map(([check, { kompose, berth }]) => `| ${check} | ${kompose} | ${berth} |`);
  return ["| check | kompose | Berth |", "| --- | --- | --- |", ...lines].join("\n");
}

function byApplication(rows: readonly Row[]): string {
  const cell = (row: Row, converter: Converter): string => {
    const outcome = row[converter];
    if (!converted(outcome)) return `refused: ${plain(outcome.refused!)}`;
    const found = perService([row], converter, "named");
    const [first] = outcome.rejected;
    return first === undefined ? found : `${found}; not accepted: ${plain(first)}`;
  };
  const lines = rows.map(
    (row) => `| ${row.name} | ${row.services} | ${cell(row, "kompose")} | ${cell(row, "berth")} |`,
  );
  return [
    "| application | services | kompose: critical a service | Berth: critical a service |",
    "| --- | --- | --- | --- |",
    ...lines,
  ].join("\n");
}

/** A message on one line of a table, without colours, folders of this computer, and length. */
function plain(message: string): string {
  const text = message
    .replace(/\u001b\[[0-9;]*m/g, "")
    .replace(/(\/[\w.@+-]+)+\/(?=[\w.-])/g, "")
    .replace(/\s+/g, " ")
    .replaceAll("|", "\\|")
    .trim();
  return text.length <= 140 ? text : `${text.slice(0, 139)}…`;
}
