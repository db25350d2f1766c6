import { bridged } from "../bridge";
import type { Kind } from "../simulator";
import type { Properties } from "../values";
import { DockerError, pause, type Engine } from "./api";

type Pair = Readonly<Record<"label" | "value", string>>;

/** Labels as Docker has them, from the provider's list of pairs. */
export function labelMap(labels: unknown): Record<string, string> {
  const pairs = (labels ?? []) as readonly Pair[];
  return Object.fromEntries(pairs.map(({ label, value }) => [label, value]));
}

/** The provider's list of pairs, from Docker's labels. */
const labelList = (labels: Record<string, string> | null): Pair[] =>
  Object.entries(labels ?? {}).map(([label, value]) => ({ label, value }));

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
      if (!busy.test((error as Error).message)) throw error;
      if (left <= 0)
        throw new Error("timeout while waiting for state to become 'removed'", { cause: error });
      await pause(250, signal);
    }
}

interface NetworkState {
  readonly Id: string;
  readonly Name: string;
  readonly Driver: string;
  readonly Scope: string;
  readonly Internal: boolean;
  readonly Attachable: boolean;
  readonly Ingress: boolean;
  readonly EnableIPv6: boolean;
  readonly Options: Record<string, string> | null;
  readonly Labels: Record<string, string> | null;
  readonly IPAM: { readonly Config: readonly Record<string, string>[] | null };
}

/** `docker.Network`. */
export function network(connect: (config: Properties) => Engine, patience: number): Kind {
  return bridged({
    plan: {
      sets: ["labels", "ipamConfigs"],
      computed: ["driver", "internal", "ipamConfigs", "options", "scope"],
    },
    async make(inputs, { config }) {
      const ipam = (inputs.ipamConfigs ?? []) as Record<string, unknown>[];
      const { Id } = await connect(config).call<{ Id: string }>("POST", "/networks/create", {
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
      return { id: Id };
    },
    async state(id, _known, { config }) {
      const state = await connect(config).find<NetworkState>(`/networks/${id}`);
      if (state === undefined) return undefined;
      return {
        name: state.Name,
        driver: state.Driver,
        scope: state.Scope,
        internal: state.Internal,
        attachable: state.Attachable,
        ingress: state.Ingress,
        ipv6: state.EnableIPv6,
        options: state.Options ?? {},
        labels: labelList(state.Labels),
        ipamConfigs: (state.IPAM.Config ?? []).map((config) => ({
          subnet: config.Subnet,
          gateway: config.Gateway,
          ipRange: config.IPRange,
        })),
      };
    },
    async delete(id, _outputs, { config, signal }) {
      const engine = connect(config);
      const act = (): Promise<unknown> => engine.call("DELETE", `/networks/${id}`);
      await patiently(act, /has active endpoints/, patience, signal);
    },
  });
}

interface VolumeState {
  readonly Name: string;
  readonly Driver: string;
  readonly Mountpoint: string;
  readonly Options: Record<string, string> | null;
  readonly Labels: Record<string, string> | null;
}

/** `docker.Volume`. A daemon that has one of that name hands it out: nothing is made then. */
export function volume(connect: (config: Properties) => Engine, patience: number): Kind {
  return bridged({
    plan: { sets: ["labels"], computed: ["driver", "mountpoint"] },
    async make(inputs, { config }) {
      const { Name } = await connect(config).call<VolumeState>("POST", "/volumes/create", {
        body: {
          Name: inputs.name,
          Driver: inputs.driver ?? "local",
          DriverOpts: inputs.driverOpts,
          Labels: labelMap(inputs.labels),
        },
      });
      return { id: Name };
    },
    async state(id, _known, { config }) {
      const state = await connect(config).find<VolumeState>(`/volumes/${id}`);
      if (state === undefined) return undefined;
      return {
        name: state.Name,
        driver: state.Driver,
        mountpoint: state.Mountpoint,
        driverOpts: state.Options ?? {},
        labels: labelList(state.Labels),
      };
    },
    async delete(id, _outputs, { config, signal }) {
      const engine = connect(config);
      const act = (): Promise<unknown> => engine.call("DELETE", `/volumes/${id}`);
      await patiently(act, /volume is in use/, patience, signal);
    },
  });
}
