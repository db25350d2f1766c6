import { createHash } from "node:crypto";
import type { Plan } from "../plan/plan";

/**
 * A physical name that starts with the project and the stack: lower-case letters, digits and dashes,
 * first a letter. Longer than `max`, it is cut and ends in a hash of the whole, so that it stays unique.
 */
export function physicalName(prefix: string, role: string, max = 63): string {
  const whole = `${prefix}-${role}`
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, "-")
    .replace(/^[^a-z]+/, "")
    .replace(/-+$/, "");
  if (whole.length <= max) return whole;
  const hash = createHash("sha256").update(whole).digest("hex").slice(0, 6);
  return `${whole.slice(0, max - 7).replace(/-+$/, "")}-${hash}`;
}

/** The sibling of a resource that has its name from the same parent: `qa-machine` → `qa-network`. */
export function sibling(name: string, role: string): string {
  return name.replace(/[^-]*$/, role);
}

/** What every resource that can carry tags is tagged with. */
export function stackTags({ project, stack, settings }: Plan): Record<string, string> {
  return { project, stack, ...settings.tags };
}

/** A host's name inside a zone: `@` for the zone itself. */
export function nameInZone(host: string, zone: string): string {
  if (host === zone) return "@";
  return host.endsWith(`.${zone}`) ? host.slice(0, -zone.length - 1) : host;
}
