import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Failure } from "../facts";
import { InitFailed, type Call, type Kind } from "../simulator";
import { isUnknown, type Properties } from "../values";
import { DockerError, pause, type Engine } from "./api";
import { containerBody, resources } from "./container-body";
import { inputsFrom, outputsFrom, type ContainerState } from "./container-state";
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
  "deviceReadBps",
  "deviceReadIops",
  "deviceWriteBps",
  "deviceWriteIops",
];

/** `docker.Container`, with everything that the provider does and leaves undone. */
export function container(connect: (config: Properties) => Engine, folder: string): Kind {
  return {
    sets: [
      "capabilities",
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
    computed: () => ["bridge", "containerLogs", "exitCode", "hostname", "networkDatas"],
    check,
    replaces: (_old, _next, changed) => (changed.includes("image") ? ["image"] : []),
    // The state holds the image's id: an input that is a name differs from it at every update.
    drifted: (outputs, next) =>
      typeof outputs.image === "string" && !isUnknown(next.image) && next.image !== outputs.image
        ? ["image"]
        : [],
    create: (inputs, call) => create(connect(call.config), inputs, call, folder),
    async read(id, outputs, inputs, { name, config }) {
      const engine = connect(config);
      const state = await engine.find<ContainerState>(`/containers/${id}/json`);
      if (state === undefined) return undefined;
      if (!state.State.Running && inputs.mustRun !== false) {
        // A container that should run and does not is taken away, to be made anew.
        await remove(engine, id, outputs);
        return undefined;
      }
      const found = inputsFrom(inputs, outputs, state);
      return { id, inputs: found, outputs: outputsFrom(name, found, state) };
    },
    async update(id, outputs, old, next, { name, config }) {
      const engine = connect(config);
      if (updatable.some((key) => JSON.stringify(old[key]) !== JSON.stringify(next[key])))
        await engine.call("POST", `/containers/${id}/update`, { body: resources(next) });
      if (old.mustRun === false && next.mustRun !== false)
        await engine.call("POST", `/containers/${id}/start`);
      const state = await engine.find<ContainerState>(`/containers/${id}/json`);
      if (state === undefined) throw new Error(`container ${id} is gone`);
      const { containerLogs } = outputs;
      return outputsFrom(name, next, state, { containerLogs });
    },
    async delete(id, outputs, { config }) {
      await remove(connect(config), id, outputs);
    },
  };
}

function check(inputs: Properties): Failure[] {
  const failures: Failure[] = [];
  const list = (key: string): readonly Properties[] =>
    Array.isArray(inputs[key]) ? (inputs[key] as readonly Properties[]) : [];
  list("volumes").forEach(({ containerPath }, n) => {
    if (
      typeof containerPath === "string" &&
      !containerPath.startsWith("/") &&
      !isUnknown(containerPath)
    )
      failures.push({
        property: `volumes[${n}].containerPath`,
        reason: "must be an absolute path",
      });
  });
  list("uploads").forEach((upload, n) => {
    const given = ["content", "contentBase64", "source"].filter((key) => upload[key] !== undefined);
    if (given.length !== 1)
      failures.push({
        property: `uploads[${n}]`,
        reason: "give exactly one of content, contentBase64 and source",
      });
  });
  return failures;
}

async function create(
  engine: Engine,
  inputs: Properties,
  call: Call,
  folder: string,
): Promise<{ id: string; outputs: Properties }> {
  const name = String(inputs.image);
  let image: string;
  try {
    image = (await findOrPull(engine, name, call.config, inputs.platform)).Id;
  } catch (error) {
    throw new Error(`Unable to create container with image ${name}: ${(error as Error).message}`, {
      cause: error,
    });
  }
  const query = new URLSearchParams({ name: String(inputs.name) });
  if (typeof inputs.platform === "string") query.set("platform", inputs.platform);
  const { Id } = await engine.call<{ Id: string }>(
    "POST",
    `/containers/create?${query.toString()}`,
    { body: containerBody(inputs, image) },
  );
  // From here on the container exists: what fails leaves it behind, known to the engine.
  try {
    const more = await initialise(engine, Id, inputs, call.signal, folder);
    const state = await engine.find<ContainerState>(`/containers/${Id}/json`);
    if (state === undefined) throw new Error(`container ${Id} is gone`);
    return { id: Id, outputs: outputsFrom(call.name, inputs, state, more) };
  } catch (error) {
    const state = await engine
      .find<ContainerState>(`/containers/${Id}/json`)
      .catch(() => undefined);
    const outputs = state === undefined ? inputs : outputsFrom(call.name, inputs, state);
    throw new InitFailed({ id: Id, outputs }, (error as Error).message);
  }
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
  const began = Date.now();
  try {
    await engine.call("POST", `/containers/${id}/start`);
  } catch (error) {
    throw new Error(`Unable to start container: ${(error as Error).message}`, { cause: error });
  }
  if (inputs.wait === true) await healthy(engine, id, inputs, signal);
  const containerLogs =
    inputs.attach === true ? await exited(engine, id, inputs.logs === true, signal) : undefined;
  if (inputs.mustRun !== false) await running(engine, id, inputs, began, signal);
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
): Promise<string> {
  await engine.call("POST", `/containers/${id}/wait?condition=not-running`, { signal });
  if (!logs) return "";
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

async function running(
  engine: Engine,
  id: string,
  inputs: Properties,
  began: number,
  signal: AbortSignal,
): Promise<void> {
  const key = "containerReadRefreshTimeoutMilliseconds";
  const until = began + (typeof inputs[key] === "number" ? inputs[key] : 15_000);
  await pause(100, signal);
  for (;;) {
    const state = await engine.find<ContainerState>(`/containers/${id}/json`);
    if (state === undefined) throw new Error(`container ${id} is gone`);
    if (state.State.Running) return;
    if (Date.parse(state.State.FinishedAt) > began - 1000)
      throw new Error(
        `container ${id} exited after creation, exit code ${state.State.ExitCode}, error was: "${state.State.Error}"`,
      );
    if (Date.now() > until) throw new Error(`container ${id} is not running`);
    await pause(250, signal);
  }
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
