import type { Service as ComposeService } from "../../compose/app";
import { nearest } from "../../model/problem";
import type { Context } from "../context";

/** Labels that Berth reads. */
const own = ["backup", "cron", "edge", "follows", "job", "liveness"].map((name) => `berth.${name}`);

/** Programs that are steered by labels through Docker's socket, which a cluster does not have. */
const steering: readonly (readonly [RegExp, string])[] = [
  [/^caddy(_\d+)?(\.|$)/, "write the routes in berth:routes"],
  [/^ofelia\./, "label the service berth.cron with five cron fields"],
  [/^com\.centurylinklabs\.watchtower\./, "images change with npm run preview and pulumi up"],
  [/^autoheal(\.|$)/, "label the service berth.liveness"],
  [/^swag(\.|_|$)/, "write the routes in berth:routes"],
];

/** Notices for labels with a prefix of Berth's that it does not read, and for those that nothing reads on a cluster. */
export function checkLabels(
  { settings, notices }: Context,
  name: string,
  { labels = {} }: ComposeService,
): void {
  for (const label of Object.keys(labels)) {
    const key = `labels.${label}`;
    if (label.startsWith("berth.") && !own.includes(label)) {
      const near = nearest(label, own);
      notices.loss(
        name,
        key,
        `Berth reads no such label; ${near === undefined ? `its labels are ${own.join(", ")}` : `did you mean ${near}?`}`,
      );
    }
    const steered = steering.find(([pattern]) => pattern.test(label));
    if (settings.shape === "cluster" && steered !== undefined)
      notices.loss(name, key, `nothing reads it on a cluster; ${steered[1]}`);
  }
}
