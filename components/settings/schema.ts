import { statSync } from "node:fs";
import { resolve } from "node:path";
import { catalogs, dnsClouds } from "../clouds/catalogs";
import { cloudNames } from "../clouds/list";
import { machineDefaults } from "../model/machine-defaults";
import { locationNames } from "../model/catalog";
import { boolean, either, fields, integer, list, named, oneOf, orList } from "../model/schema";
import { backupDefaults, backups, backupsDescription, readBackups } from "./backups";
import { admin } from "./admins";
import { database, readDatabase } from "./databases";
import {
  cut,
  operators,
  openTarget,
  readOpenPorts,
  readRoute,
  readTls,
  route,
  target,
  tls,
} from "./edge";
import * as formats from "./formats";
import { readRegistry } from "./registry";
import { row } from "./row";
import { checkScale, minAboveMax, scale } from "./scale";
import { text, value } from "./text";

const service = { of: "service", wrong: formats.serviceName };
const name = { of: "name", wrong: formats.serviceName };
const path = text("a path");
const domain = text("a domain name", formats.domain);
const email = text("an email address", formats.email);
const port = integer(1, 65535, "ports");
const nodes = integer(1, 1000, "nodes");

const allCatalogs = cloudNames.map((one) => catalogs[one]());
const accounts = allCatalogs.flatMap(({ account }) => account ?? []);
const regionKeys = allCatalogs.flatMap(({ config: { namespace, region } }) =>
  typeof namespace === "string" && region !== undefined ? [`\`${namespace}:${region}\``] : [],
);

/** The entries of a mapping, each read with its place. */
function each<T, V>(all: Readonly<Record<string, T>>, read: (key: string, one: T) => V) {
  return Object.fromEntries(Object.entries(all).map(([key, one]) => [key, read(key, one)]));
}

