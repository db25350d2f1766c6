import type { PreviewDocument, ResourceEntry } from "./document";

/** `docker:index/container:Container` as `docker Container`. */
export function kindOf(type: string): string {
  const [pkg = "", module_ = "", name = ""] = type.split(":");
  if (pkg === "pulumi") return `${name === "" ? module_ : name} provider`;
  return pkg === "berth" ? name : `${pkg} ${name}`;
}

/** The resources as a tree by component; what is not a component is counted by its type. */
export function resourceTree({ resources }: PreviewDocument): string[] {
  const children = new Map<string, ResourceEntry[]>();
  const urns = new Set(resources.map(({ urn }) => urn));
  for (const resource of resources) {
    const parent = urns.has(resource.parent) ? resource.parent : "";
    children.set(parent, [...(children.get(parent) ?? []), resource]);
  }
  return branch("", children);
}

function branch(
  urn: string,
  children: ReadonlyMap<string, readonly ResourceEntry[]>,
  indent = "",
): string[] {
  const all = children.get(urn) ?? [];
  const components = all.filter((child) => children.has(child.urn));
  const byType = new Map<string, ResourceEntry[]>();
  for (const leaf of all.filter((child) => !children.has(child.urn)))
    byType.set(leaf.type, [...(byType.get(leaf.type) ?? []), leaf]);
  const rows = [
    ...[...byType].map(([type, leaves]) => ({
      text: leafLine(type, leaves),
      below: [] as string[],
    })),
    ...components.map((component) => {
      const only = onlyLeaf(component.urn, children);
      const title = `${component.name} (${kindOf(component.type)}`;
      return only === undefined
        ? {
            text: `${title}, ${plural(size(component.urn, children), "resource")})`,
            below: branch(component.urn, children),
          }
        : { text: `${title}): ${leafLine(only.type, [only])}`, below: [] };
    }),
  ];
  return rows.flatMap(({ text, below }, index) => {
    const last = index === rows.length - 1;
    return [
      `${indent}${last ? "└─ " : "├─ "}${text}`,
      ...below.map((line) => `${indent}${last ? "   " : "│  "}${line}`),
    ];
  });
}

/** What a component has when that is one resource. */
function onlyLeaf(
  urn: string,
  children: ReadonlyMap<string, readonly ResourceEntry[]>,
): ResourceEntry | undefined {
  const [first, ...more] = children.get(urn) ?? [];
  return first === undefined || more.length > 0 || children.has(first.urn) ? undefined : first;
}

function leafLine(type: string, leaves: readonly ResourceEntry[]): string {
  const names = leaves.map(({ name, protect }) => (protect ? `${name} (protected)` : name));
  const list = names.length > 6 ? [...names.slice(0, 5), `${names.length - 5} more`] : names;
  return `${leaves.length} × ${kindOf(type)}: ${list.join(", ")}`;
}

/** How many resources stand below a component. */
function size(urn: string, children: ReadonlyMap<string, readonly ResourceEntry[]>): number {
  return (children.get(urn) ?? []).reduce((sum, child) => sum + 1 + size(child.urn, children), 0);
}

export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
