import { BlockList, isIPv6 } from "node:net";

/**
 * Whom an address of the host that a port is published on lets in: the whole world, the machine alone, or a private
 * network. `one` is a public address.
 */
export type Reach = "world" | "machine" | "network" | "one";

const blocks = (...subnets: readonly (readonly [string, number])[]): BlockList => {
  const list = new BlockList();
  for (const [net, prefix] of subnets) list.addSubnet(net, prefix, family(net));
  return list;
};

const family = (address: string): "ipv4" | "ipv6" => (isIPv6(address) ? "ipv6" : "ipv4");

const machine = blocks(["127.0.0.0", 8], ["::1", 128]);

/** RFC 1918, RFC 6598 (carriers, Tailscale), RFC 3927, RFC 4193 and RFC 4291. */
const network = blocks(
  ["10.0.0.0", 8],
  ["172.16.0.0", 12],
  ["192.168.0.0", 16],
  ["100.64.0.0", 10],
  ["169.254.0.0", 16],
  ["fc00::", 7],
  ["fe80::", 10],
);

/** @param address the `host_ip` of a published port, without brackets; none is every address */
export function reachOf(address = ""): Reach {
  if (["", "0.0.0.0", "::"].includes(address)) return "world";
  const kind = family(address);
  if (machine.check(address, kind)) return "machine";
  return network.check(address, kind) ? "network" : "one";
}
