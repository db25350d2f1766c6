import { isIP } from "node:net";
import type * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Service as ComposeService } from "../../compose/app";
import type { Service } from "../../plan/plan";
import { hasReference, type Text } from "../../model/reference";
import { environment, escaped } from "./env";
import { mountsOf, type MountArgs, type Mounted } from "./mounts";
import { probes } from "./probes";
import { resources } from "./resources";
import type { Scope } from "../scope";
import { containerSecurity } from "./security";

type Container = kubernetes.types.input.core.v1.Container;
type PodSpec = kubernetes.types.input.core.v1.PodSpec;

/** Seconds between a pod's removal from its Services and SIGTERM: nodes and the edge may still send requests. */
export const leaving = 5;

/** More ports than this are a range that clients choose from: no object lists them. */
export const manyPorts = 100;

/** A service's container, and the volumes of its pod. */
export function container(
  scope: Scope,
  service: Service,
  args: MountArgs,
  parent: pulumi.Resource,
): { container: Container; mounted: Mounted } {
  const { compose, ports } = service;
  const words = (texts: readonly Text[]): pulumi.Input<string>[] =>
    texts.map((text) => (hasReference(text) ? scope.open(text).apply(escaped) : escaped(text)));
  const { env, envFrom } = environment(scope, service, parent);
  const mounted = mountsOf(scope, service, args, parent);
  const stays = service.rollout !== "job" && service.rollout !== "cron";
  return {
    mounted,
    container: {
      name: scope.names.of(service.name),
      image: args.imageOf(service.name),
      imagePullPolicy: pullPolicy(service),
      ...commandLine(compose, words),
      ...(compose.working_dir === undefined ? {} : { workingDir: compose.working_dir }),
      ...(compose.tty === true ? { tty: true } : {}),
      ...(compose.stdin_open === true ? { stdin: true } : {}),
      ...(env.length === 0 ? {} : { env }),
      ...(envFrom.length === 0 ? {} : { envFrom }),
      ...(ports.length === 0 || ports.length > manyPorts
        ? {}
        : {
            ports: ports.map(({ port, protocol }) => ({
              containerPort: port,
              protocol: protocol.toUpperCase(),
            })),
          }),
      ...(mounted.mounts.length === 0 ? {} : { volumeMounts: [...mounted.mounts] }),
      ...(stays ? probes(scope, service) : {}),
      ...(stays && ports.length > 0
        ? { lifecycle: { preStop: { sleep: { seconds: leaving } } } }
        : {}),
      resources: resources(service),
      securityContext: containerSecurity(service),
      // The provider prints it when an update fails (decisions.md: kubernetes-waits).
      terminationMessagePolicy: "FallbackToLogsOnError",
    },
  };
}

function pullPolicy({ image, compose }: Service): string {
  if ("pull" in image && image.always) return "Always";
  return compose.pull_policy === "never" ? "Never" : "IfNotPresent";
}

/** Name resolution in a pod: `extra_hosts`, `dns`, `hostname`. */
export function nameInputs({ compose }: Service): Partial<PodSpec> {
  const byAddress = new Map<string, string[]>();
  for (const line of compose.extra_hosts ?? []) {
    const cut = line.includes("=") ? line.indexOf("=") : line.indexOf(":");
    const host = line.slice(0, cut);
    const ip = line.slice(cut + 1).replace(/^\[(.*)\]$/, "$1");
    // `host-gateway` is the machine that Docker runs on, which does not exist for a pod.
    if (isIP(ip) !== 0) byAddress.set(ip, [...(byAddress.get(ip) ?? []), host]);
  }
  const options = (compose.dns_opt ?? []).map((option) => {
    const [name = option, value] = option.split(":");
    return value === undefined ? { name } : { name, value };
  });
  // With the cluster's own server, more than two are refused.
  const nameservers = (compose.dns ?? []).filter((address) => isIP(address) !== 0).slice(0, 2);
  const searches = compose.dns_search?.filter((domain) => domain !== ".") ?? [];
  const dnsConfig = {
    ...(nameservers.length === 0 ? {} : { nameservers }),
    ...(searches.length === 0 ? {} : { searches }),
    ...(options.length === 0 ? {} : { options }),
  };
  const hostname = compose.hostname?.toLowerCase().split(".")[0];
  return {
    ...(hostname !== undefined && /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(hostname)
      ? { hostname }
      : {}),
    ...(byAddress.size === 0
      ? {}
      : { hostAliases: [...byAddress].map(([ip, hostnames]) => ({ ip, hostnames })) }),
    ...(Object.keys(dnsConfig).length === 0 ? {} : { dnsConfig }),
  };
}

/** An empty `entrypoint` clears the image's own. Kubernetes ignores an empty `command`, so everything goes there. */
function commandLine(
  { command, entrypoint }: Pick<ComposeService, "command" | "entrypoint">,
  words: (texts: readonly Text[]) => pulumi.Input<string>[],
): Pick<Container, "command" | "args"> {
  const stated = command === null || command.length === 0 ? undefined : words(command);
  if (entrypoint?.length === 0) return stated === undefined ? {} : { command: stated };
  return {
    ...(entrypoint === null ? {} : { command: words(entrypoint) }),
    ...(stated === undefined ? {} : { args: stated }),
  };
}
