import type { Position } from "../../model/problem";
import type { App } from "../app";

/** Cycles of `depends_on` and the like, each once, with the position of the key that closes it. */
export function findCycles(app: App): { names: string[]; at: Position | undefined }[] {
  const found: { names: string[]; at: Position | undefined }[] = [];
  const done = new Set<string>();
  const trail: string[] = [];
  const visit = (name: string): void => {
    const start = trail.indexOf(name);
    if (start >= 0) {
      const names = trail.slice(start);
      const first = names[0]!;
      found.push({
        names,
        at:
          app.positions.get(`services.${first}.depends_on.${names[1] ?? first}`) ??
          app.positions.get(`services.${first}`),
      });
      return;
    }
    if (done.has(name)) return;
    trail.push(name);
    for (const other of Object.keys(app.services[name]?.depends_on ?? {})) visit(other);
    trail.pop();
    done.add(name);
  };
  for (const name of Object.keys(app.services)) visit(name);
  return found;
}
