import * as os from "node:os";
import * as path from "node:path";
import { get, getString, rewrite, scalar, withEntries, type Node } from "../../model/tree";

/** A path of a Compose file as an absolute one; `~` is the user's home. */
export function absolute(folder: string, file: string): string {
  if (file.startsWith("~")) return path.join(os.userInfo().homedir, file.slice(1));
  return path.isAbsolute(file) || /^[A-Za-z]:[\\/]|^\\\\/.test(file)
    ? file
    : path.join(folder, file).replace(/(.)\/$/, "$1");
}

/** Whether a build context is a URL or another service's image, not a folder. */
export function isRemote(context: string): boolean {
  return (
    context.includes("://") ||
    context.startsWith("service:") ||
    context.startsWith("github.com/") ||
    context.startsWith("git@")
  );
}

/** Makes the paths in a value in long syntax absolute, those relative to `folder`. */
export type PathRule = (node: Node, folder: string) => Node;

/** A file or folder. */
export const file: PathRule = (node, folder) =>
  node.kind === "scalar" && typeof node.value === "string" && node.value !== ""
    ? scalar(node.at, absolute(folder, node.value))
    : node;

/** A folder, unless it is a URL or another service's image. */
export const buildContext: PathRule = (node, folder) =>
  node.kind === "scalar" && isRemote(node.text) ? node : file(node, folder);

/** Each item of a list, or each value of a mapping. */
export function each(rule: PathRule): PathRule {
  return (node, folder) =>
    rewrite(node, { below: new Map([["*", { rule, below: new Map() }]]) }, (own, inner) =>
      own(inner, folder),
    );
}

function at(name: string, node: Node, folder: string): Node {
  const value = get(node, name);
  return node.kind !== "mapping" || value === undefined
    ? node
    : withEntries(node, { [name]: file(value, folder) });
}

/** The source of a bind mount. */
export const bindSource: PathRule = (node, folder) =>
  getString(node, "type") === "bind" ? at("source", node, folder) : node;

/** The folder of a named volume that is a bind mount. */
export const localDevice: PathRule = (node, folder) => {
  const options = get(node, "driver_opts");
  return node.kind === "mapping" &&
    options?.kind === "mapping" &&
    getString(node, "driver") === "local" &&
    getString(options, "o") === "bind"
    ? withEntries(node, { driver_opts: at("device", options, folder) })
    : node;
};
