import type * as pulumi from "@pulumi/pulumi";

/** A machine that the state does not know. */
export interface Leftover {
  /** As the cloud calls it: `droplet 123456`. */
  readonly what: string;
  /** The command of the cloud's own program that deletes it. */
  readonly remove: string;
}

/**
 * Before a machine is created, asks the cloud for one of this stack: an update that was killed while it created its
 * machine leaves it behind, unknown to the state (decisions.md: leftover-machine). It costs, and on Google Cloud and
 * DigitalOcean holds the data disk. A replaced machine is deleted by then, so one that is found is a leftover. A person
 * decides about deleting it.
 *
 * @param find Returns undefined when no machine is found. An error counts as not found: the creation reports it better.
 */
export function refuseLeftover(
  find: () => Promise<Leftover | undefined>,
): pulumi.ResourceHookBinding {
  return {
    beforeCreate: [
      async () => {
        const left = await find().catch(() => undefined);
        if (left !== undefined)
          throw new Error(
            `machine: an interrupted update left ${left.what} behind, which the stack does not know; delete it (${left.remove}) and run pulumi up again, the data disk stays`,
          );
      },
    ],
  };
}
