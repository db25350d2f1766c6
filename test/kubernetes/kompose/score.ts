import { spawnSync } from "node:child_process";
import type { KubernetesObject } from "../../rig/kube/api";

/** kube-score's word for what must not be: https://github.com/zegl/kube-score/blob/master/README_CHECKS.md. */
const critical = 1;

interface Scored {
  /** `Deployment/apps/v1/<namespace>/<name>`. */
  readonly object_name: string;
  readonly checks: readonly {
    readonly check: { readonly id: string };
    readonly grade: number;
    readonly skipped: boolean;
    /** What it finds, one by one; empty where there is nothing to add to the check's name. */
    readonly comments: readonly unknown[] | null;
  }[];
}

/** What kube-score says of objects. @throws Error where it cannot read them. */
export function score(program: string, objects: readonly KubernetesObject[]): readonly Scored[] {
  const { stdout, stderr } = spawnSync(
    program,
    ["score", "--output-format", "json", "--kubernetes-version", "v1.36", "-"],
    {
      encoding: "utf8",
      maxBuffer: 1 << 28,
      // As JSON: the `no` of one YAML is the false of another.
      input: objects.map((object) => JSON.stringify(object)).join("\n---\n"),
    },
  );
  // It ends with 1 where it finds anything, and with no list where it has read nothing.
  if (!stdout.trimStart().startsWith("[")) throw new Error(`kube-score: ${stderr.trim()}`);
  return JSON.parse(stdout) as Scored[];
}

export type Findings = ReadonlyMap<string, number>;

/**
 * What is critical, counted by check.
 *
 * @param of Names of objects that count. Default: all.
 */
export function count(scored: readonly Scored[], of?: ReadonlySet<string>): Findings {
  const found = new Map<string, number>();
  for (const { object_name, checks } of scored) {
    if (of !== undefined && !of.has(object_name.split("/").at(-1)!)) continue;
    for (const { check, grade, skipped, comments } of checks)
      if (grade === critical && !skipped)
        found.set(check.id, (found.get(check.id) ?? 0) + Math.max(1, comments?.length ?? 0));
  }
  return found;
}

export const total = (found: Findings): number =>
  [...found.values()].reduce((sum, one) => sum + one, 0);
