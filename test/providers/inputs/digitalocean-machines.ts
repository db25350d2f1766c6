import type { Case, Cases } from "../subject";
import { one } from "./digitalocean-case";

const none = one({});
const strange = (inputs: Case["inputs"]): Case => one({ ...inputs, moon: 1 });

export const network = { name: "shop-qa", region: "nyc3", description: "shop-qa, made by Berth" };
const tags = ["berth:shop-qa", "stack:qa"];

export const vpc: Cases = {
  plainest: one(
    network,
    { change: { description: "another" } },
    { change: { name: "shop-prod" } },
    { change: { region: "fra1" } },
    { change: { description: undefined } },
  ),
  "no name": one({ region: "nyc3" }),
  "no region": one({ name: "shop-qa" }),
  "a name that is taken": one({ ...network, name: "net" }),
  "deleted by hand": one(network, { byHand: "DELETE /v2/vpcs/<id>" }),
  "a property that there is none of": strange(network),
};

const disk = {
  name: "shop-qa-data",
  region: "nyc3",
  size: 20,
  description: "Docker's state",
  tags,
};

export const volume: Cases = {
  plainest: one(
    disk,
    { change: { size: 40 } },
    { change: { size: 30 } },
    { change: { tags: ["berth:shop-qa"] } },
    { change: { tags: undefined } },
    { change: { description: "other" } },
    { change: { name: "other" } },
    { change: { region: "fra1" } },
  ),
  "nothing but what it must have": one({ region: "nyc3", size: 1, name: "bare" }),
  "no size": one({ region: "nyc3", name: "bare" }),
  "a size of none": one({ ...disk, size: 0 }),
  "no region": one({ name: "bare", size: 1 }),
  "a name that is taken": one({ ...disk, name: "disk" }),
  "an empty description": one({ ...disk, description: "" }),
  "a tag with a space": one({ ...disk, tags: ["two words"] }),
  "deleted by hand": one(disk, { byHand: "DELETE /v2/volumes/<id>" }),
  "a property that there is none of": strange(disk),
};

export const address: Cases = {
  plainest: one({ region: "nyc3" }, { change: { region: "fra1" } }),
  "no region": none,
  "deleted by hand": one({ region: "nyc3" }, { byHand: "DELETE /v2/reserved_ips/<id>" }),
  "a property that there is none of": strange({ region: "nyc3" }),
};

export const assignment: Cases = {
  plainest: one(
    { ipAddress: "<address>", dropletId: "<machine>" },
    { change: { dropletId: "<other machine>" } },
    { change: { ipAddress: "<other address>" } },
  ),
  "no machine": one({ ipAddress: "<address>" }),
  "no address": one({ dropletId: "<machine>" }),
  "a machine that there is none of": one({ ipAddress: "<address>", dropletId: 1 }),
  "another address than one": one({ ipAddress: "moon", dropletId: "<machine>" }),
  "the machine deleted by hand": one(
    { ipAddress: "<address>", dropletId: "<machine>" },
    { byHand: "DELETE /v2/droplets/<machine>" },
  ),
  "a property that there is none of": strange({ ipAddress: "<address>", dropletId: 1 }),
};

export const tag: Cases = {
  plainest: one({ name: "shop-qa-machine" }, { change: { name: "other" } }),
  "no name": none,
  "a name with a space": one({ name: "two words" }),
  "deleted by hand": one({ name: "shop-qa-machine" }, { byHand: "DELETE /v2/tags/<id>" }),
  "a property that there is none of": strange({ name: "x" }),
};

const anywhere = ["0.0.0.0/0", "::/0"];
const web = { protocol: "tcp", portRange: "443", sourceAddresses: anywhere };
const ssh = { protocol: "tcp", portRange: "2376", sourceAddresses: ["198.51.100.7/32"] };
const out = [
  { protocol: "tcp", portRange: "1-65535", destinationAddresses: anywhere },
  { protocol: "udp", portRange: "1-65535", destinationAddresses: anywhere },
  { protocol: "icmp", destinationAddresses: anywhere },
];
const wall = {
  name: "shop-qa-machine",
  tags: ["web"],
  inboundRules: [web, ssh],
  outboundRules: out,
};

export const firewall: Cases = {
  plainest: one(
    wall,
    { change: { inboundRules: [ssh, web] } },
    { change: { inboundRules: [web] } },
    { change: { inboundRules: [web, { ...ssh, sourceAddresses: ["198.51.100.7"] }] } },
    { change: { inboundRules: undefined } },
    { change: { tags: ["other"] } },
    { change: { tags: undefined } },
    { change: { name: "other" } },
  ),
  "all ports": one({ ...wall, inboundRules: [{ ...web, portRange: "all" }] }),
  "one address with no length": one({
    ...wall,
    inboundRules: [{ ...web, sourceAddresses: ["198.51.100.7", "2001:DB8::7"] }],
  }),
  "no rules": one({ name: "bare" }),
  "no port": one({ ...wall, inboundRules: [{ protocol: "tcp", sourceAddresses: anywhere }] }),
  "another protocol": one({ ...wall, inboundRules: [{ ...web, protocol: "sctp" }] }),
  "deleted by hand": one(wall, { byHand: "DELETE /v2/firewalls/<id>" }),
  "a property that there is none of": strange(wall),
};

