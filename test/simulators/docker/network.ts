import { outputsOf } from "../../../cli/recording/outputs";
import type { Kind } from "../simulator";
import type { Properties } from "../values";
import { DockerError, pause, type Engine } from "./api";

type Pair = Readonly<Record<"label" | "value", string>>;

/** Labels as Docker has them, from the provider's list of pairs. */
export function labelMap(labels: unknown): Record<string, string> {
  const pairs = (labels ?? []) as readonly Pair[];
  return Object.fromEntries(pairs.map(({ label, value }) => [label, value]));
}

/** The provider's list of pairs, as far as the daemon still has them. */
export function labelDrift(labels: unknown, actual: Record<string, string> | null): unknown {
  if (labels === undefined) return undefined;
  return (labels as readonly Pair[])
    .filter(({ label }) => actual?.[label] !== undefined)
    .map(({ label }) => ({ label, value: actual?.[label] }));
}

/** Tries again while the daemon says that something is still in use, up to `seconds`. */
async function patiently(
  act: () => Promise<unknown>,
  busy: RegExp,
  seconds: number,
  signal: AbortSignal,
): Promise<void> {
  for (let left = seconds * 4; ; left--)
    try {
      await act();
      return;
    } catch (error) {
      if (error instanceof DockerError && error.status === 404) return;
      if (left <= 0 || !busy.test((error as Error).message)) throw error;
      await pause(250, signal);
    }
}

interface NetworkState {
  readonly Id: string;
  readonly Name: string;
  readonly Driver: string;
  readonly Scope: string;
  readonly Internal: boolean;
  readonly Labels: Record<string, string> | null;
  readonly IPAM: { readonly Config: readonly Record<string, string>[] | null };
}

/** `docker.Network`. */
export function network(connect: (config: Properties) => Engine, patience: number): Kind {
  const type = "docker:index/network:Network";
  const outputs = (name: string, inputs: Properties, state: NetworkState): Properties => ({
    ...outputsOf(type, name, inputs),
    ...inputs,
    id: undefined,
    name: state.Name,
    driver: state.Driver,
    scope: state.Scope,
    internal: state.Internal,
    ipamConfigs: (state.IPAM.Config ?? []).map((config) => ({
      subnet: config.Subnet,
      gateway: config.Gateway,
      ipRange: config.IPRange,
    })),
  });
  return {
    sets: ["labels", "ipamConfigs"],
    computed: () => ["scope", "driver", "internal", "ipamConfigs"],
    async create(inputs, { name, config }) {
      const engine = connect(config);
      const ipam = (inputs.ipamConfigs ?? []) as Record<string, unknown>[];
      const { Id } = await engine.call<{ Id: string }>("POST", "/networks/create", {
        body: {
          Name: inputs.name,
          CheckDuplicate: true,
          Driver: inputs.driver ?? "bridge",
          Internal: inputs.internal === true,
          Attachable: inputs.attachable === true,
          Ingress: inputs.ingress === true,
          EnableIPv6: inputs.ipv6 === true,
          Options: inputs.options,
          Labels: labelMap(inputs.labels),
          IPAM: {
            Driver: inputs.ipamDriver ?? "default",
            Options: inputs.ipamOptions,
            Config: ipam.map(({ subnet, gateway, ipRange, auxAddress }) => ({
              Subnet: subnet,
              Gateway: gateway,
              IPRange: ipRange,
              AuxiliaryAddresses: auxAddress,
            })),
          },
        },
      });
      const state = (await engine.find<NetworkState>(`/networks/${Id}`))!;
      return { id: Id, outputs: outputs(name, inputs, state) };
    },
    async read(id, _outputs, inputs, { name, config }) {
      const state = await connect(config).find<NetworkState>(`/networks/${id}`);
      if (state === undefined) return undefined;
      const labels = labelDrift(inputs.labels, state.Labels);
      const found = labels === undefined ? inputs : { ...inputs, labels };
      return { id, inputs: found, outputs: outputs(name, found, state) };
    },
    update: (_id, old, _old, next) => ({ ...old, ...next }),
    async delete(id, _outputs, { config, signal }) {
      const engine = connect(config);
      const act = (): Promise<unknown> => engine.call("DELETE", `/networks/${id}`);
      await patiently(act, /has active endpoints/, patience, signal);
    },
  };
}

interface VolumeState {
  readonly Name: string;
  readonly Driver: string;
  readonly Mountpoint: string;
  readonly Labels: Record<string, string> | null;
}

/** `docker.Volume`. A daemon that has one of that name hands it out: nothing is made then. */
export function volume(connect: (config: Properties) => Engine, patience: number): Kind {
  const outputs = (inputs: Properties, state: VolumeState): Properties => ({
    ...inputs,
    name: state.Name,
    driver: state.Driver,
    mountpoint: state.Mountpoint,
  });
  return {
    sets: ["labels"],
    computed: () => ["mountpoint", "driver"],
    async create(inputs, { config }) {
      const state = await connect(config).call<VolumeState>("POST", "/volumes/create", {
        body: {
          Name: inputs.name,
          Driver: inputs.driver ?? "local",
          DriverOpts: inputs.driverOpts,
          Labels: labelMap(inputs.labels),
        },
      });
      return { id: state.Name, outputs: outputs(inputs, state) };
    },
    async read(id, _outputs, inputs, { config }) {
      const state = await connect(config).find<VolumeState>(`/volumes/${id}`);
      if (state === undefined) return undefined;
      const labels = labelDrift(inputs.labels, state.Labels);
      const found = labels === undefined ? inputs : { ...inputs, labels };
      return { id, inputs: found, outputs: outputs(found, state) };
    },
    update: (_id, old, _old, next) => ({ ...old, ...next }),
    async delete(id, _outputs, { config, signal }) {
      const engine = connect(config);
      const act = (): Promise<unknown> => engine.call("DELETE", `/volumes/${id}`);
      await patiently(act, /volume is in use/, patience, signal);
    },
  };
}
