import * as pulumi from "@pulumi/pulumi";
import { record, revealed, type Recorded } from "../../cli/recording";
import type { Cluster, Database } from "../../components/clouds/cloud";
import { Application } from "../../components/kubernetes";
import { SecretResolver } from "../../components/stack/secret-resolver";
import type { Plan } from "../../components/plan/plan";
import type { Settings } from "../../components/settings/settings";
import { planOf, type Loose } from "../plan/make";
import type { App } from "../../components/compose/app";

/** A cluster that stands on no cloud. */
class FakeCluster extends pulumi.ComponentResource implements Cluster {
  readonly kubeconfig = pulumi.output("{}");
  readonly identifier = pulumi.output("cluster");
  readonly ready = [];
  readonly storageClass = "block";
  readonly edge = {
    annotations: { "example/address": "1" },
    address: pulumi.output("203.0.113.10"),
    proxyProtocol: true,
  };
  readonly needsMetricsServer = true;

  constructor() {
    super("berth:test:Cluster", "cluster", {}, {});
    this.registerOutputs({});
  }
}

class FakeDatabase extends pulumi.ComponentResource implements Database {
  readonly host: pulumi.Output<string>;
  readonly port = pulumi.output(25060);
  readonly user = pulumi.output("doadmin");
  readonly password = pulumi.secret("imposed");
  readonly defaultDatabase = pulumi.output("defaultdb");
  readonly ca = pulumi.output("-----BEGIN CERTIFICATE-----\n");
  readonly verify = "host";
  readonly readHosts: pulumi.Output<string>[];
  readonly tls = true;

  constructor(service: string, replicas: number) {
    super("berth:test:Database", service, {}, {});
    this.host = pulumi.output(`${service}.cloud.example`);
    this.readHosts = Array.from({ length: replicas }, (_, index) =>
      pulumi.output(`${service}-${index + 1}.cloud.example`),
    );
    this.registerOutputs({});
  }
}

/** One object of the cluster's API, as the API server would get it, and how it was registered. */
export interface Made {
  readonly kind: string;
  readonly name: string;
  readonly metadata: {
    readonly annotations?: Record<string, string>;
    readonly labels?: Record<string, string>;
  };
  // What a test looks into differs from kind to kind.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly spec: any;
  readonly content: Record<string, string>;
  readonly resource: Recorded;
}

export interface Result {
  readonly resources: readonly Recorded[];
  readonly all: readonly Made[];
  /** The one object of that kind and name. */
  readonly one: (kind: string, name: string | RegExp) => Made;
}

/** Settings of a cluster, with what a test is about. */
export const cluster = (more: Partial<Settings> = {}): Partial<Settings> => ({
  shape: "cluster",
  domain: "example.com",
  stack: "prod",
  ...more,
});

export async function objectsOf(
  services: Record<string, Loose>,
  settings: Partial<Settings> = {},
  app: Partial<App> = {},
  values: Readonly<Record<string, string>> = {},
): Promise<Result> {
  return realised(planOf(services, cluster(settings), app), values);
}

/** A plan's objects, as the program would ask for them. */
export async function realised(
  plan: Plan,
  values: Readonly<Record<string, string>> = {},
): Promise<Result> {
  const opener = new SecretResolver(new Map(Object.entries(values)));
  opener.bind("cloud", "address", pulumi.output("203.0.113.10"));
  const { resources } = await record({
    project: "berth",
    stack: "prod",
    program: () => {
      const fake = new FakeCluster();
      const databases = new Map<string, Database>(
        plan.databases
          .filter(({ managed, url }) => managed && url === undefined)
          .map(({ service, readReplicas }) => [service, new FakeDatabase(service, readReplicas)]),
      );
      new Application("app", {
        plan,
        cluster: fake,
        databases,
        open: opener.open,
        guard: fake,
        registry: {
          repository: (name) => pulumi.output(`registry.example/${name}`),
          server: pulumi.output("registry.example"),
          username: pulumi.output("user"),
          password: pulumi.secret("hush"),
        },
      });
    },
  });
  const all = resources
    .filter(({ type, custom }) => custom && /^kubernetes:(?!helm)/.test(type))
    .map(made);
  return {
    resources,
    all,
    one: (kind, name) => {
      const found = all.filter(
        (object) =>
          object.kind === kind &&
          (typeof name === "string" ? object.name === name : name.test(object.name)),
      );
      if (found.length !== 1)
        throw new Error(
          `${found.length} × ${kind} ${String(name)}; there are ${all
            .filter((object) => object.kind === kind)
            .map((object) => object.name)
            .join(", ")}`,
        );
      return found[0]!;
    },
  };
}

function made(resource: Recorded): Made {
  const object = revealed(resource.inputs) as {
    kind: string;
    metadata: Made["metadata"] & { name: string };
    spec?: unknown;
    data?: Record<string, string>;
    stringData?: Record<string, string>;
    binaryData?: Record<string, string>;
  };
  const { kind, metadata, spec, data, stringData, binaryData } = object;
  return {
    kind,
    name: metadata.name,
    metadata,
    spec,
    content: { ...data, ...stringData, ...binaryData },
    resource,
  };
}

/** The first container of a workload's pods. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export function containerOf({ spec }: Made): any {
  // eslint-disable-next-line @typescript-eslint/no-unsafe-member-access
  return (spec.jobTemplate?.spec ?? spec).template.spec.containers[0];
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any
export function podOf({ spec }: Made): any {
  // eslint-disable-next-line @typescript-eslint/no-unsafe-member-access
  return (spec.jobTemplate?.spec ?? spec).template.spec;
}
