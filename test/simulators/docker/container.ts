import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { bridged, type Plan } from "../bridge";
import { InitFailed, type Call, type Kind } from "../simulator";
import type { Properties } from "../values";
import { DockerError, pause, type Engine } from "./api";
import { containerBody, resources } from "./container-body";
import { readContainer, type ContainerState } from "./container-state";
import { findOrPull } from "./image";
import { tar } from "./tar";

/** Inputs that `docker update` can change; the provider changes no other in place. */
const updatable = [
  "restart",
  "maxRetryCount",
  "cpuShares",
  "memory",
  "memoryReservation",
  "cpuSet",
  "memorySwap",
];

const plan: Plan = {
  sets: [
    "capabilities",
    "deviceRequests",
    "devices",
    "dns",
    "dnsOpts",
    "dnsSearches",
    "envs",
    "groupAdds",
    "hosts",
    "labels",
    "mounts",
    "networksAdvanced",
    "securityOpts",
    "ulimits",
    "uploads",
    "volumes",
  ],
  loose: ["ports"],
  maps: ["tmpfs"],
  computed: [
    "bridge",
    "command",
    "containerLogs",
    "entrypoints",
    "envs",
    "exitCode",
    "healthcheck",
    "hostname",
    "init",
    "ipcMode",
    "labels",
    "logDriver",
    "networkDatas",
    "platform",
    "runtime",
    "securityOpts",
    "shmSize",
    "stopSignal",
    "stopTimeout",
  ],
  kept: ["user", "workingDir"],
  defaults: () => ({
    attach: false,
    logs: false,
    memoryReservation: 0,
    readOnly: false,
    rm: false,
    stdinOpen: false,
    tty: false,
    wait: false,
  }),
  // Lists that were never read, of a container that did not come up.
  drifted: (outputs, next) =>
    ["command", "entrypoints", "networkDatas"].filter(
      (key) => outputs[key] === undefined && next[key] === undefined,
    ),
};

/** `docker.Container`, with everything that the provider does and leaves undone. */
export function container(connect: (config: Properties) => Engine, folder: string): Kind {
  return bridged({
    plan,
    replaces: (changed) => changed.filter((key) => ["command", "entrypoints"].includes(key)),
    make: (inputs, call) => create(connect(call.config), inputs, call, folder),
    async state(id, known, { config }) {
      const state = await connect(config).find<ContainerState>(`/containers/${id}/json`);
      return state === undefined ? undefined : readContainer(known, state);
    },
    async update(id, old, next, { config }) {
      const engine = connect(config);
      if (updatable.some((key) => JSON.stringify(old[key]) !== JSON.stringify(next[key])))
        await engine.call("POST", `/containers/${id}/update`, { body: resources(next) });
      if (old.mustRun === false && next.mustRun !== false)
        await engine.call("POST", `/containers/${id}/start`);
    },
    async delete(id, outputs, { config }) {
      await remove(connect(config), id, outputs);
    },
  });
}

async function create(
  engine: Engine,
  inputs: Properties,
  call: Call,
  folder: string,
): Promise<{ id: string; outputs: Properties }> {
  const name = String(inputs.image);
  try {
    await findOrPull(engine, name, call.config, inputs.platform);
  } catch (error) {
    throw new Error(`Unable to create container with image ${name}: ${(error as Error).message}`, {
      cause: error,
    });
  }
  refuse(inputs, await engine.minor());
  const query = new URLSearchParams({ name: String(inputs.name) });
  if (typeof inputs.platform === "string") query.set("platform", inputs.platform);
  const { Id } = await engine.call<{ Id: string }>(
    "POST",
    `/containers/create?${query.toString()}`,
    { body: containerBody(inputs, name) },
  );
  // From here on the container exists: what fails leaves it behind, known to the engine.
  try {
    return { id: Id, outputs: await initialise(engine, Id, inputs, call.signal, folder) };
  } catch (error) {
    throw new InitFailed({ id: Id, outputs: {} }, (error as Error).message);
  }
}

/** What the provider finds wrong only now, some of it by the version of Docker's API. */
function refuse(inputs: Properties, minor: number): void {
  const command = (inputs.command ?? []) as readonly string[];
  if (command.includes("")) throw new Error("values for command may not be empty");
  if (typeof inputs.cpus === "string" && Number.isNaN(Number(inputs.cpus)))
    throw new Error(`Error setting cpus: failed to parse ${inputs.cpus} as a rational number`);
  const mounts = (inputs.mounts ?? []) as readonly Properties[];
  // Also without a subpath: an empty one is sent along.
  if (minor < 45 && mounts.some(({ volumeOptions }) => volumeOptions !== undefined))
    throw new Error("Setting VolumeOptions.Subpath requires docker version 1.45 or higher");
  const { startInterval = "0s" } = (inputs.healthcheck ?? {}) as Properties;
  if (minor < 44 && startInterval !== "0s")
    throw new Error('"specify health-check start interval" requires API version 1.44');
}

