import * as path from "node:path";
import { BadInput } from "../../cli/options";
import { preview } from "../../cli/preview/run";
import { revealed, type Recorded } from "../../cli/recording";
import { corpus, type Case } from "../compose/corpus";
import type { KubernetesObject } from "../rig/kube/api";

/**
 * What a Compose file of the corpus is on a cluster, in the order of the program. Where a database cannot be
 * the cloud's own, it does what the message says: a container.
 *
 * @throws BadInput with every problem that the file has beyond that.
 */
export async function manifestsOf(one: Case): Promise<KubernetesObject[]> {
  const databases: Record<string, string> = {};
  for (;;)
    try {
      return await manifests(one, databases);
    } catch (error) {
      if (!(error instanceof BadInput)) throw error;
      const named = error.lines.flatMap((line) => [
        ...line.matchAll(/berth:databases\.(\S+): container/g),
      ]);
      const anew = named.map(([, name]) => name!).filter((name) => databases[name] === undefined);
      if (anew.length === 0) throw error;
      for (const name of anew) databases[name] = "container";
    }
}

async function manifests(
  one: Case,
  databases: Readonly<Record<string, string>>,
): Promise<KubernetesObject[]> {
  const files = one.files.map((file) => path.join(corpus, one.name, file));
  const { recording } = await preview({
    project: "corpus",
    stack: "rig",
    folder: corpus,
    config: {
      "berth:cloud": "digitalocean",
      "berth:shape": "cluster",
      "berth:compose": JSON.stringify(files),
      "berth:profiles": JSON.stringify(one.profiles),
      "berth:operators": '["203.0.113.0/24"]',
      "berth:domain": "corpus.example",
      "berth:databases": JSON.stringify(databases),
    },
    secretKeys: [],
  });
  return objectsIn(recording.resources);
}

/** The objects of a recording that the API server would get. */
export function objectsIn(resources: readonly Recorded[]): KubernetesObject[] {
  return resources
    .filter(({ type, custom }) => custom && /^kubernetes:(?!helm\.sh)/.test(type))
    .map(({ inputs }) => revealed(inputs) as KubernetesObject);
}

interface Template {
  readonly metadata?: object;
  readonly spec?: object;
}

const workloads = ["Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob"];

/** The pod that a workload makes copies of. */
export function templateOf({ kind, spec }: KubernetesObject): Template | undefined {
  const { template, jobTemplate } = (spec ?? {}) as {
    template?: Template;
    jobTemplate?: { spec: { template: Template } };
  };
  return workloads.includes(kind) ? (template ?? jobTemplate?.spec.template) : undefined;
}

/** The pod that a workload asks for: its controller would be refused it without anybody hearing of that. */
export function podOf(workload: KubernetesObject): KubernetesObject[] {
  const found = templateOf(workload);
  if (found?.spec === undefined) return [];
  const { name, namespace } = workload.metadata;
  const own = { ...found.metadata, name: `${name}-pod`, ...(namespace && { namespace }) };
  return [{ apiVersion: "v1", kind: "Pod", metadata: own, spec: found.spec }];
}
