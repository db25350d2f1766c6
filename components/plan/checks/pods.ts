import { isIP } from "node:net";
import type { Service as ComposeService } from "../../compose/app";
import { allowedCapabilities, capability, safeSysctls, userOf } from "./baseline";
import type { Context } from "../context";
import { isEdge } from "../edge/own-edge";
import { placementOf } from "../services/placement";
import { literal, slug } from "../../model/units";

/** Notices for values that a pod cannot have, of keys that are honoured otherwise (keys.ts). */
export function checkPods(context: Context): void {
  if (context.settings.shape !== "cluster") return;
  for (const [name, compose] of Object.entries(context.app.services)) {
    if (isEdge(name, compose)) continue;
    checkUsers(context, name, compose);
    checkRights(context, name, compose);
    checkHosts(context, name, compose);
    checkNames(context, name, compose);
    for (const { index, level, message } of placementOf(compose, context.settings.cloud).left)
      context.notices[level](name, `deploy.placement.constraints[${index}]`, message);
    if (compose.tmpfs?.some((entry) => /:.*\b(mode|uid|gid)=/.test(entry)) === true)
      context.notices.info(name, "tmpfs", "a pod's tmpfs is writable for all of its users");
    if (compose.gpus?.some(({ count }) => count === -1) === true)
      context.notices.info(name, "gpus", "a pod gets a number of GPUs: one is requested");
    if (compose.entrypoint?.length === 0 && (compose.command ?? []).length === 0)
      context.notices.loss(
        name,
        "entrypoint",
        "an empty entrypoint needs a command on a cluster; write the command, too",
      );
  }
}

function checkUsers(context: Context, name: string, { user, group_add }: ComposeService): void {
  const { notices } = context;
  if (user !== undefined && user !== "") {
    const { uid, gid } = userOf(user);
    const [, group] = user.split(":");
    if (uid === undefined || (group !== undefined && group !== "" && gid === undefined))
      notices.loss(
        name,
        "user",
        `a pod knows users and groups by number, and "${user}" is the image's: its own user is taken; write uid:gid, as docker run --rm IMAGE id ${user.split(":")[0]!} shows them`,
      );
  }
  for (const group of group_add ?? [])
    if (!/^\d+$/.test(group))
      notices.loss(
        name,
        "group_add",
        `${group} is ignored: on a cluster, groups are given by number`,
      );
}

function checkRights(
  { notices }: Context,
  name: string,
  { cap_add, sysctls }: ComposeService,
): void {
  for (const asked of cap_add ?? []) {
    const plain = capability(asked);
    if (plain === "ALL")
      notices.loss(
        name,
        "cap_add",
        "a pod gets only the capabilities that baseline pod security allows",
      );
    else if (!allowedCapabilities.has(plain))
      notices.loss(
        name,
        "cap_add",
        `${plain} is forbidden by the cluster's baseline pod security; keep the service on a vm`,
      );
  }
  for (const setting of Object.keys(sysctls ?? {}))
    if (!safeSysctls.has(setting))
      notices.loss(
        name,
        `sysctls.${setting}`,
        "is forbidden by the cluster's baseline pod security; keep the service on a vm",
      );
}

function checkHosts(context: Context, name: string, compose: ComposeService): void {
  const { notices } = context;
  for (const line of compose.extra_hosts ?? []) {
    const [host = "", ...rest] = line.split(line.includes("=") ? "=" : ":");
    const ip = rest.join(line.includes("=") ? "=" : ":").replace(/^\[(.*)\]$/, "$1");
    if (isIP(ip) === 0)
      notices.loss(name, "extra_hosts", `${host} is ignored: ${ip} is not supported on a cluster`);
  }
  const servers = compose.dns ?? [];
  if (servers.filter((address) => isIP(address) !== 0).length > 2)
    notices.info(
      name,
      "dns",
      "a pod takes two name servers besides the cluster's: the first two are used",
    );
  const mode = compose.network_mode ?? "";
  if (mode === "host" || mode.startsWith("container:"))
    notices.loss(
      name,
      "network_mode",
      `is not supported on a cluster: a pod has its own network, not ${mode === "host" ? "the host's" : "another container's"}`,
    );
}

/** The names of Services have letters, digits and dashes (RFC 1035). */
const answers = /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/i;

function checkNames(context: Context, name: string, compose: ComposeService): void {
  const { app, notices } = context;
  const aliases = Object.entries(compose.networks ?? {}).flatMap(([network, attachment]) =>
    (attachment?.aliases ?? []).map((alias): [string, string] => [
      `networks.${network}.aliases`,
      alias,
    ]),
  );
  const names: [string, string | undefined][] = [
    ["", name],
    ["container_name", compose.container_name],
    ["hostname", compose.hostname],
    ...aliases,
  ];
  for (const [key, said] of names) {
    if (said === undefined || answers.test(said)) continue;
    const word = new RegExp(`(^|[^\\w.-])${literal(said)}($|[^\\w-])`);
    // A service that names its own public name does not call itself by it.
    const own = (other: string): boolean => other === name && said.includes(".");
    const caller = Object.entries(app.services).find(
      ([other, { environment, command }]) =>
        !own(other) &&
        [...Object.values(environment ?? {}), ...(command ?? [])].some(
          (text) => text !== null && word.test(text),
        ),
    );
    const built = compose.build !== undefined && context.settings.images[name] === undefined;
    const at = key === "" ? (built ? "build" : "image") : key;
    const message = `names in a cluster have letters, digits and dashes: ${said} answers to ${slug(said)}`;
    if (caller === undefined) notices.info(name, at, message);
    else notices.loss(name, at, `${message}; call it that in the service ${caller[0]}`);
  }
}
