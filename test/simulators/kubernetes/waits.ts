import { pause } from "../docker/api";
import type { Properties } from "../values";
import type { Api, KubernetesObject } from "./api";
import { at } from "./immutable";

/** What a wait finds: it is over, it is lost, or what is still missing. */
type Finding =
  { readonly ready: true } | { readonly failed: string } | { readonly missing: string };

type Look = (live: KubernetesObject, api: Api) => Finding | Promise<Finding>;

const ready: Finding = { ready: true };

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
}

const number = (live: KubernetesObject, path: string, otherwise = 0): number =>
  Number(at(live, path) ?? otherwise);

const condition = (live: KubernetesObject, type: string): Condition | undefined =>
  ((at(live, "status.conditions") ?? []) as Condition[]).find((one) => one.type === type);

/** Whether the controller has seen the newest generation. */
const observed = (live: KubernetesObject): boolean =>
  number(live, "status.observedGeneration") >= (live.metadata.generation ?? 0);

/** By kind, what the provider waits for (https://www.pulumi.com/registry/packages/kubernetes/how-to-guides/). */
const looks: Readonly<Record<string, Look>> = {
  Deployment: (live) => {
    const progressing = condition(live, "Progressing");
    if (!observed(live)) return { missing: "the controller has not seen it yet" };
    if (progressing?.status === "False")
      return { failed: progressing.message ?? "no progress within progressDeadlineSeconds" };
    const replicas = number(live, "spec.replicas", 1);
    const done =
      progressing?.reason === "NewReplicaSetAvailable" &&
      number(live, "status.updatedReplicas") >= replicas &&
      number(live, "status.availableReplicas") >= replicas &&
      number(live, "status.replicas") === number(live, "status.updatedReplicas");
    return done ? ready : { missing: "minimum number of live Pods is not available" };
  },
  StatefulSet: (live) => {
    const replicas = number(live, "spec.replicas", 1);
    const done =
      observed(live) &&
      number(live, "status.readyReplicas") === replicas &&
      number(live, "status.updatedReplicas") === replicas &&
      at(live, "status.currentRevision") === at(live, "status.updateRevision");
    return done ? ready : { missing: "failed to observe expected number of ready replicas" };
  },
  DaemonSet: (live) => {
    const wanted = number(live, "status.desiredNumberScheduled");
    const done =
      observed(live) &&
      wanted > 0 &&
      number(live, "status.updatedNumberScheduled") === wanted &&
      number(live, "status.numberAvailable") === wanted;
    return done ? ready : { missing: "not every node runs a ready pod of it" };
  },
  Job: (live) => {
    const failed = condition(live, "Failed");
    if (failed?.status === "True") return { failed: failed.message ?? "the Job failed" };
    const complete = condition(live, "Complete")?.status === "True";
    return complete ? ready : { missing: "the Job has not ended" };
  },
  PersistentVolumeClaim: async (live, api) => {
    if (at(live, "status.phase") === "Bound") return ready;
    const name = at(live, "spec.storageClassName");
    const storageClass =
      typeof name === "string"
        ? await api.find(`/apis/storage.k8s.io/v1/storageclasses/${name}`)
        : undefined;
    return storageClass?.volumeBindingMode === "WaitForFirstConsumer"
      ? ready
      : { missing: "no volume is bound to it" };
  },
  Service: async (live, api) => {
    const type = at(live, "spec.type");
    const balanced = at(live, "status.loadBalancer.ingress") !== undefined;
    if (type === "LoadBalancer" && !balanced) return { missing: "no address was allocated" };
    const selects = Object.keys(at(live, "spec.selector") ?? {}).length > 0;
    if (type === "ExternalName" || !selects) return ready;
    const { name, namespace } = live.metadata;
    const slices = await api.list("discovery.k8s.io/v1", "EndpointSlice", namespace, {
      "kubernetes.io/service-name": name,
    });
    const targets = slices
      .flatMap(({ endpoints }) => (endpoints ?? []) as Properties[])
      .filter((endpoint) => at(endpoint, "conditions.ready") === true);
    return targets.length > 0 ? ready : { missing: "it does not target any ready Pods" };
  },
  Pod: (live) =>
    condition(live, "Ready")?.status === "True" ? ready : { missing: "it is not ready" },
};

/** How long the provider waits where `customTimeouts` says nothing, in seconds. */
const patience: Readonly<Record<string, number>> = { Deployment: 600, StatefulSet: 600, Job: 600 };

export const skips = ({ metadata }: KubernetesObject): boolean =>
  metadata.annotations?.["pulumi.com/skipAwait"] === "true";

/**
 * Waits until an object is what the provider calls ready.
 *
 * @param seconds What `customTimeouts` says; 0: nothing.
 * @returns The object as it is then, and what went wrong, if anything did.
 */
export async function settle(
  api: Api,
  object: KubernetesObject,
  seconds: number,
  signal: AbortSignal,
): Promise<{ live: KubernetesObject; problem?: string }> {
  const look = looks[object.kind];
  const limit = seconds > 0 ? seconds : (patience[object.kind] ?? 600);
  const end = Date.now() + limit * 1000;
  for (;;) {
    const live = await api.get(object);
    if (live === undefined)
      return { live: object, problem: "it was deleted while it was waited for" };
    const found = look === undefined || skips(object) ? ready : await look(live, api);
    if ("ready" in found) return { live };
    const late = Date.now() > end;
    if ("failed" in found || late) {
      const reason =
        "failed" in found ? found.failed : `timed out waiting to be Ready: ${found.missing}`;
      const more = (await podProblems(api, live)).map((line) => `\n  * ${line}`);
      return { live, problem: `${reason}${more.join("")}` };
    }
    await pause(150, signal);
  }
}

/** What pods of a workload say of themselves: why they wait, and the last lines of those that ended badly. */
async function podProblems(api: Api, workload: KubernetesObject): Promise<string[]> {
  const labels = at(workload, "spec.selector.matchLabels");
  if (labels === undefined) return [];
  const pods = await api.list(
    "v1",
    "Pod",
    workload.metadata.namespace,
    labels as Record<string, string>,
  );
  return pods.flatMap((pod) =>
    ((at(pod, "status.containerStatuses") ?? []) as Properties[]).flatMap((container) => {
      const waiting = at(container, "state.waiting") as Condition | undefined;
      const ended = at(container, "state.terminated") as
        (Condition & { exitCode: number }) | undefined;
      const named = `[Pod ${pod.metadata.name}, container ${String(container.name)}]`;
      if (waiting !== undefined)
        return [`${named}: ${waiting.reason ?? ""} ${waiting.message ?? ""}`];
      return ended !== undefined && ended.exitCode !== 0
        ? [`${named}: exited with ${ended.exitCode}: ${ended.message ?? ended.reason ?? ""}`]
        : [];
    }),
  );
}
