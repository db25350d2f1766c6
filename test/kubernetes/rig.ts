import { readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { Context } from "mocha";
import { parse } from "yaml";
import { EngineStack, type Run } from "../rig/engine";
import { needsPulumi } from "../rig/pulumi";
import { aws } from "../simulators/aws";
import { control } from "../simulators/cloud/controllers";
import { World, type Thing } from "../simulators/cloud/world";
import { digitalocean } from "../simulators/digitalocean";
import { gcp } from "../simulators/gcp";
import type { Api, KubernetesObject } from "../rig/kube/api";
import { at } from "../rig/kube/at";
import { random } from "../simulators/random";
import { serve, type ServedProvider } from "../simulators/server";
import { FaultInjection } from "../simulators/fault-injection";
import { tls } from "../simulators/tls";
import { lead } from "./cloud-cluster";
import { cluster, eventually, provisioner, type Cluster } from "./cluster";
import { surround, type PluginServer } from "./plugin";

const repository = resolve(__dirname, "../..");

/** What a failed command wrote, for the message of an assertion. */
export const said = (run: Run): string => `${run.stdout}\n${run.stderr}`;

export type CloudName = "aws" | "digitalocean" | "gcp";

const clouds = { aws, digitalocean, gcp };

/** What each cloud's provider asks for before it does anything. */
const credentials: Readonly<Record<CloudName, Readonly<Record<string, string>>>> = {
  aws: { AWS_ACCESS_KEY_ID: "rig", AWS_SECRET_ACCESS_KEY: "rig" },
  digitalocean: { DIGITALOCEAN_TOKEN: "rig" },
  gcp: { GOOGLE_CREDENTIALS: "{}" },
};

interface BenchOptions {
  /** The stack file to start from, relative to the repository. */
  readonly configFile?: string;
  readonly config?: Readonly<Record<string, unknown>>;
  readonly cloud?: CloudName;
  /** Another project than the program's own, relative to this folder. */
  readonly project?: string;
}

/** The settings of a small shop in the cluster shape, for a Compose file of the test's own. */
export const shop = (compose: string): Readonly<Record<string, unknown>> => ({
  shape: "cluster",
  compose,
  location: "europe",
  operators: ["203.0.113.0/24"],
  domain: "shop.example",
});

/** A stack on a simulated cloud, by the real kubernetes provider on the real control plane of the rig. */
export class ClusterBench {
  private constructor(
    readonly stack: EngineStack,
    readonly rig: Cluster,
    /** What the cloud holds, whatever Pulumi thinks. */
    readonly world: World,
    /** What all providers of the stack did, in one order. */
    readonly stage: FaultInjection,
    private readonly served: readonly ServedProvider[],
    private readonly surroundings: PluginServer,
    private readonly endControllers: () => Promise<void>,
  ) {}

  /** Skips with the reason, or fails where rigs are required, when engine, provider or control plane are missing. */
  static async create(
    context: Context,
    { configFile, config = {}, cloud = "digitalocean", project }: BenchOptions,
  ): Promise<ClusterBench> {
    needsPulumi(context);
    const rig = await cluster(context);
    const surroundings = await surround(context, rig.access);
    const env = { ...credentials[cloud], ...surroundings.env };
    const world = new World();
    const stage = new FaultInjection();
    const hook = (moment: string, thing: Thing): void => {
      if (moment === "created") lead(world, thing, rig.access);
    };
    const served: ServedProvider[] = [];
    for (const simulator of [clouds[cloud]({ env, world, hook }), random, tls()])
      served.push(await serve(simulator, stage));
    const [cloudPort, randomPort, tlsPort] = served.map(({ port }) => port);
    const stack = await EngineStack.create({
      name: "rig",
      project: project === undefined ? repository : join(__dirname, project),
      ...(configFile === undefined ? {} : { configFile: join(repository, configFile) }),
      config: {
        ...(cloud === "gcp" && { "gcp:project": "acme-rig" }),
        cloud,
        ...config,
      },
      providers: {
        [cloud]: cloudPort!,
        random: randomPort!,
        tls: tlsPort!,
      },
      // A project's own would have ESLint and the editor load every type once more.
      env: { ...env, PULUMI_NODEJS_TSCONFIG_PATH: join(repository, "tsconfig.json") },
    });
    const endControllers = control(rig.api, world, cloud, provisioner);
    return new ClusterBench(stack, rig, world, stage, served, surroundings, endControllers);
  }

  /** The stack's namespace. */
  async namespace(): Promise<string> {
    const { deployment } = await this.stack.export();
    const found = deployment.resources?.find(({ type }) => type === "kubernetes:core/v1:Namespace");
    if (found?.id === undefined) throw new Error("the stack has no namespace");
    return found.id;
  }

  /** Objects of a kind in the stack's namespace. */
  async objects(apiVersion: string, kind: string): Promise<KubernetesObject[]> {
    return this.rig.api.list(apiVersion, kind, await this.namespace());
  }

  /** `name: reason` of each pod that is neither ready nor done. */
  async unready(): Promise<string[]> {
    const pods = await this.objects("v1", "Pod");
    return pods.flatMap((pod) => {
      const conditions = (at(pod, "status.conditions") ?? []) as Record<string, string>[];
      const ready = conditions.some(({ type, status }) => type === "Ready" && status === "True");
      const why = conditions.map(
        ({ type, status, message }) => `${type!} ${status!} ${message ?? ""}`,
      );
      return ready || at(pod, "status.phase") === "Succeeded"
        ? []
        : [`${pod.metadata.name}: ${why.join(", ")}`];
    });
  }

  /** Takes everything away, also what is protected; the control plane stays for the next one. */
  async dispose(): Promise<void> {
    const { api } = this.rig;
    this.stack.halt();
    const { deployment } = await this.stack.export();
    const resources = deployment.resources ?? [];
    const objects = resources
      .filter(({ type, id }) => id !== undefined && /^kubernetes:(?!helm)/.test(type))
      .map(({ outputs }) => outputs as unknown as KubernetesObject)
      .concat(await ofReleases(api));
    // With its namespace everything in it goes.
    const inside = objects
      .filter(({ kind }) => kind === "Namespace")
      .map(({ metadata }) => metadata.name);
    for (const object of objects)
      if (!inside.includes(object.metadata.namespace ?? "")) await api.delete(object);
    for (const name of inside) {
      const gone = async () => (await api.find(`/api/v1/namespaces/${name}`)) === undefined;
      await eventually(`end of the namespace ${name}`, gone);
    }
    await this.endControllers();
    for (const volume of await api.list("v1", "PersistentVolume")) await api.delete(volume);
    this.stack.dispose();
    await this.surroundings.close();
    for (const served of this.served) await served.close();
  }
}

/** What charts have left: namespaces of their own, and in the cluster's what Helm made. */
async function ofReleases(api: Api): Promise<KubernetesObject[]> {
  const system = "kube-system";
  const own = ["cert-manager", "keda"].map((name) => ({
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name },
  }));
  const held = await api.list("v1", "Secret", system, { owner: "helm" });
  return [...own, ...(await api.list("apps/v1", "Deployment", system)), ...held];
}

/** Images in place of those that an example builds: simulated nodes pull none. */
export function imagesOf(configFile: string): Record<string, string> {
  const stack = parse(readFileSync(join(repository, configFile), "utf8")) as {
    config: Record<string, string>;
  };
  const file = join(repository, stack.config["berth:compose"]!);
  const { services } = parse(readFileSync(file, "utf8"), { merge: true, maxAliasCount: -1 }) as {
    services: Record<string, { build?: unknown }>;
  };
  const name = dirname(configFile).split("/").pop()!;
  return Object.fromEntries(
    Object.entries(services)
      .filter(([, { build }]) => build !== undefined)
      .map(([service]) => [service, `registry.example/${name}-${service}:1`]),
  );
}
