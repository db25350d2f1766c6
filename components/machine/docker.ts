import * as pulumi from "@pulumi/pulumi";
import type { DockerEndpoint, MachineArgs } from "../clouds/cloud";
import type { Certificates } from "./certificates";
import { userData } from "./user-data";

/** TCP port of Docker's API on every machine. */
const dockerPort = 2376;

/**
 * Where the machine's Docker answers. The host comes from the address resource alone and the
 * certificates from tls alone: when the machine is replaced, nothing here becomes unknown, so no
 * container is looked at again.
 *
 * @param ready Known once the machine holds its address and its disk.
 */
export function dockerEndpoint(
  address: pulumi.Output<string>,
  { ca, client, clientKey }: Certificates,
  ready: pulumi.Output<unknown>,
): DockerEndpoint {
  return {
    host: pulumi.interpolate`tcp://${address}:${dockerPort}`,
    ca,
    cert: client,
    key: clientKey,
    ready,
  };
}

/** The machine's user-data, secret since it holds the API server's key. */
export function machineUserData(
  disk: pulumi.Input<string>,
  { ca, server, serverKey }: Certificates,
): pulumi.Output<string> {
  return pulumi.secret(
    pulumi
      .all([disk, ca, server, serverKey])
      .apply(([path, authority, cert, key]) => userData({ disk: path, ca: authority, cert, key })),
  );
}

export interface Opening {
  readonly protocol: "tcp" | "udp";
  readonly from: number;
  readonly to: number;
  /** `5000`, or `50000-50100`. */
  readonly range: string;
  /** CIDRs that may reach the port. */
  readonly sources: readonly string[];
}

/** A machine has an IPv4 address alone. */
const world = ["0.0.0.0/0"];

/** What the firewall lets in: `ports` from everywhere, Docker's API from `operators`. */
export function openings({ ports, operators }: MachineArgs): readonly Opening[] {
  const open = rangesOf(ports);
  const sources = operators.filter(isIpv4);
  if (sources.length === 0) return open;
  return [...open, ...rangesOf([{ port: dockerPort, protocol: "tcp" }], sources)];
}

/** Ports that follow each other are one rule: clouds allow a few dozen. */
function rangesOf(ports: MachineArgs["ports"], sources: readonly string[] = world): Opening[] {
  const found: Opening[] = [];
  for (const { port, protocol } of ports) {
    const last = found.at(-1);
    const follows = last?.protocol === protocol && last.to === port - 1;
    const from = follows ? found.pop()!.from : port;
    const range = from === port ? `${port}` : `${from}-${port}`;
    found.push({ protocol, from, to: port, range, sources });
  }
  return found;
}

/** Whether a CIDR is one of IPv4. */
export function isIpv4(cidr: string): boolean {
  return !cidr.includes(":");
}
