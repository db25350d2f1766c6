import { kinds } from "./parts";

/** A resource as a preview shows it, or as a cloud has it. */
export interface Resource {
  readonly type: string;
  readonly id?: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

/** What happens to packets for a machine. */
export interface Rule {
  readonly verdict: "ACCEPT" | "DROP";
  /** Absent: any. */
  readonly protocol?: string;
  /** First and last port. Absent: all of them. */
  readonly ports?: readonly [number, number];
  /** CIDR of IPv4: a machine has no other address. */
  readonly source: string;
}

type Inputs = Readonly<Record<string, unknown>>;
const world = "0.0.0.0/0";
const list = (value: unknown): string[] => ((value ?? []) as unknown[]).map(String);
const isIpv4 = (cidr: string): boolean => !cidr.includes(":");
const share = (one: readonly string[], other: readonly string[]): boolean =>
  one.some((value) => other.includes(value));

/**
 * What a cloud lets in to the one machine among its resources, by that cloud's own documentation: rules in
 * the order in which they are looked at. What none of them names is dropped.
 *
 * @throws Error for a resource that bears on it in a way that is not told here.
 */
export function rulesOf(resources: readonly Resource[]): Rule[] {
  const [machine, ...more] = resources.filter(({ type }) => kinds.machine.test(type));
  if (machine === undefined || more.length > 0)
    throw new Error(`${more.length + (machine === undefined ? 0 : 1)} machines, not one`);
  const told = [...securityGroups.told, ...firewalls.told, ...tagged.told];
  const strange = resources.filter(
    ({ type }) =>
      /^(aws:(ec2|vpc)|gcp:compute|digitalocean:index)\//.test(type) &&
      /firewall|securityGroup|acl/i.test(type) &&
      !told.includes(type),
  );
  if (strange.length > 0) throw new Error(`${strange[0]!.type}: it is not told what this lets in`);
  const [cloud] = machine.type.split(":");
  const by = cloud === "aws" ? securityGroups : cloud === "gcp" ? firewalls : tagged;
  return by.rules(machine, resources).filter(({ source }) => isIpv4(source));
}

/** What is open, one line each: `tcp 2376 from 203.0.113.0/24`. */
export function listed(rules: readonly Rule[]): string[] {
  return rules
    .map(({ verdict, protocol = "any", ports, source }) => {
      const range = ports === undefined ? "all" : [...new Set(ports)].join("-");
      return `${verdict === "ACCEPT" ? "" : "not "}${protocol} ${range} from ${source}`;
    })
    .sort();
}

/** AWS: rules of a machine's groups add up; there are none that refuse. */
const securityGroups = {
  told: [
    "aws:ec2/securityGroup:SecurityGroup",
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
  ],
  rules({ inputs }: Resource, resources: readonly Resource[]): Rule[] {
    const groups = list(inputs.vpcSecurityGroupIds);
    if (groups.length === 0) throw new Error("the machine is in the network's default group");
    const inline = resources
      .filter(({ type, id }) => type === this.told[0] && groups.includes(String(id)))
      .flatMap(({ inputs: { ingress } }) => (ingress ?? []) as Inputs[])
      .flatMap((rule) =>
        list(rule.cidrBlocks).map((cidrIpv4): Inputs => ({
          ...rule,
          cidrIpv4,
          ipProtocol: rule.protocol,
        })),
      );
    const own = resources
      .filter(({ type, inputs: rule }) => {
        const group = String(rule.securityGroupId);
        return type === this.told[1] && groups.includes(group);
      })
      .map((rule) => rule.inputs);
    return [...inline, ...own]
      .filter(({ cidrIpv4 }) => cidrIpv4 !== undefined)
      .map(({ ipProtocol, fromPort, toPort, cidrIpv4 }) => {
        const source = String(cidrIpv4);
        if (String(ipProtocol) === "-1") return { verdict: "ACCEPT", source };
        const ports = [Number(fromPort), Number(toPort)] as const;
        return { verdict: "ACCEPT", protocol: String(ipProtocol), ports, source };
      });
  },
};

/** Google Cloud: rules of a network by priority, at the same one those that refuse first. */
const firewalls = {
  told: ["gcp:compute/firewall:Firewall"],
  rules({ inputs }: Resource, resources: readonly Resource[]): Rule[] {
    const [face] = inputs.networkInterfaces as { network?: string; subnetwork?: string }[];
    const subnet = resources.find(
      ({ type, id }) => type === "gcp:compute/subnetwork:Subnetwork" && id === face?.subnetwork,
    );
    const network = subnet?.inputs.network ?? face?.network;
    const tags = list(inputs.tags);
    return resources
      .filter(({ type }) => this.told.includes(type))
      .map((firewall) => firewall.inputs)
      .filter((rule) => rule.network === network && rule.disabled !== true)
      .filter(({ direction }) => direction === undefined || direction === "INGRESS")
      .filter(({ targetTags }) => targetTags === undefined || share(list(targetTags), tags))
      .sort((a, b) => priority(a) - priority(b))
      .flatMap(({ allows, denies, sourceRanges, sourceTags, sourceServiceAccounts }) => {
        const inside = sourceTags ?? sourceServiceAccounts;
        const sources = list(sourceRanges ?? (inside === undefined ? [world] : []));
        return sources.flatMap((source) => [
          ...served(denies).map((what): Rule => ({ verdict: "DROP", ...what, source })),
          ...served(allows).map((what): Rule => ({ verdict: "ACCEPT", ...what, source })),
        ]);
      });
  },
};

const priority = ({ priority: number, denies }: Inputs): number =>
  Number(number ?? 1000) - (denies === undefined ? 0 : 0.5);

/** Protocols and ports of one of Google Cloud's rules. */
function served(value: unknown): Pick<Rule, "protocol" | "ports">[] {
  return ((value ?? []) as { protocol: string; ports?: string[] }[]).flatMap(
    ({ protocol, ports }) => {
      if (protocol === "all") return [{}];
      if (ports === undefined || ports.length === 0) return [{ protocol }];
      return ports.map((range) => ({ protocol, ports: fromTo(range) }));
    },
  );
}

/** DigitalOcean: firewalls of a droplet's tags and of its own add up; without any, everything is open. */
const tagged = {
  told: ["digitalocean:index/firewall:Firewall"],
  rules({ id, inputs }: Resource, resources: readonly Resource[]): Rule[] {
    const walls = resources
      .filter(({ type }) => this.told.includes(type))
      .map((firewall) => firewall.inputs)
      .filter(
        ({ tags, dropletIds }) =>
          share(list(tags), list(inputs.tags)) || list(dropletIds).includes(String(id)),
      );
    if (walls.length === 0) return [{ verdict: "ACCEPT", source: world }];
    return walls
      .flatMap(({ inboundRules }) => (inboundRules ?? []) as Inputs[])
      .flatMap(({ protocol, portRange, sourceAddresses }) =>
        list(sourceAddresses).map((source): Rule => {
          const what = { verdict: "ACCEPT", protocol: String(protocol), source } as const;
          if (typeof portRange !== "string" || /^(0|all)$/.test(portRange)) return what;
          return { ...what, ports: fromTo(portRange) };
        }),
      );
  },
};

/** Ports as `80` or `8000-9000`. */
function fromTo(range: string): [number, number] {
  const [from, to = from] = range.split("-");
  return [Number(from), Number(to)];
}