/** Every key of the namespace `berth`, once (decisions.md: one-schema), in the order of the README's table. */
export const schema = {
  cloud: row({
    type: oneOf(...cloudNames),
    description:
      "Where it runs. `local` is Docker on this computer, or the current Kubernetes context.",
    defaultText: "required",
    required: () => `is required; set it to ${orList(cloudNames)} (local needs no account)`,
  }),
  shape: row({
    type: oneOf("vm", "cluster"),
    description: "One virtual machine with Docker, or a managed Kubernetes cluster.",
    default: "vm",
  }),
  compose: row({
    type: list(path, true),
    description: "The Compose files, merged in order.",
    default: ["compose.yaml"],
    read: (files, _, { folder }) => files.map((file) => resolve(folder, file)),
  }),
  profiles: row({
    type: list(text("a profile", formats.serviceName), true),
    description: "The Compose profiles to switch on.",
    default: [],
  }),
  location: row({
    type: oneOf(...locationNames),
    description: `The part of the world. The provider's own region key (${regionKeys.join(", ")}) outranks it.`,
    default: "europe",
  }),
  machine: row({
    type: text("small, medium, large, xlarge or a type name"),
    description: "2 vCPU and 4 GB; 2–4 and 8; 4 and 16; 8 and 32; or the cloud's own type name.",
    default: "small",
  }),
  disk: row({
    type: integer(1, 16384, "GiB"),
    description: "The data disk, which holds all of Docker's state.",
    default: 40,
  }),
  account: row({
    type: text("an account"),
    description: `The ${orList(accounts)} that the credentials must belong to.`,
    defaultText: "unchecked, with a notice",
  }),
  operators: row({
    type: operators,
    description: "Who may reach the Docker API and the Kubernetes API.",
    replaced: true,
    default: [],
    defaultText: "required on a cloud",
    required: ({ local }) =>
      local
        ? undefined
        : 'is required on a cloud; list the CIDRs that you work from, such as ["203.0.113.7/32"], or write "anywhere"',
    read: (stated, _, { local }) => (local ? [] : stated),
  }),
  admins: row({
    type: list(admin, true),
    description:
      "Who may administer the cluster besides the one who made it, CI's role among them: on AWS ARNs of IAM roles and users, on Google Cloud members such as `user:ada@example.com`, `group:…` and `serviceAccount:…`.",
    default: [],
    defaultText: "none, with a notice",
    read: (all) => [...new Set(all)],
  }),
  domain: row({
    type: domain,
    description: "The base domain: a route without a host of its own is `<service>.<domain>`.",
    defaultText: "`<ip>.sslip.io` on a vm, `localhost` on local, required for a cluster on a cloud",
    required: ({ local, cluster }) =>
      local || !cluster
        ? undefined
        : "is required for a cluster on a cloud; give the base domain of its routes, such as example.com",
  }),
  listen: row({
    type: fields({ http: port, https: port }),
    description: "The ports of the edge on local.",
    default: { http: 8080, https: 8443 },
    check({ http, https }, at) {
      if (http === https) at.problem(`http and https are both ${http}; give each its own port`);
    },
  }),
  tls: row({
    type: tls,
    description: "Where certificates come from. `cert` and `key` are PEM or paths of PEM files.",
    replaced: true,
    defaultOn: ({ local }) => (local ? ("off" as const) : ("letsencrypt" as const)),
    defaultText: "`letsencrypt`, `off` on local",
    read: readTls,
  }),
  routes: row({
    type: named(either(target, route), { of: "host[/path]", wrong: formats.routeKey }),
    description:
      "What the edge serves where. `allow` lists CIDRs, `auth` is `user:password`, one a line, `forwardAuth` a URL that is asked first (`http://authelia:9091/api/authz/forward-auth`) or `{ to, responseHeaders, responseHeadersRegex, requestHeaders, trustForwardHeader }`, `maxBody` a size such as `10m`, `scheme` what the service speaks (`http`, `https`, `h2c`).",
    default: {},
    defaultText: "Traefik labels, then published web ports",
    read: (all, at) => Object.entries(all).map(([key, one]) => readRoute(key, one, at.child(key))),
  }),
  variables: row({
    type: named(value, { of: "variable", wrong: formats.variableName }),
    description: "Values for Compose interpolation and `environment`; they outrank `.env`.",
    default: {},
    defaultText: "`.env` beside the Compose file",
  }),
  secrets: row({
    type: named(
      either(
        text("a secret", undefined, "always"),
        fields({ generate: boolean }, { what: "{ generate: true }", required: ["generate"] }),
      ),
      name,
    ),
    description: "The content of top-level Compose secrets; `generate: true` makes a random one.",
    default: {},
    defaultText: "their file or environment; an `external` one must be given",
    check(all, at) {
      for (const [key, one] of Object.entries(all))
        if (typeof one !== "string" && !one.generate)
          at.child(key).problem("generate is false; write { generate: true }, or give the secret");
    },
  }),
  volumes: row({
    type: named(
      fields({ size: integer(1, 65536, "GiB"), class: text("a storage class"), shared: boolean }),
      name,
    ),
    description: "Volumes of the cluster: size in GiB; `shared` can be written from several nodes.",
    default: {},
    defaultText: "10 GiB, the cloud's default class",
  }),
  images: row({
    type: named(text("registry/image:tag", formats.image), service),
    description: "Images used in place of `build` or `image`, as CI built them.",
    default: {},
  }),
  scale: row({
    type: named(scale, service),
    description:
      "How many run; `cpu` and `memory` are percent of the request, `length` messages per replica.",
    default: {},
    defaultText: "`deploy.replicas`, else 1",
    check(all, at) {
      for (const [key, one] of Object.entries(all)) checkScale(one, at.child(key));
    },
  }),
  databases: row({
    type: named(database, service),
    description: "Where a database lives. `storage` is GiB; `url` names one that exists already.",
    default: {},
    defaultText:
      "vm: container, or managed where `size`, `storage`, `version`, `highAvailability` or `restoreFrom` is stated; cluster: managed where the cloud offers the engine",
    read: (all, at, { values }) =>
      each(all, (key, one) => readDatabase(one, at.child(key), values)),
  }),
  nodes: row({
    type: fields({ size: text("a machine size"), min: nodes, max: nodes }),
    description: "The cluster's node pool.",
    default: { min: 2 },
    defaultText: "per cloud, min 2, max 5",
    read({ max, ...rest }, at) {
      if (max !== undefined && rest.min > max) at.problem(minAboveMax(rest.min, max));
      return { ...rest, max: max ?? Math.max(rest.min, 5) };
    },
  }),
  sites: row({
    type: named(
      fields({ path, domain, spa: boolean, serve: oneOf("cdn", "edge") }, { required: ["path"] }),
      name,
    ),
    description:
      "Static sites on object storage and CDN, or on the edge (`serve: edge`). `spa` answers every path with index.html.",
    default: {},
    read: (all, at, { folder }) =>
      each(all, (key, { spa = false, ...site }) => {
        const full = resolve(folder, site.path);
        if (statSync(full, { throwIfNoEntry: false })?.isDirectory() !== true)
          at.child(key)
            .child("path")
            .problem(`"${site.path}" is not a folder; build the site first, or correct the path`);
        return { ...site, path: full, spa };
      }),
  }),
  dns: row({
    type: fields({ zone: domain, cloud: oneOf(...dnsClouds) }, { required: ["zone"] }),
    description: "The zone where records are made, and the cloud that has it.",
    replaced: true,
    defaultText: "none: the records to make are an output",
    check({ cloud }, at, { local }) {
      if (cloud === undefined && local)
        at.problem(`cloud is missing; name the cloud that has the zone: ${orList(dnsClouds)}`);
    },
    // Without a cloud there are no Settings.
    read: ({ zone, cloud }, _, stack) => ({ zone, cloud: cloud ?? stack.cloud! }),
  }),
  registry: row({
    type: either(
      oneOf("cloud"),
      fields({
        name: text("a registry of the account"),
        server: text("a registry's host"),
        username: text("a user", undefined, "may"),
        password: text("a password", undefined, "always"),
      }),
    ),
    description:
      "Where built images are pushed: to `server` with a login, or to the registry that the account has already, by its `name` (DigitalOcean).",
    replaced: true,
    defaultText: "the cloud's own where a build needs one",
    read: readRegistry,
  }),
  openPorts: row({
    type: named(openTarget, { of: "port[/udp]", wrong: formats.openPort }),
    description:
      'Ports published to the world besides 80 and 443; ranges too: `"50000-50100/udp": "sfu"`.',
    default: {},
    read: readOpenPorts,
  }),
  extends: row({
    type: path,
    description: "A YAML file with defaults for these keys: the baseline of an agency or a client.",
  }),
  monitoring: row({
    type: fields({ datadogApiKey: text("an API key", undefined, "always"), alerts: email }),
    description: "A Datadog agent, and the address that alerts go to.",
    default: {},
    defaultText: "logs and uptime of the cloud itself",
  }),
  backups: row({
    type: backups,
    description: backupsDescription,
    replaced: true,
    default: backupDefaults,
    defaultText: "daily, 7, a bucket of the stack's cloud",
    read: readBackups,
  }),
  updates: row({
    type: fields({ reboot: text("a weekly time", formats.weekly) }),
    description: "When the machine may restart for security updates, UTC.",
    default: { reboot: machineDefaults.reboot },
  }),
  tags: row({
    type: named(text("a text"), { of: "tag" }),
    description: "Tags on every resource that can carry them.",
    defaultOn: ({ project, stack }): Readonly<Record<string, string>> => ({
      project,
      stack: stack.split("/").at(-1)!,
    }),
    defaultText: "project, stack",
  }),
  timeouts: row({
    type: named(integer(1, 86400, "seconds"), service),
    description: "How long a service may take to become healthy.",
    default: {},
    defaultText: "300",
  }),
  accept: row({
    type: list(text('"service.key: reason"', formats.acceptance), true),
    description: "Silences a notice, and says why.",
    default: [],
    read: (all) => new Map(all.map((entry) => cut(entry, /:\s*/))),
  }),
  maintenancePage: row({
    type: text("the path of an HTML file"),
    description: "Served when every backend of a route is down.",
    defaultText: "a plain built-in page",
    read: (file, at) => at.file(file),
  }),
  protect: row({
    type: boolean,
    description: "Whether data-bearing resources are protected from deletion.",
    defaultOn: ({ local }) => !local,
    defaultText: "`true`, `false` on local",
  }),
};

export type KeyName = keyof typeof schema;

export const keyNames = Object.keys(schema) as KeyName[];
