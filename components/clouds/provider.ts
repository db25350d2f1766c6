import * as pulumi from "@pulumi/pulumi";
import type { Plan } from "../plan/plan";
import type { CloudName } from "./list";
import type { Open } from "./cloud";

/**
 * The cloud's own namespace of the stack config as its provider's arguments: an explicit provider
 * ignores `aws:*`, `gcp:*` and `digitalocean:*`, so every key is handed on. Keys named in `structured`
 * are JSON there (booleans, numbers, lists, objects); all others are strings.
 */
export function providerArgs(
  cloud: CloudName,
  plan: Plan,
  open: Open,
  structured: readonly string[],
  /** Keys that are Berth's own business and no argument of the provider. */
  left: readonly string[] = [],
): Record<string, pulumi.Input<string>> {
  // Another cloud that only holds the DNS zone: the stack's config says nothing of it.
  if (plan.cloud !== cloud) return {};
  const given = Object.entries(plan.settings.provider)
    .filter(([key]) => !left.includes(key))
    .map(([key, text]) => [
      key,
      structured.includes(key)
        ? open(text).apply((value) => JSON.parse(value) as string)
        : open(text),
    ]);
  return Object.fromEntries(given) as Record<string, pulumi.Input<string>>;
}
