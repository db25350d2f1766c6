import type { Service as ComposeService } from "../../compose/app";
import type { CloudName } from "../../clouds/list";

/** What a pod asks of its node, by label. */
export interface Placement {
  readonly labels: Readonly<Record<string, string>>;
  /** Values that a label may not have. */
  readonly without: readonly { readonly label: string; readonly value: string }[];
  /** Constraints that are not kept, and why. */
  readonly left: readonly {
    readonly index: number;
    readonly level: "info" | "loss";
    readonly message: string;
  }[];
}

/**
 * `platform` and `deploy.placement.constraints` as labels of nodes
 * (https://kubernetes.io/docs/reference/labels-annotations-taints). Custom labels
 * exist only on nodes that the user labels: a pool that Berth creates has none, and a pod with such a selector would
 * stay pending.
 */
export function placementOf({ platform, deploy }: ComposeService, cloud: CloudName): Placement {
  const [os = "", arch = ""] = (platform ?? "").split("/");
  const labels: Record<string, string> = {
    ...(os === "" ? {} : { "kubernetes.io/os": os }),
    ...(arch === "" ? {} : { "kubernetes.io/arch": architecture(arch) }),
  };
  const without: { label: string; value: string }[] = [];
  const left: Placement["left"][number][] = [];
  (deploy?.placement?.constraints ?? []).forEach((constraint, index) => {
    const asked = wanted(constraint, cloud);
    if (asked === undefined) return;
    if ("level" in asked) left.push({ index, ...asked });
    else if (asked.not) without.push({ label: asked.label, value: asked.value });
    else labels[asked.label] = asked.value;
  });
  return { labels, without, left };
}

type Wanted =
  | { readonly label: string; readonly value: string; readonly not: boolean }
  | { readonly level: "info" | "loss"; readonly message: string };

const known: Readonly<Record<string, string>> = {
  "node.platform.os": "kubernetes.io/os",
  "node.platform.arch": "kubernetes.io/arch",
  "node.hostname": "kubernetes.io/hostname",
};

const labelKey =
  /^([a-z0-9]([-a-z0-9.]{0,250}[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const labelValue = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;

/** undefined: it holds for every pod anyway. */
function wanted(constraint: string, cloud: CloudName): Wanted | undefined {
  const [, attribute = "", operator = "", value = ""] =
    /^\s*(\S+?)\s*(==|!=)\s*(.*?)\s*$/.exec(constraint) ?? [];
  const not = operator === "!=";
  if (attribute === "node.role") {
    if ((value === "worker") !== not) return undefined;
    return {
      level: "info",
      message: "pods run on workers: the control plane is the cluster's own",
    };
  }
  const label = known[attribute] ?? /^(?:node|engine)\.labels\.(.+)$/.exec(attribute)?.[1] ?? "";
  if (!labelKey.test(label) || !labelValue.test(value))
    return { level: "loss", message: `"${constraint}" is ignored: no label of a node matches it` };
  const everywhere = attribute !== "node.hostname" && /(^|\.)(kubernetes|k8s)\.io\//.test(label);
  if (cloud !== "local" && !everywhere)
    return {
      level: "loss",
      message: `is not supported: nodes are replaced and have no ${attribute} that you choose`,
    };
  return {
    label,
    value: attribute === "node.platform.arch" ? architecture(value) : value,
    not,
  };
}

const architecture = (name: string): string =>
  ({ x86_64: "amd64", aarch64: "arm64" })[name] ?? name;
