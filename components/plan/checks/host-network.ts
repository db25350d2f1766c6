import { imageParts } from "../../model/image-name";
import type { Context } from "../context";
import { isEdge } from "../edge/own-edge";
import type { Service } from "../plan";

/** Images that call out, or that others on the machine call, and nobody from outside. */
const inward =
  /exporter|cadvisor|agent|netdata|watchtower|promtail|telegraf|beat$|fluent|vector|alloy|autoheal|tailscale|cloudflared|ddns|ipv6nat|netfilter|fail2ban|crowdsec/i;

/**
 * A notice for each service on the network of a cloud's machine, which no rule keeps from the metadata service: the
 * machine itself asks it from the same addresses, as the same user. And a loss for each service on the network of a cloud's machine: what it listens on is behind the firewall, and its file
 * need not name it, so that no other notice tells.
 */
export function checkHostNetworks(
  { settings, notices }: Context,
  services: readonly Service[],
  ownEdge: boolean,
): void {
  if (settings.shape !== "vm" || settings.cloud === "local") return;
  const onHost = (one: Service): boolean =>
    one.compose.network_mode === "host" ||
    services.some((owner) => owner.name === one.sharesNetworkOf && onHost(owner));
  for (const service of services.filter(onHost)) {
    const { name, compose, engine, rollout } = service;
    notices.info(
      name,
      "network_mode",
      "it reaches the cloud's metadata service, which containers on networks of their own do not: what runs in it can read the machine's user-data, with the certificate's key of its Docker API, and take its identity; run in it what you would run on the machine itself",
    );
    if (compose.network_mode !== "host" || isEdge(name, compose)) continue;
    if (engine !== undefined || rollout === "job" || rollout === "cron") continue;
    // Without an edge of its own, each of its ports has a notice.
    if (!ownEdge && (compose.ports ?? []).length > 0) continue;
    if (settings.openPorts.some(({ service }) => service === name)) continue;
    if (inward.test(imageParts(compose.image ?? "").base)) continue;
    notices.loss(
      name,
      "network_mode",
      ownEdge
        ? `the firewall does not open the ports that it has on the machine's network; write berth:openPorts: { "PORT": "${name}" }`
        : "the firewall does not open the ports that it has on the machine's network, and no route leads there; remove network_mode and list its ports",
    );
  }
}
