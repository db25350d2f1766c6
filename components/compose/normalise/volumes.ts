import * as path from "node:path";
import { get, mapping, scalar, type Node } from "../../model/tree";

/** A mount in long syntax. */
interface VolumeMount {
  readonly type: "bind" | "volume";
  readonly source?: string;
  readonly target: string;
  readonly read_only?: boolean;
  readonly bind?: {
    readonly create_host_path?: boolean;
    readonly propagation?: string;
    readonly selinux?: string;
  };
  readonly volume?: { readonly nocopy?: boolean };
}

const propagations = ["rprivate", "private", "rshared", "shared", "rslave", "slave"];

/**
 * Reads the short syntax of a mount: `[source:]target[:options]`. A source that starts with `.`, `/`
 * or `~`, or with a Windows drive, is a bind mount; any other is a named volume.
 *
 * @returns the mount, or what is wrong
 */
export function parseVolume(spec: string): VolumeMount | string {
  if (spec === "") return "is empty; write [source:]target[:options]";
  if (spec.length <= 2) return { type: "volume", target: spec };
  const fields = split(spec);
  if (fields.includes("")) return `"${spec}" has nothing between its colons; write source:target`;
  if (fields.length > 3) return `"${spec}" has too many colons; write [source:]target[:options]`;
  const [first, second, options] = fields as [string, string | undefined, string | undefined];
  const source = second === undefined ? undefined : first;
  const bind: { propagation?: string; selinux?: string } = {};
  let nocopy = false;
  let readOnly = false;
  for (const option of options?.split(",") ?? [])
    if (option === "ro") readOnly = true;
    else if (option === "rw") readOnly = false;
    else if (option === "nocopy") nocopy = true;
    else if (option === "z" || option === "Z") bind.selinux = option;
    else if (propagations.includes(option)) bind.propagation = option;
  const target = path.posix.normalize(second ?? first).replace(/(.)\/$/, "$1");
  const isBind = source !== undefined && isFilePath(source);
  return {
    type: isBind ? "bind" : "volume",
    ...(source === undefined ? {} : { source }),
    target,
    ...(readOnly ? { read_only: true } : {}),
    ...(isBind
      ? { bind: { ...bind, create_host_path: true } }
      : Object.keys(bind).length > 0
        ? { bind }
        : {}),
    ...(isBind && !nocopy ? {} : { volume: nocopy ? { nocopy } : {} }),
  };
}

/** The fields between colons; the colon of a Windows drive stays. */
function split(spec: string): string[] {
  const fields: string[] = [];
  let field = "";
  for (const char of spec)
    if (char !== ":" || /^[A-Za-z]$/.test(field)) field += char;
    else {
      fields.push(field);
      field = "";
    }
  return [...fields, field];
}

function isFilePath(source: string): boolean {
  return /^[./~]|^\\\\|^[A-Za-z]:/.test(source);
}

/** Where a mount's entry, short or long, puts it in the container. */
export function volumeTarget(item: Node): string | undefined {
  const target = item.kind === "mapping" ? get(item, "target") : undefined;
  if (target?.kind === "scalar") return target.text;
  if (item.kind !== "scalar") return undefined;
  const parsed = parseVolume(item.text);
  return typeof parsed === "string" ? undefined : parsed.target;
}

/** A plain value as a tree that stands where the short form stood. */
export function nodeOf(value: unknown, at: Node["at"]): Node {
  if (typeof value === "object" && value !== null)
    return mapping(
      at,
      Object.entries(value).map(([key, inner]) => [key, { at, value: nodeOf(inner, at) }]),
    );
  return scalar(at, value as string | number | boolean | null);
}
