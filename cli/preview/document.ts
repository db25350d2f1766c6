import type { Cost, Notice } from "../../components/plan/plan";
import { display, isSecret, type Text } from "../../components/model/reference";
import { address } from "../../components/clouds/preview";
import { revealed, shown, type Recorded } from "../recording";
import type { Preview } from "./run";

/** What `--json` prints: its form is a contract (README, "the preview"). */
export interface PreviewDocument {
  readonly project: string;
  readonly stack: string;
  readonly cloud: string;
  readonly shape: string;
  /** null on local. */
  readonly region: string | null;
  readonly resources: readonly ResourceEntry[];
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly routes: readonly {
    readonly host: string;
    readonly path: string;
    readonly service: string;
    readonly port: number;
    readonly url: string;
  }[];
  readonly databases: readonly {
    readonly service: string;
    readonly engine: string;
    readonly version: string;
    readonly managed: boolean;
    readonly host: string;
    readonly port: number;
  }[];
  readonly services: readonly {
    readonly name: string;
    readonly replicas: number;
    readonly rollout: string;
  }[];
  readonly notices: readonly Notice[];
  readonly cost: Cost;
  /** Which key made the resources' `secrets`; in a saved plan only. */
  readonly secretsKey?: string;
}

export interface ResourceEntry {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly parent: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly dependencies: readonly string[];
  readonly protect: boolean;
  /** null: not stated. */
  readonly deleteBeforeReplace: boolean | null;
  /** The provider's URN; null for components and providers. */
  readonly provider: string | null;
  /** A keyed hash of each secret input, by its path; in a saved plan only. */
  readonly secrets?: Readonly<Record<string, string>>;
}

/** The plan and its resources as one plain document; secrets are `[secret]` unless shown. */
export function toDocument({ plan, recording }: Preview, showSecrets = false): PreviewDocument {
  const show = showSecrets ? revealed : (value: unknown): unknown => shown(value);
  return {
    project: plan.project,
    stack: plan.stack,
    cloud: plan.cloud,
    shape: plan.shape,
    region: plan.region,
    resources: recording.resources.map((resource) => entry(resource, show)),
    outputs: show(recording.outputs) as Record<string, unknown>,
    routes: plan.routes.map(({ host, path, service, port, url }) => ({
      host: legible(host),
      path,
      service,
      port,
      url: legible(url),
    })),
    databases: plan.databases.map(({ service, engine, version, managed, host, port }) => ({
      service,
      engine,
      version,
      managed,
      host,
      port,
    })),
    services: plan.services.map(({ name, replicas, rollout }) => ({ name, replicas, rollout })),
    notices: plan.notices.map(({ level, service, key, file, line, message }) => ({
      level,
      service,
      key,
      file,
      line,
      message: legible(message),
    })),
    cost: plan.cost,
  };
}

/** A resource's URN without stack and project, so that two stacks can be compared. */
export function identity({ urn }: Pick<ResourceEntry, "urn">): string {
  return urn.split("::").slice(2).join("::");
}

function entry(resource: Recorded, show: (value: unknown) => unknown): ResourceEntry {
  const { urn, type, name, parent, inputs, dependencies, protect, provider } = resource;
  return {
    urn,
    type,
    name,
    parent,
    inputs: show(inputs) as Record<string, unknown>,
    dependencies,
    protect,
    deleteBeforeReplace: resource.deleteBeforeReplace ?? null,
    provider: provider === "" ? null : provider,
  };
}

/** A text of the plan for people: the address is an example's, a secret is not shown. */
export function legible(text: Text): string {
  return display(text, (reference) => {
    if (reference.kind === "cloud") return address;
    return isSecret(reference) ? "[secret]" : `<${reference.name}>`;
  });
}
