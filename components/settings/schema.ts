import { engineNames } from "../model/engine-name";
import * as formats from "./formats";
import { either, flag, list, map, object, oneOf, text, value, whole, type Type } from "./types";

/** One key of the config. The README's table, `--help`'s words and berth.schema.json come from here. */
export interface Key<T> {
  readonly type: Type<T>;
  /** The value's form, for the table. */
  readonly form: string;
  /** What holds when the key is absent, for the table. */
  readonly default: string;
  readonly description: string;
  /** A baseline's value is replaced, not merged into. */
  readonly replaced?: boolean;
}

const key = <T>(
  type: Type<T>,
  form: string,
  otherwise: string,
  description: string,
  replaced = false,
): Key<T> => ({ type, form, default: otherwise, description, replaced });

const service = { name: "service", check: formats.serviceName };
const path = text({ what: "a path" });
const operator = text({ what: "a CIDR block", check: formats.cidr });
const image = text({ what: "an image", check: formats.image });
const percent = whole(1, 100, "percent");
const giB = whole(1, 65536, "GiB");
const domain = text({ what: "a domain name", check: formats.domain });
const target = text({ what: "service or service:port", check: formats.target });
const databaseUrl = text({ what: "a URL", secret: "always", check: formats.databaseUrl });

const route = object({
  to: target,
  internal: flag,
  allow: list(operator, true),
  auth: text({ what: "user:password", secret: "always" }),
  redirect: text({ what: "a URL", check: formats.url }),
  headers: map(text(), { name: "header" }),
  sticky: flag,
  maxBody: text({ what: "a size", check: formats.size }),
});

const autoscale = object(
  {
    min: whole(0, 1000, "replicas"),
    max: whole(1, 1000, "replicas"),
    cpu: percent,
    memory: percent,
    queue: object(
      { service: text(), name: text(), length: whole(1, 1_000_000, "messages") },
      { required: ["service", "name", "length"] },
    ),
  },
  { required: ["min", "max"] },
);

const database = object({
  engine: oneOf(...engineNames),
  size: text(),
  highAvailability: flag,
  readReplicas: whole(0, 15, "replicas"),
  storage: giB,
  backupDays: whole(0, 35, "days"),
  version: text(),
  restoreFrom: text(),
  url: databaseUrl,
  readUrls: list(databaseUrl),
});

const tls = object({
  email: text({ what: "an email address", check: formats.email }),
  dnsProvider: text({ what: "a DNS provider of Traefik, such as cloudflare" }),
  dnsVariables: map(value, { name: "variable", check: formats.variableName }),
  cert: text({ what: "PEM, or the path of a PEM file", secret: "may" }),
  key: text({ what: "PEM, or the path of a PEM file", secret: "may" }),
});