const machine = {
  name: "shop-qa",
  image: "ubuntu-24-04-x64",
  region: "nyc3",
  size: "s-1vcpu-1gb",
  vpcUuid: "<network>",
  volumeIds: ["<disk>"],
  userData: "#cloud-config\n",
  tags,
  monitoring: true,
  resizeDisk: false,
  gracefulShutdown: true,
};

export const droplet: Cases = {
  plainest: one(
    machine,
    { change: { size: "s-2vcpu-4gb" } },
    { change: { name: "shop-prod" } },
    { change: { tags: ["stack:qa"] } },
    { change: { userData: "#cloud-config\n{}\n" } },
    { change: { image: "ubuntu-26-04-x64" } },
    { change: { region: "fra1" } },
    { change: { vpcUuid: "<other network>" } },
    { change: { monitoring: false } },
    { change: { resizeDisk: true } },
    { change: { volumeIds: ["<other disk>"] } },
    { change: { volumeIds: undefined } },
  ),
  "nothing but what it must have": one({
    name: "bare",
    image: "ubuntu-24-04-x64",
    size: "s-1vcpu-1gb",
  }),
  "no image": one({ name: "bare", size: "s-1vcpu-1gb" }),
  "no size": one({ name: "bare", image: "ubuntu-24-04-x64" }),
  "a disk elsewhere": one({ ...machine, volumeIds: ["<distant disk>"] }),
  "empty user data": one({ ...machine, userData: "" }),
  "deleted by hand": one(
    { ...machine, volumeIds: undefined },
    { byHand: "DELETE /v2/droplets/<id>" },
  ),
  "a property that there is none of": strange(machine),
};

const warning = {
  type: "v1/insights/droplet/cpu",
  compare: "GreaterThan",
  value: 95,
  window: "10m",
  enabled: true,
  description: "shop-qa: cpu above 95 %",
  entities: ["<machine>"],
  alerts: { emails: ["owner@example.com"] },
};

export const alert: Cases = {
  plainest: one(
    warning,
    { change: { value: 80 } },
    { change: { alerts: { emails: ["other@example.com"] } } },
    { change: { entities: ["<other machine>"] } },
    { change: { description: "other" } },
    { change: { window: "1h" } },
    { change: { enabled: false } },
    { change: { compare: "LessThan" } },
    { change: { type: "v1/insights/droplet/memory_utilization_percent" } },
  ),
  "another window": one({ ...warning, window: "2m" }),
  "another type": one({ ...warning, type: "v1/insights/droplet/moon" }),
  "another comparison": one({ ...warning, compare: "Equal" }),
  "no alerts": one({ ...warning, alerts: undefined }),
  "deleted by hand": one(warning, { byHand: "DELETE /v2/monitoring/alerts/<id>" }),
  "a property that there is none of": strange(warning),
};

const name = { domain: "acme.example", type: "A", name: "www", value: "203.0.113.5", ttl: 300 };

export const record: Cases = {
  plainest: one(
    name,
    { change: { value: "203.0.113.6" } },
    { change: { ttl: 600 } },
    { change: { ttl: undefined } },
    { change: { name: "shop" } },
    { change: { type: "AAAA", value: "2001:db8::1" } },
  ),
  "the domain itself": one({ ...name, name: "@" }),
  "another host's name": one(
    { ...name, type: "CNAME", value: "edge.example.com." },
    { change: { value: "other.example.com." } },
  ),
  "another host's name with no dot": one({ ...name, type: "CNAME", value: "edge.example.com" }),
  "a domain that there is none of": one({ ...name, domain: "moon.example" }),
  "another type": one({ ...name, type: "MOON" }),
  "no value": one({ domain: "acme.example", type: "A", name: "www" }),
  "deleted by hand": one(name, { byHand: "DELETE /v2/domains/acme.example/records/<id>" }),
  "a property that there is none of": strange(name),
};

const edge = {
  name: "shop-qa-edge",
  region: "nyc3",
  vpcUuid: "<network>",
  forwardingRules: [{ entryProtocol: "tcp", entryPort: 80, targetProtocol: "tcp", targetPort: 80 }],
};

export const balancer: Cases = {
  plainest: one(
    edge,
    { change: { name: "shop-prod-edge" } },
    { change: { vpcUuid: "<other network>" } },
    { change: { region: "fra1" } },
    {
      change: {
        forwardingRules: [
          { entryProtocol: "tcp", entryPort: 443, targetProtocol: "tcp", targetPort: 443 },
        ],
      },
    },
  ),
  "taken over by the cluster": one(edge, {
    byHand: "PUT /v2/load_balancers/<id>",
    body: {
      name: "shop-qa-edge",
      region: "nyc3",
      vpc_uuid: "<network>",
      forwarding_rules: [
        { entry_protocol: "tcp", entry_port: 80, target_protocol: "tcp", target_port: 31080 },
      ],
      health_check: { protocol: "http", port: 32000, path: "/healthz" },
      enable_proxy_protocol: true,
      droplet_ids: [1],
    },
  }),
  "no rules": one({ ...edge, forwardingRules: undefined }),
  "no region": one({ ...edge, region: undefined }),
  "another protocol": one({
    ...edge,
    forwardingRules: [{ ...edge.forwardingRules[0], entryProtocol: "sctp" }],
  }),
  "deleted by hand": one(edge, { byHand: "DELETE /v2/load_balancers/<id>" }),
  "a property that there is none of": strange(edge),
};
