import { readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { Context } from "mocha";
import { parse } from "yaml";
import { EngineStack, type Run } from "../rig/engine";
import { needsPulumi } from "../rig/pulumi";
import { aws } from "../simulators/aws";
import { World } from "../simulators/cloud/world";
import { digitalocean } from "../simulators/digitalocean";
import { gcp } from "../simulators/gcp";
import { kubernetes } from "../simulators/kubernetes";
import type { KubernetesObject } from "../simulators/kubernetes/api";
import { control } from "../simulators/kubernetes/controllers";
import { at } from "../simulators/kubernetes/immutable";
import { random } from "../simulators/random";
import { serve, type Served } from "../simulators/server";
import { Stage } from "../simulators/stage";
import { tls } from "../simulators/tls";
import { cluster, eventually, provisioner, type Cluster } from "./cluster";

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
  /** Longest wait for one object, in seconds. Default: 60. */
  readonly patience?: number;
}

/** The settings of a small shop in the cluster shape, for a Compose file of the test's own. */
export const shop = (compose: string): Readonly<Record<string, unknown>> => ({
  shape: "cluster",
  compose,
  location: "europe",
  operators: ["203.0.113.0/24"],
  domain: "shop.example",
});

/** A stack on a simulated cloud whose cluster is the real control plane of the rig. */
export class ClusterBench {
  private constructor(
    readonly stack: EngineStack,
    readonly rig: Cluster,
    /** What the cloud holds, whatever Pulumi thinks. */
    readonly world: World,
    /** What all providers of the stack did, in one order. */
    readonly stage: Stage,
    private readonly served: readonly Served[],
    private readonly endControllers: () => Promise<void>,
  ) {}

  /** Skips with the reason, or fails where rigs are required, when engine or control plane are missing. */
  static async create(
    context: Context,
    { configFile, config = {}, cloud = "digitalocean", patience = 60 }: BenchOptions,
  ): Promise<ClusterBench> {
    needsPulumi(context);
    const rig = await cluster(context);
    const env = credentials[cloud];
    const world = new World();
    const stage = new Stage();
    const served: Served[] = [];
    for (const simulator of [
      clouds[cloud]({ env, world }),
      kubernetes({ kubeconfig: rig.kubeconfig, patience }),
      random,
      tls(),
    ])
      served.push(await serve(simulator, stage));
    const [cloudPort, kubernetesPort, randomPort, tlsPort] = served.map(({ port }) => port);
    const stack = await EngineStack.create({
      name: "rig",
      project: repository,
      ...(configFile === undefined ? {} : { configFile: join(repository, configFile) }),
      config: {
        ...(cloud === "gcp" && { "gcp:project": "acme-rig" }),
        cloud,
        ...config,
      },
      providers: {
        [cloud]: cloudPort!,
        kubernetes: kubernetesPort!,
        random: randomPort!,
        tls: tlsPort!,
      },
      env,
    });
    const endControllers = control(rig.api, world, cloud, provisioner);
    return new ClusterBench(stack, rig, world, stage, served, endControllers);
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
    const left = (deployment.resources ?? [])
      .filter(({ type, id }) => id !== undefined && /^kubernetes:(?!helm)/.test(type))
      .map(({ outputs }) => outputs as unknown as KubernetesObject);
    // With its namespace everything in it goes.
    const inside = left
      .filter(({ kind }) => kind === "Namespace")
      .map(({ metadata }) => metadata.name);
    for (const object of left)
      if (!inside.includes(object.metadata.namespace ?? "")) await api.delete(object);
    for (const name of inside) {
      const gone = async () => (await api.find(`/api/v1/namespaces/${name}`)) === undefined;
      await eventually(`end of the namespace ${name}`, gone);
    }
    await this.endControllers();
    for (const volume of await api.list("v1", "PersistentVolume")) await api.delete(volume);
    this.stack.dispose();
    for (const served of this.served) await served.close();
  }
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