/** Every key of the namespace `berth`, once (decisions.md: one-schema). */
export const schema = {
  cloud: key(
    oneOf("aws", "gcp", "digitalocean", "local"),
    "`aws` \\| `gcp` \\| `digitalocean` \\| `local`",
    "required",
    "Where it runs. `local` is Docker on this computer, or the current Kubernetes context.",
  ),
  shape: key(
    oneOf("vm", "cluster"),
    "`vm` \\| `cluster`",
    "`vm`",
    "One virtual machine with Docker, or a managed Kubernetes cluster.",
  ),
  compose: key(
    list(path, true),
    "path, or list of paths",
    "`compose.yaml`",
    "The Compose files, merged in order.",
  ),
  profiles: key(
    list(text({ what: "a profile", check: formats.serviceName }), true),
    "list",
    "none",
    "The Compose profiles to switch on.",
  ),
  location: key(
    oneOf("europe", "us-east", "us-west", "asia"),
    "`europe` \\| `us-east` \\| `us-west` \\| `asia`",
    "`europe`",
    "The part of the world. The provider's own region key (`aws:region`, `gcp:region`, `digitalocean:region`) outranks it.",
  ),
  machine: key(
    text({ what: "a machine size" }),
    "`small` \\| `medium` \\| `large` \\| `xlarge` \\| type name",
    "`small`",
    "2 vCPU and 4 GB; 2–4 and 8; 4 and 16; 8 and 32; or the cloud's own type name.",
  ),
  disk: key(
    whole(1, 16384, "GiB"),
    "GiB",
    "40",
    "The data disk, which holds all of Docker's state.",
  ),
  account: key(
    text({ what: "an account" }),
    "text",
    "unchecked, with a notice",
    "The AWS account id, GCP project or DigitalOcean team that the credentials must belong to.",
  ),
  operators: key(
    either(oneOf("anywhere"), list(operator, true)),
    "list of CIDRs, or `anywhere`",
    "required on a cloud",
    "Who may reach the Docker API and the Kubernetes API.",
    true,
  ),
  domain: key(
    domain,
    "domain name",
    "`<ip>.sslip.io` on a vm, `localhost` on local, required for a cluster on a cloud",
    "The base domain: a route without a host of its own is `<service>.<domain>`.",
  ),
  listen: key(
    object({ http: whole(1, 65535, "a port"), https: whole(1, 65535, "a port") }),
    "`{ http, https }`",
    "8080, 8443",
    "The ports of the edge on local.",
  ),
  tls: key(
    either(oneOf("letsencrypt", "staging", "self-signed", "off"), tls),
    "`letsencrypt` \\| `staging` \\| `self-signed` \\| `off`, or `{ email, dnsProvider, dnsVariables }`, or `{ cert, key }`",
    "`letsencrypt`, `off` on local",
    "Where certificates come from. `cert` and `key` are PEM or paths of PEM files.",
    true,
  ),
  routes: key(
    map(either(target, route), { name: "host[/path]", check: formats.routeKey }),
    '`{ "host[/path]": "service[:port]" or { to, internal, allow, auth, redirect, headers, sticky, maxBody } }`',
    "Traefik labels, then published web ports",
    "What the edge serves where. `allow` lists CIDRs, `auth` is `user:password`, `maxBody` a size such as `10m`.",
  ),
  variables: key(
    map(value, { name: "variable", check: formats.variableName }),
    "`{ NAME: value or secret }`",
    "`.env` beside the Compose file",
    "Values for Compose interpolation and `environment`; they outrank `.env`.",
  ),
  secrets: key(
    map(
      either(
        text({ what: "a secret", secret: "always" }),
        object({ generate: flag }, { what: "{ generate: true }", required: ["generate"] }),
      ),
      service,
    ),
    "`{ name: secret or { generate: true } }`",
    "their file or environment; an `external` one must be given",
    "The content of top-level Compose secrets.",
  ),
  volumes: key(
    map(object({ size: giB, class: text({ what: "a storage class" }), shared: flag }), service),
    "`{ name: { size, class, shared } }`",
    "10 GiB, the cloud's default class",
    "Volumes of the cluster: size in GiB; `shared` can be written from several nodes.",
  ),
  images: key(
    map(image, service),
    '`{ service: "registry/image:tag" }`',
    "none",
    "Images used in place of `build` or `image`, as CI built them.",
  ),
  scale: key(
    map(either(whole(0, 1000, "replicas"), autoscale), service),
    "`{ service: N or { min, max, cpu, memory, queue: { service, name, length } } }`",
    "`deploy.replicas`, else 1",
    "How many run; `cpu` and `memory` are percent of the request, `length` messages per replica.",
  ),
  databases: key(
    map(either(oneOf("container", "managed"), database), service),
    '`{ service: "container" \\| "managed" or { engine, size, highAvailability, readReplicas, storage, backupDays, version, restoreFrom, url, readUrls } }`',
    "vm: container, or managed where `size`, `storage`, `version`, `highAvailability` or `restoreFrom` is stated; cluster: managed where the cloud offers the engine",
    "Where a database lives. `storage` is GiB; `url` names one that exists already.",
  ),
  nodes: key(
    object({
      size: text({ what: "a machine size" }),
      min: whole(1, 1000, "nodes"),
      max: whole(1, 1000, "nodes"),
    }),
    "`{ size, min, max }`",
    "per cloud, min 2, max 5",
    "The cluster's node pool.",
  ),
  sites: key(
    map(
      object({ path, domain, spa: flag, serve: oneOf("cdn", "edge") }, { required: ["path"] }),
      service,
    ),
    "`{ name: { path, domain, spa, serve } }`",
    "none",
    "Static sites on object storage and CDN, or on the edge (`serve: edge`). `spa` answers every path with index.html.",
  ),
  dns: key(
    object({ zone: domain, cloud: oneOf("aws", "gcp", "digitalocean") }, { required: ["zone"] }),
    "`{ zone, cloud }`",
    "none: the records to make are an output",
    "The zone where records are made, and the cloud that has it.",
    true,
  ),
  registry: key(
    either(
      oneOf("cloud"),
      object(
        {
          server: text({ what: "a registry's host" }),
          username: text({ what: "a user", secret: "may" }),
          password: text({ what: "a password", secret: "always" }),
        },
        { required: ["server", "username", "password"] },
      ),
    ),
    "`{ server, username, password }` or `cloud`",
    "the cloud's own where a build needs one",
    "Where built images are pushed.",
    true,
  ),
  openPorts: key(
    map(target, { name: "port", check: formats.openPort }),
    '`{ "port[/udp]": "service[:port]" }`',
    "none",
    "Ports published to the world besides 80 and 443.",
  ),
  extends: key(
    path,
    "path",
    "none",
    "A YAML file with defaults for these keys: the baseline of an agency or a client.",
  ),
  monitoring: key(
    object({
      datadogApiKey: text({ what: "an API key", secret: "always" }),
      alerts: text({ what: "an email address", check: formats.email }),
    }),
    "`{ datadogApiKey, alerts }`",
    "logs and uptime of the cloud itself",
    "A Datadog agent, and the address that alerts go to.",
  ),
  backups: key(
    object({
      schedule: text({ what: "a schedule", check: formats.schedule }),
      keep: whole(1, 3650, "backups"),
      to: text({ what: "a bucket" }),
    }),
    "`{ schedule, keep, to }`",
    "daily, 7, a bucket of the stack's cloud",
    "Backups of everything that is not in a managed database. Not made yet: stating it draws a notice. `schedule`: `hourly`, `daily`, `weekly` or cron in UTC.",
  ),
  updates: key(
    object({ reboot: text({ what: "a weekly time", check: formats.weekly }) }),
    '`{ reboot: "Sun 04:00" }`',
    "Sunday 04:00",
    "When the machine may restart for security updates, UTC.",
  ),
  tags: key(
    map(text(), { name: "tag" }),
    "`{ key: value }`",
    "project, stack",
    "Tags on every resource that can carry them.",
  ),
  timeouts: key(
    map(whole(1, 86400, "seconds"), service),
    "`{ service: seconds }`",
    "300",
    "How long a service may take to become healthy.",
  ),
  accept: key(
    list(text({ what: '"service.key: reason"', check: formats.acceptance }), true),
    '`["service.key: reason"]`',
    "none",
    "Silences a notice, and says why.",
  ),
  maintenancePage: key(
    path,
    "path of an HTML file",
    "a plain built-in page",
    "Served when every backend of a route is down.",
  ),
  protect: key(
    flag,
    "`true` \\| `false`",
    "`true`, `false` on local",
    "Whether data-bearing resources are protected from deletion.",
  ),
} as const satisfies Record<string, Key<unknown>>;

export type KeyName = keyof typeof schema;

/** What the user stated, each key as its type reads it. */
export type Stated = {
  [K in KeyName]?: (typeof schema)[K] extends Key<infer T> ? T : never;
};

export const keyNames = Object.keys(schema) as KeyName[];
