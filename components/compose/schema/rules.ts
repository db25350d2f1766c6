import type { Join } from "../read/merge";
import type { PathRule } from "../read/paths";
import type { Rules } from "../../model/tree";
import type { Identity } from "../read/unique";
import { file } from "./schema";
import { key, type Row } from "./types";

/** What the rows of the schema say, by path through a Compose file, for the passes over its tree. */

function rulesOf<T>(pick: (row: Row) => T | undefined, row: Row = key(file)): Rules<T> {
  const below = new Map<string, Rules<T>>();
  for (const [name, inner] of row.type.below ?? []) {
    const rules = rulesOf(pick, inner);
    if (rules.rule !== undefined || rules.below.size > 0) below.set(name, rules);
  }
  return { rule: pick(row), below };
}

/** How a later file's values join earlier ones. */
export const joins = rulesOf<Join>(({ merge }) => merge.join);

/** What identifies the items of lists. */
export const identities = rulesOf<Identity>(({ merge }) => merge.unique);

/** Where a secret may stand. */
export const secrets = rulesOf(({ secret }) => secret || undefined);

/** Where paths stand. */
export const paths = rulesOf<PathRule>(({ path }) => (path === "none" ? undefined : path));

/** Where a short syntax may stand. */
export const longSyntax = rulesOf(({ type }) => type.toLong);

/** Where the reference writes out defaults. */
export const defaults = rulesOf(({ type }) => type.complete);

/** Where a list of `NAME=value` stands for a mapping. */
export const pairs = rulesOf(({ type }) => type.pairs);
