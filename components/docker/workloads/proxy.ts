import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { Database as DatabasePlan } from "../../plan/plan";
import { folder, type Health, type Proxy, type Upstream } from "../../databases";
import { type Host, ownLabels, physicalName } from "../host";
import { makeContainer } from "../container/make-container";

export interface ProxyArgs {
  /** The resource's name. */
  readonly resource: string;
  /** What the container is called, besides project and stack. */
  readonly name: string;
  readonly proxy: Proxy;
  readonly image: pulumi.Input<string>;
  readonly upstream: pulumi.Output<Upstream>;
  readonly database: DatabasePlan;
  /** Physical names of networks, and what it answers to on each. */
  readonly networks: readonly docker.types.input.ContainerNetworksAdvanced[];
}

/** MiB: as much as 2,000 connections take. */
const memory = 256;

/** Seconds until its server has to answer. */
const timeoutSeconds = 120;

/**
 * The container of a proxy. Changed files replace it: the new one answers before the old one is deleted, and
 * the application's containers stay as they are.
 */
export function makeProxy(
  host: Host,
  args: ProxyArgs,
  after: readonly pulumi.Input<pulumi.Resource>[],
  parent: pulumi.Resource,
): docker.Container {
  const { resource, name, proxy, image, upstream, database, networks } = args;
  const contents = upstream.apply((at) => proxy.contents(at));
  return makeContainer(host, parent, {
    resource,
    base: physicalName(host.plan.prefix, name, "proxy"),
    args: {
      image,
      // The image's own entrypoint would write a configuration of its own.
      entrypoints: [...proxy.command],
      uploads: proxy.files.map((file) => ({
        file: `${folder}/${file}`,
        // The provider refuses an upload without content.
        content: pulumi.secret(contents.apply((texts) => texts[file] || "\n")),
        // Its user is not root.
        permissions: "0444",
      })),
      networksAdvanced: [...networks],
      // For a server that runs on this computer, beside Docker.
      hosts: [{ host: "host.docker.internal", ip: "host-gateway" }],
      memory,
      restart: "unless-stopped",
      // At once: one that waits for its clients takes no new ones, and its name still leads there.
      stopSignal: "SIGTERM",
      destroyGraceSeconds: 5,
      stopTimeout: 5,
      healthcheck: {
        tests: test(proxy.health),
        // HAProxy takes five seconds to learn that nothing answers; until then it says that all is well.
        interval: "http" in proxy.health ? "6s" : "2s",
        timeout: "5s",
        // A machine that starts everything at once takes its time; what answers sooner is healthy sooner.
        startPeriod: "30s",
        retries: 3,
      },
      mustRun: true,
      wait: true,
      waitTimeout: host.plan.settings.timeouts[database.service] ?? timeoutSeconds,
      logDriver: "json-file",
      logOpts: { "max-size": "10m", "max-file": "3" },
      labels: ownLabels(host, database.service),
    },
    stopFirst: false,
    // Docker's DNS returns unhealthy containers of a name, too.
    stopFailed: true,
    dependsOn: after,
  });
}

/** By what every one of the images has: a shell, grep and wget. */
function test(health: Health): string[] {
  if ("command" in health) return ["CMD", ...health.command];
  if ("http" in health)
    return [
      "CMD",
      "wget",
      "-q",
      "-O",
      "/dev/null",
      `http://127.0.0.1:${health.http}${health.path}`,
    ];
  const port = health.tcp.toString(16).toUpperCase().padStart(4, "0");
  return ["CMD-SHELL", `grep -qE ':${port} 0+:0000 0A' /proc/net/tcp*`];
}
