import * as pulumi from "@pulumi/pulumi";

/** GiB of a size as clouds (`40`) and Kubernetes (`40Gi`) have it; undefined for what is none. */
export function sizeOf(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  const [, digits] = (typeof value === "string" && /^(\d+)Gi$/.exec(value)) || [];
  return digits === undefined ? undefined : Number(digits);
}

/**
 * Hooks that refuse a smaller size, in a preview too: clouds make no disk smaller, and their refusal would come in the
 * middle of an update.
 *
 * @param name Unique in the stack.
 * @param key The config key that has the size: `disk`.
 * @param read The size in the resource's inputs.
 */
export function growsOnly(
  name: string,
  key: string,
  read: (inputs: Record<string, unknown>) => unknown,
): pulumi.ResourceHookBinding {
  const refuse: pulumi.ResourceHookFunction = ({ oldInputs, newInputs }) => {
    const [was, now] = [oldInputs, newInputs].map((inputs) =>
      inputs === undefined ? undefined : sizeOf(read(inputs as Record<string, unknown>)),
    );
    if (was !== undefined && now !== undefined && now < was)
      throw new Error(
        `berth:${key}: ${now} GiB are less than the ${was} that are there, and a disk only grows; set it to ${was} or more`,
      );
  };
  return {
    beforeUpdate: [new pulumi.ResourceHook(`${name}-grows-only`, refuse, { onDryRun: true })],
  };
}
