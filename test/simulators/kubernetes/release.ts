import type { Kind } from "../simulator";

/** `helm.v3.Release`, written down: no chart is fetched, and none of its objects is made. */
export function release(): Kind {
  return {
    autoname: false,
    computed: () => ["status", "resourceNames"],
    replaces: (old, next) => ["name", "namespace"].filter((key) => old[key] !== next[key]),
    create: (inputs) => ({
      id: `${String(inputs.namespace)}/${String(inputs.name)}`,
      outputs: { ...inputs, status: { status: "deployed", revision: 1, version: inputs.version } },
    }),
    read: (id, outputs, inputs) => ({ id, outputs, inputs }),
    update: (_id, outputs, _old, next) => ({ ...outputs, ...next }),
    delete: () => undefined,
  };
}
