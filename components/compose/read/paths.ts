import * as os from "node:os";
import * as path from "node:path";
import { get, getString, mapping, rewrite, rules, scalar, withEntries, type Node } from "./tree";

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

/** The canonical tree with its relative paths made absolute. */
export function resolvePaths(root: Node, folder: string): Node {
  const file = (node: Node): Node =>
    node.kind === "scalar" && typeof node.value === "string" && node.value !== ""
      ? scalar(node.at, absolute(folder, node.value))
      : node;
  const context = (node: Node): Node =>
    node.kind === "scalar" && isRemote(node.text) ? node : file(node);
  const key =
    (name: string, convert: (node: Node) => Node) =>
    (node: Node): Node => {
      const value = get(node, name);
      return node.kind !== "mapping" || value === undefined
        ? node
        : withEntries(node, { [name]: convert(value) });
    };
  const bind = key("source", file);
  const localVolume = (node: Node): Node => {
    const opts = get(node, "driver_opts");
    return node.kind === "mapping" &&
      opts?.kind === "mapping" &&
      getString(node, "driver") === "local" &&
      getString(opts, "o") === "bind"
      ? withEntries(node, { driver_opts: key("device", file)(opts) })
      : node;
  };
  return rewrite(
    root,
    rules<(node: Node) => Node>({
      "configs.*.file": file,
      "secrets.*.file": file,
      "services.*.build.additional_contexts": (node) =>
        node.kind === "mapping"
          ? mapping(
              node.at,
              [...node.entries].map(([name, entry]) => [
                name,
                { at: entry.at, value: context(entry.value) },
              ]),
            )
          : node,
      "services.*.build.context": context,
      "services.*.develop.watch.*.path": file,
      "services.*.env_file.*.path": file,
      "services.*.label_file.*": file,
      "services.*.volumes.*": (node) => (getString(node, "type") === "bind" ? bind(node) : node),
      "volumes.*": localVolume,
    }),
  );
}
