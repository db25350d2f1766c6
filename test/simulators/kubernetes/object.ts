import { pause } from "../docker/api";
import { InitFailed, type Call, type Kind, type Made } from "../simulator";
import { hasUnknown, type Properties } from "../values";
import type { Api, KubernetesObject } from "./api";
import { at, replacing } from "./immutable";
import { settle, skips } from "./waits";

type Connect = (call: Call) => Api;

const idOf = ({ metadata: { name, namespace } }: KubernetesObject): string =>
  namespace === undefined ? name : `${namespace}/${name}`;

/** What the engine keeps of an object: not who set which field. */
function kept(live: KubernetesObject): Properties {
  const metadata = Object.entries(live.metadata).filter(([key]) => key !== "managedFields");
  return { ...live, metadata: Object.fromEntries(metadata) };
}

/**
 * Any object of the API, applied server-side and waited for as the provider does. An object that is there
 * already is taken over, as its server-side apply does.
 *
 * @param patience Longest wait in seconds, in place of the provider's minutes. Default: the provider's.
 */
export function object(connect: Connect, patience: number | undefined): Kind {
  const put = async (inputs: Properties, call: Call): Promise<Made> => {
    const api = connect(call);
    const wanted = inputs as KubernetesObject;
    const applied = await api.apply(wanted, { force: forces(call) });
    const limit = Math.min(call.timeout || Infinity, patience ?? Infinity);
    const seconds = limit === Infinity ? 0 : limit;
    const { live, problem } = await settle(api, applied, seconds, call.signal);
    const made = { id: idOf(live), outputs: kept(live) };
    if (problem === undefined) return made;
    throw new InitFailed(
      made,
      `the Kubernetes API server reported that "${made.id}" failed to fully initialize or become live: ${problem}`,
    );
  };
  return {
    autoname: false,
    check: (inputs) =>
      at(inputs, "metadata.name") === undefined
        ? [{ property: "metadata.name", reason: "nothing is named by itself here; give it a name" }]
        : [],
    replaces: (old, next, _changed, outputs) => [
      ...replacing(old, next),
      ...(unreadyJob(outputs, next) ? ["metadata"] : []),
    ],
    keepsName: (old, next) =>
      ["metadata.name", "metadata.namespace"].every((path) => at(old, path) === at(next, path)),
    // The name and the namespace are known: what hangs on them shows in a preview.
    computed: () => ["status"],
    async dryRun(inputs, call) {
      const wanted = inputs as KubernetesObject;
      if (hasUnknown(inputs)) return;
      const api = connect(call);
      const { namespace } = wanted.metadata;
      const inside = namespace === undefined || (await api.find(`/api/v1/namespaces/${namespace}`));
      if (inside !== undefined && (await api.knows(wanted.apiVersion, wanted.kind)))
        await api.apply(wanted, { dryRun: true, force: forces(call) });
    },
    create: put,
    async update(_id, _outputs, _old, next, call) {
      return (await put(next, call)).outputs;
    },
    async read(_id, outputs, inputs, call) {
      const wanted = (inputs.metadata === undefined ? outputs : inputs) as KubernetesObject;
      const live = await connect(call).get(wanted);
      if (live === undefined) return undefined;
      return { id: idOf(live), outputs: kept(live), inputs: seen(inputs, live) as Properties };
    },
    async delete(_id, outputs, call) {
      const api = connect(call);
      const gone = outputs as KubernetesObject;
      await api.delete(gone);
      const end = Date.now() + (patience ?? 600) * 1000;
      while (!skips(gone) && (await api.get(gone)) !== undefined) {
        if (Date.now() > end) throw new Error(`"${idOf(gone)}" timed out waiting to be deleted`);
        await pause(150, call.signal);
      }
    },
  };
}

/** Whether the provider is to take back what somebody else has changed by hand. */
const forces = ({ config }: Call): boolean => config.enablePatchForce === true;

/** A Job that has failed is made anew where its annotation asks for it. */
function unreadyJob(outputs: Properties, next: Properties): boolean {
  const { annotations } = next.metadata as KubernetesObject["metadata"];
  if (next.kind !== "Job" || annotations?.["pulumi.com/replaceUnready"] !== "true") return false;
  const conditions = (at(outputs, "status.conditions") ?? []) as { type: string; status: string }[];
  return !conditions.some(({ type, status }) => type === "Complete" && status === "True");
}

/** The inputs as the cluster has them now; what the program does not say is nobody's business. */
function seen(inputs: unknown, live: unknown): unknown {
  if (Array.isArray(inputs) && Array.isArray(live) && inputs.length === live.length)
    return inputs.map((item, n) => seen(item, live[n]));
  if (typeof inputs !== "object" || inputs === null || Array.isArray(inputs)) return live;
  if (typeof live !== "object" || live === null) return live;
  return Object.fromEntries(
    Object.entries(inputs).map(([key, item]) => {
      const found = (live as Properties)[key];
      // The server takes `stringData` and gives back none.
      return [key, key === "stringData" || key === "__defaults" ? item : seen(item, found)];
    }),
  );
}
