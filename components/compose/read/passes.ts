import * as schema from "../schema/rules";
import type { Context } from "./context";
import { merged } from "./merge";
import { below, rewrite, type Node } from "../../model/tree";
import { distinct } from "./unique";

/** What the loader does to a whole tree, by the rows of the schema. */

/** A whole file merged over what came before it. */
export function merge(base: Node, over: Node, context: Context): Node {
  return merged(base, over, [], context, schema.joins);
}

/** A service merged over the one that it extends. */
export function mergeService(base: Node, over: Node, name: string, context: Context): Node {
  const at = below(below(schema.joins, "services"), name);
  return merged(base, over, ["services", name], context, at);
}

/** The tree without duplicate list items: the last one stays, at the first one's position. */
export function unique(root: Node): Node {
  return rewrite(root, schema.identities, (identity, node) =>
    node.kind === "sequence" ? distinct(node, identity) : node,
  );
}

/** The tree in long syntax. */
export function toLongSyntax(root: Node): Node {
  return rewrite(root, schema.longSyntax, (toLong, node) => toLong(node));
}

/** The tree with the defaults that the reference writes out. */
export function withDefaults(root: Node): Node {
  return rewrite(root, schema.defaults, (complete, node) => complete(node));
}

/** The tree in long syntax with its relative paths made absolute. */
export function resolvePaths(root: Node, folder: string): Node {
  return rewrite(root, schema.paths, (path, node) => path(node, folder));
}
