import * as pulumi from "@pulumi/pulumi";
import type { Host } from "../host";
import { plainError } from "./engine-api";

/**
 * Whether this update calls Docker's API itself: waits until it answers, checks its disk, watches one-shots. A
 * preview does not; nor does an update with `BERTH_SKIP_DOCKER=true`, which changes the firewall alone
 * (`--target`) from where Docker cannot be reached.
 */
export function speaksToDocker(): boolean {
  return !pulumi.runtime.isDryRun() && process.env.BERTH_SKIP_DOCKER !== "true";
}

/** Refuses to create a container in an update that does not call Docker: its health would not be checked. */
export function refuseContainer({ plan }: Host): pulumi.ResourceHookBinding {
  return {
    beforeCreate: [
      () => {
        throw plainError(
          `BERTH_SKIP_DOCKER: it is set, and this update would make a container of ${plan.prefix}; unset it, or name what is to change with --target`,
        );
      },
    ],
  };
}