async function initialise(
  engine: Engine,
  id: string,
  inputs: Properties,
  signal: AbortSignal,
  folder: string,
): Promise<Properties> {
  if (inputs.networksAdvanced !== undefined)
    await join(engine, id, inputs.networksAdvanced as Properties[]);
  const uploads = (inputs.uploads ?? []) as readonly Properties[];
  for (const upload of uploads) await put(engine, id, upload, folder);
  if (inputs.start === false) return {};
  try {
    await engine.call("POST", `/containers/${id}/start`);
  } catch (error) {
    throw new Error(`Unable to start container: ${(error as Error).message}`, { cause: error });
  }
  if (inputs.wait === true) await healthy(engine, id, inputs, signal);
  const containerLogs =
    inputs.attach === true ? await exited(engine, id, inputs.logs === true, signal) : undefined;
  return containerLogs === undefined ? {} : { containerLogs };
}

async function join(engine: Engine, id: string, networks: readonly Properties[]): Promise<void> {
  try {
    await engine.call("POST", "/networks/bridge/disconnect", { body: { Container: id } });
  } catch (error) {
    if (!/is not connected to/.test((error as Error).message)) throw error;
  }
  for (const network of networks)
    await engine.call("POST", `/networks/${encodeURIComponent(String(network.name))}/connect`, {
      body: {
        Container: id,
        EndpointConfig: {
          Aliases: network.aliases,
          MacAddress: network.macAddress,
          IPAMConfig: {
            IPv4Address: network.ipv4Address,
            IPv6Address: network.ipv6Address,
            LinkLocalIPs: network.linkLocalIps,
          },
        },
      },
    });
}

async function put(engine: Engine, id: string, upload: Properties, folder: string): Promise<void> {
  const { file, content, contentBase64, source, executable, permissions } = upload;
  if ([content, contentBase64, source].filter((text) => (text ?? "") !== "").length !== 1)
    throw new Error(
      "error with upload content: one of 'content', 'content_base64', or 'source' must be set",
    );
  const bytes =
    typeof content === "string"
      ? Buffer.from(content)
      : typeof contentBase64 === "string"
        ? Buffer.from(contentBase64, "base64")
        : readFileSync(resolve(folder, String(source)));
  const mode =
    typeof permissions === "string"
      ? parseInt(permissions, 8)
      : executable === true
        ? 0o744
        : 0o644;
  const path = String(file).replace(/^\/+/, "");
  await engine.call("PUT", `/containers/${id}/archive?path=${encodeURIComponent("/")}`, {
    tar: tar([{ path, mode, content: bytes }]),
  });
}

/** Looks for "healthy" alone: an unhealthy or dead container takes the whole time. */
async function healthy(
  engine: Engine,
  id: string,
  inputs: Properties,
  signal: AbortSignal,
): Promise<void> {
  const seconds = typeof inputs.waitTimeout === "number" ? inputs.waitTimeout : 60;
  const until = Date.now() + seconds * 1000;
  for (;;) {
    const state = await engine.find<ContainerState>(`/containers/${id}/json`);
    if (state === undefined) throw new Error(`container ${id} is gone`);
    const test = state.Config.Healthcheck?.Test ?? [];
    if (test.length === 0 || test[0] === "NONE")
      throw new Error("you need to supply a healthcheck to use the wait option");
    if (state.State.Health?.Status === "healthy") return;
    if (Date.now() >= until)
      throw new Error(`timed out after ${seconds} s: container ${id} is not healthy`);
    await pause(Math.min(500, Math.max(1, until - Date.now())), signal);
  }
}

/** Waits for the end of a one-shot; gives its log where it is asked for. */
async function exited(
  engine: Engine,
  id: string,
  logs: boolean,
  signal: AbortSignal,
): Promise<string | undefined> {
  await engine.call("POST", `/containers/${id}/wait?condition=not-running`, { signal });
  if (!logs) return undefined;
  return plain(await engine.bytes("GET", `/containers/${id}/logs?stdout=1&stderr=1`));
}

/** Log text without the frames in which Docker sends both streams. */
function plain(framed: Buffer): string {
  if (framed.length === 0 || framed[0]! > 2) return framed.toString();
  const parts: Buffer[] = [];
  for (let at = 0; at + 8 <= framed.length;) {
    const size = framed.readUInt32BE(at + 4);
    parts.push(framed.subarray(at + 8, at + 8 + size));
    at += 8 + size;
  }
  return Buffer.concat(parts).toString();
}

/** Kills at once unless a grace is given; anonymous volumes go too unless told otherwise. */
async function remove(engine: Engine, id: string, outputs: Properties): Promise<void> {
  const { destroyGraceSeconds: grace, removeVolumes } = outputs;
  const ignoringGone = async (act: Promise<unknown>): Promise<void> => {
    try {
      await act;
    } catch (error) {
      const gone = error instanceof DockerError && error.status === 404;
      if (!gone && !/is already in progress/.test((error as Error).message)) throw error;
    }
  };
  const seconds = typeof grace === "number" ? grace : 0;
  await ignoringGone(engine.call("POST", `/containers/${id}/stop?t=${seconds}`));
  const anonymous = String(removeVolumes !== false);
  await ignoringGone(engine.call("DELETE", `/containers/${id}?v=${anonymous}&force=true`));
}
