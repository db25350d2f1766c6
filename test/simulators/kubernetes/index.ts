import { readFileSync } from "node:fs";
import type { Fact, Facts, ObjectFacts } from "../facts";
import type { Call, Kind, Simulator } from "../simulator";
import { Api } from "./api";
import { object } from "./object";
import { release } from "./release";

export interface KubernetesOptions {
  /**
   * Path of the kubeconfig of the server that stands for every cluster: those of the clouds log in with programs
   * that nothing here answers. Default: what the provider's `kubeconfig` says.
   */
  readonly kubeconfig?: string;
  /** Longest wait for one object in seconds, in place of the provider's minutes. */
  readonly patience?: number;
}

const config = [
  "cluster",
  "clusterIdentifier",
  "context",
  "deleteUnreachable",
  "enableConfigMapMutable",
  "enablePatchForce",
  "enableSecretMutable",
  "enableServerSideApply",
  "kubeconfig",
  "namespace",
  "suppressDeprecationWarnings",
];

/**
 * The kubernetes provider over a real API server: objects are applied, checked, waited for and deleted there.
 * Charts are written down and not installed: nothing here fetches one.
 */
export function kubernetes(options: KubernetesOptions = {}): Simulator {
  const apis = new Map<string, Api>();
  const connect = ({ config: given }: Call): Api => {
    const text =
      options.kubeconfig === undefined
        ? ((given.kubeconfig as string | undefined) ?? "")
        : readFileSync(options.kubeconfig, "utf8");
    const api = apis.get(text) ?? new Api(text);
    apis.set(text, api);
    return api;
  };
  const anyObject = object(connect, options.patience);
  const charts = release();
  return {
    name: "kubernetes",
    version: "4.34.2",
    facts,
    config,
    resources: everyType<Kind>((type) => (/^kubernetes:helm\.sh/.test(type) ? charts : anyObject)),
    functions: {},
  };
}

/** The API server itself checks every field: only what is secret is known before. */
const facts: Facts = {
  resources: everyType<ObjectFacts>((type) =>
    everyProperty(/^kubernetes:core\/v1:Secret$/.test(type)),
  ),
  types: {},
  secrets: everyType((type) =>
    type === "kubernetes:core/v1:Secret" ? ["data", "stringData"] : [],
  ),
};

/** A table with an entry for every type of the package: custom kinds have no list. */
function everyType<T>(entry: (type: string) => T): Readonly<Record<string, T>> {
  return new Proxy<Record<string, T>>(
    {},
    {
      get: (_, type) =>
        typeof type === "string" && type.startsWith("kubernetes:") ? entry(type) : undefined,
    },
  );
}

function everyProperty(secret: boolean): ObjectFacts {
  return new Proxy<Record<string, Fact>>(
    {},
    {
      get: (_, key) =>
        typeof key === "string"
          ? { type: "any", secret: secret && ["data", "stringData"].includes(key) }
          : undefined,
    },
  );
}
