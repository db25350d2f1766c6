import { imageParts } from "../../model/image-name";
import type { Service } from "../../plan/plan";
import type { Host } from "../host";

/** What makes a program read its configuration, and the names in it, once more, without an interruption. */
const reloads: readonly (readonly [RegExp, string])[] = [
  [/^(nginx|nginx-unprivileged|openresty|angie|tengine)$/, "nginx -s reload"],
  [/^(httpd|apache2?)$/, "httpd -k graceful || apachectl -k graceful"],
  [/^haproxy$/, "kill -USR2 1"],
];

/** Adds lines to the container's hosts, reloads, and takes them away again when the names have been looked up. */
const script = (reload: string): string =>
  `own=$(cat /etc/hosts) && printf '%s\\n' "$0" >>/etc/hosts && { ${reload}; }; sleep 1; printf '%s\\n' "$own" >/etc/hosts`;

/**
 * Makes a new container that looks names up once forget the old containers of the services that it follows
 * (decisions.md: follows). When it starts, both the old and the new ones answer to their names; the old ones are gone
 * soon after, and a request to their addresses would hang.
 *
 * @param name The new container's, whose label `berth.follows` has the ids of the new ones.
 */
export async function lookUpAgain(
  { engine }: Host,
  { image, follows }: Service,
  name: string,
): Promise<void> {
  const reload =
    "pull" in image
      ? reloads.find(([pattern]) => pattern.test(imageParts(image.pull).base))?.[1]
      : undefined;
  if (follows.length === 0 || reload === undefined) return;
  const own = await engine.inspect(name);
  const ids = (own?.Config.Labels?.["berth.follows"] ?? "").split(",").filter((id) => id !== "");
  const lines: string[] = [];
  for (const id of ids) {
    const found = await engine.inspect(id);
    for (const [network, { IPAddress, Aliases }] of Object.entries(
      found?.NetworkSettings?.Networks ?? {},
    ))
      if (own?.NetworkSettings?.Networks?.[network] !== undefined && IPAddress !== "")
        lines.push(`${IPAddress} ${(Aliases ?? []).join(" ")}`);
  }
  if (own === undefined || lines.length === 0) return;
  // The files of the system belong to root, as which not every image runs.
  await engine.exec(own.Id, ["sh", "-c", script(reload), lines.join("\n")], "0");
}
