import { isDeepStrictEqual } from "node:util";
import { outputsOf } from "../../../cli/recording/outputs";
import type { Properties } from "../values";
import { labelDrift } from "./network";

type Binding = Readonly<Record<"HostIp" | "HostPort", string>>;

/** What the provider reads of Docker's `GET /containers/<id>/json`. */
export interface ContainerState {
  readonly Id: string;
  readonly Name: string;
  readonly Image: string;
  readonly State: {
    readonly Running: boolean;
    readonly Restarting: boolean;
    readonly ExitCode: number;
    readonly Error: string;
    readonly StartedAt: string;
    readonly FinishedAt: string;
    readonly Health?: { readonly Status: string };
  };
  readonly Config: {
    readonly Hostname: string;
    readonly Cmd: readonly string[] | null;
    readonly Entrypoint: readonly string[] | null;
    readonly Labels: Record<string, string> | null;
    readonly Healthcheck?: { readonly Test?: readonly string[] };
    readonly StopSignal?: string;
  };
  readonly HostConfig: {
    readonly RestartPolicy: { readonly Name: string };
    readonly Memory: number;
    readonly MemorySwap: number;
    readonly IpcMode: string;
    readonly LogConfig: { readonly Type: string };
    readonly Runtime: string;
    readonly ShmSize: number;
    readonly PortBindings: Readonly<Record<string, readonly Binding[] | null>> | null;
  };
  readonly NetworkSettings: {
    readonly Networks: Readonly<
      Record<
        string,
        {
          readonly NetworkID: string;
          readonly IPAddress: string;
          readonly IPPrefixLen: number;
          readonly Gateway: string;
          readonly MacAddress: string;
          readonly GlobalIPv6Address: string;
          readonly GlobalIPv6PrefixLen: number;
          readonly IPv6Gateway: string;
        }
      >
    > | null;
  };
}

/** Every output property of a container that is there. */
export function outputsFrom(
  name: string,
  inputs: Properties,
  state: ContainerState,
  more: Properties = {},
): Properties {
  return {
    ...outputsOf("docker:index/container:Container", name, inputs),
    start: true,
    mustRun: true,
    attach: false,
    logs: false,
    removeVolumes: true,
    ...inputs,
    id: undefined,
    name: state.Name.replace(/^\//, ""),
    // The provider stores the image's id here, whatever name was given.
    image: state.Image,
    hostname: state.Config.Hostname,
    command: state.Config.Cmd ?? [],
    entrypoints: state.Config.Entrypoint ?? [],
    ipcMode: state.HostConfig.IpcMode,
    logDriver: state.HostConfig.LogConfig.Type,
    runtime: state.HostConfig.Runtime,
    shmSize: Math.round(state.HostConfig.ShmSize / 1048576),
    exitCode: state.State.Running ? undefined : state.State.ExitCode,
    networkDatas: Object.entries(state.NetworkSettings.Networks ?? {}).map(([network, data]) => ({
      networkName: network,
      ipAddress: data.IPAddress,
      ipPrefixLength: data.IPPrefixLen,
      gateway: data.Gateway,
      globalIpv6Address: data.GlobalIPv6Address,
      globalIpv6PrefixLength: data.GlobalIPv6PrefixLen,
      ipv6Gateway: data.IPv6Gateway,
      macAddress: data.MacAddress,
    })),
    ...more,
  };
}

/** The inputs that would describe the container as it is now. */
export function inputsFrom(
  inputs: Properties,
  outputs: Properties,
  state: ContainerState,
): Properties {
  const found: Properties = { ...inputs };
  // A name of an image stands for what it was when the container was made.
  if (outputs.image !== state.Image) found.image = state.Image;
  const labels = labelDrift(inputs.labels, state.Config.Labels);
  if (labels !== undefined) found.labels = labels;
  const { Name: restart } = state.HostConfig.RestartPolicy;
  if ((inputs.restart ?? "no") !== (restart || "no")) found.restart = restart;
  if (typeof inputs.memory === "number" && inputs.memory * 1048576 !== state.HostConfig.Memory)
    found.memory = Math.round(state.HostConfig.Memory / 1048576);
  if (inputs.ports !== undefined) {
    const given = inputs.ports as readonly Properties[];
    const actual = portsFrom(state);
    const normal = given.map((port) => portKey(port)).sort();
    if (!isDeepStrictEqual(normal, actual.map((port) => portKey(port)).sort()))
      found.ports = actual;
  }
  const networks = state.NetworkSettings.Networks ?? {};
  const names = new Set([
    ...Object.keys(networks),
    ...Object.values(networks).map(({ NetworkID }) => NetworkID),
  ]);
  if (inputs.networksAdvanced !== undefined) {
    const given = inputs.networksAdvanced as readonly Properties[];
    const left = given.filter((network) => names.has(String(network.name)));
    if (left.length < given.length) found.networksAdvanced = left;
  }
  return found;
}

function portsFrom(state: ContainerState): Properties[] {
  return Object.entries(state.HostConfig.PortBindings ?? {}).flatMap(([key, bindings]) => {
    const [internal, protocol] = key.split("/");
    return (bindings ?? []).map(({ HostIp, HostPort }) => ({
      internal: Number(internal),
      ...(HostPort === "" ? {} : { external: Number(HostPort) }),
      ip: HostIp === "" ? "0.0.0.0" : HostIp,
      protocol,
    }));
  });
}

const portKey = ({ internal, external, ip, protocol }: Properties): string =>
  JSON.stringify([internal, external ?? null, ip ?? "0.0.0.0", protocol ?? "tcp"]);
