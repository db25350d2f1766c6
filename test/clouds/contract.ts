import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { catalogs } from "../../components/clouds";
import { cloudNames } from "../../components/clouds/list";
import type { ClusterArgs, MachineArgs } from "../../components/clouds/cloud";
import type { CloudName } from "../../components/clouds/list";
import type { Registration } from "./record";

export const root = join(__dirname, "../..");
const modules = join(root, "node_modules");
export const names: readonly CloudName[] = cloudNames.filter((name) => name !== "local");
export const operators = ["198.51.100.7/32", "2001:db8::/32"];
export const tags = { project: "bigga", stack: "qa", client: "acme" };

export const machineArgs = (cloud: CloudName): MachineArgs => ({
  type: catalogs[cloud]().machines.small,
  disk: 40,
  ports: [
    { port: 80, protocol: "tcp" },
    { port: 443, protocol: "tcp" },
    { port: 5000, protocol: "udp" },
    { port: 5001, protocol: "udp" },
    { port: 5002, protocol: "udp" },
  ],
  operators,
  grace: 60,
  tags,
  protect: true,
});

export const clusterArgs = (cloud: CloudName): ClusterArgs => ({
  nodeType: catalogs[cloud]().nodeSize,
  min: 2,
  max: 5,
  operators,
  admins: [],
  tags,
  protect: true,
});

export const stack = /^(random|tls|pulumi):/;

/** The tags of these name what they belong to; they are no labels of their own. */
const otherTags = [
  "digitalocean:index/firewall:Firewall",
  "digitalocean:index/monitorAlert:MonitorAlert",
  "gcp:monitoring/notificationChannel:NotificationChannel",
];

/** The property that holds a type's tags, by the SDK's own declaration; undefined when it has none. */
export function tagProperty(type: string): string | undefined {
  const [pkg, path] = type.split(":") as [string, string];
  if (otherTags.includes(type)) return undefined;
  const [folder, base] = path.split("/") as [string, string];
  const module = join(modules, "@pulumi", pkg, folder === "index" ? "" : folder);
  // A token begins in lower case, its file as the class does: iAMMember, iammember.
  const file = readdirSync(module).find(
    (name) => name.toLowerCase() === `${base}.d.ts`.toLowerCase(),
  )!;
  const text = readFileSync(join(module, file), "utf8");
  const args = text.slice(text.search(/^export interface \w+Args \{/m));
  const labelled = pkg === "gcp" || pkg === "hcloud";
  const properties = labelled ? ["resourceLabels", "labels"] : ["tags"];
  return properties.find((property) => new RegExp(`^    ${property}\\?:`, "m").test(args));
}

export const only = (resources: readonly Registration[], type: RegExp): Registration => {
  const found = resources.filter((resource) => type.test(resource.type));
  assert.equal(found.length, 1, `one resource of ${String(type)}`);
  return found[0]!;
};
