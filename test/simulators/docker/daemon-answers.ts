import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Properties } from "../values";
import { Refused, type Box, type Daemon } from "./daemon";

/** One request, read. */
export interface Asked {
  readonly daemon: Daemon;
  readonly query: URLSearchParams;
  /** Empty where it was not JSON. */
  readonly body: Properties;
}

/** Gives the body of the answer, or a promise of it; nothing: 204. */
type Act = (asked: Asked, key: string) => unknown;

const digest = (text: string): string =>
  `sha256:${createHash("sha256").update(text).digest("hex")}`;

/** Never, as Docker writes it. */
const never = "0001-01-01T00:00:00Z";

const checked = ({ made }: Box): boolean => made.Healthcheck !== undefined;

const hostConfig = ({ made }: Box): Properties => made.HostConfig as Properties;

function restartOf(box: Box): string {
  const { Name } = hostConfig(box).RestartPolicy as { Name?: string };
  return Name ?? "no";
}

function state(box: Box): Properties {
  const { running, started } = box;
  return {
    Status: running ? "running" : started ? "exited" : "created",
    Running: running,
    Restarting: false,
    ExitCode: 0,
    Error: "",
    StartedAt: started ? new Date().toISOString() : never,
    FinishedAt: started && !running ? new Date().toISOString() : never,
    ...(checked(box) ? { Health: { Status: running ? "healthy" : "unhealthy" } } : {}),
  };
}

function inspected(daemon: Daemon, box: Box): Properties {
  const { id, name, made, networks } = box;
  const host = hostConfig(box);
  const logs = host.LogConfig as Properties | undefined;
  return {
    Id: id,
    Name: `/${name}`,
    Image: made.Image,
    State: state(box),
    Config: {
      ...made,
      Hostname: made.Hostname ?? id.slice(0, 12),
      Labels: made.Labels ?? {},
    },
    HostConfig: {
      ...host,
      RestartPolicy: { Name: restartOf(box) },
      Memory: host.Memory ?? 0,
      MemorySwap: host.MemorySwap ?? 2 * Number(host.Memory ?? 0),
      IpcMode: host.IpcMode ?? "private",
      LogConfig: { ...logs, Type: logs?.Type || "json-file" },
      Runtime: host.Runtime ?? "runc",
      ShmSize: host.ShmSize ?? 67108864,
    },
    NetworkSettings: {
      Networks: Object.fromEntries(
        [...networks.keys()].map((network, index) => [
          network,
          {
            NetworkID: daemon.network(network).Id,
            IPAddress: `172.18.${index}.2`,
            IPPrefixLen: 16,
            Gateway: `172.18.${index}.1`,
            MacAddress: "02:42:ac:12:00:02",
            GlobalIPv6Address: "",
            GlobalIPv6PrefixLen: 0,
            IPv6Gateway: "",
          },
        ]),
      ),
    },
  };
}

const createContainer: Act = ({ daemon, query, body }) => {
  const id = daemon.id("container");
  const name = query.get("name") ?? id.slice(0, 12);
  const taken = [...daemon.boxes.values()].find((box) => box.name === name);
  if (taken !== undefined)
    throw new Refused(
      409,
      `Conflict. The container name "/${name}" is already in use by container "${taken.id}"`,
    );
  const image = String(body.Image);
  if (![...daemon.images.entries()].some((pair) => pair.includes(image)))
    throw new Refused(404, `No such image: ${image}`);
  const box: Box = {
    id,
    name,
    made: body,
    running: false,
    started: false,
    networks: new Map(),
    uploads: 0,
  };
  daemon.boxes.set(id, box);
  return { Id: id, Warnings: [] };
};

const startContainer: Act = async ({ daemon }, key) => {
  const box = daemon.box(key);
  for (const [part, milliseconds] of daemon.slow)
    if (box.name.includes(part)) await sleep(milliseconds);
  box.started = true;
  box.running = checked(box) || !["no", "", "on-failure"].includes(restartOf(box));
  return undefined;
};

const listContainers: Act = ({ daemon, query }) => {
  const { label = [] } = JSON.parse(query.get("filters") ?? "{}") as { label?: string[] };
  const has = (box: Box): boolean => {
    const labels = (box.made.Labels ?? {}) as Record<string, string>;
    return label.every((pair) => {
      const [name = "", value] = pair.split(/=(.*)/s);
      return value === undefined ? name in labels : labels[name] === value;
    });
  };
  return [...daemon.boxes.values()]
    .filter((box) => has(box) && (query.get("all") === "1" || box.running))
    .map((box) => ({
      Id: box.id,
      Names: [`/${box.name}`],
      Image: box.made.Image,
      Labels: box.made.Labels ?? {},
      State: state(box).Status,
    }));
};

const createNetwork: Act = ({ daemon, body }) => {
  const Id = daemon.id("network");
  const taken = [...daemon.networks.values()].some(({ Name }) => Name === body.Name);
  if (taken) throw new Refused(409, `network with name ${String(body.Name)} already exists`);
  daemon.networks.set(Id, { ...body, Id, Scope: "local", IPAM: { Config: [] } });
  return { Id };
};

const removeNetwork: Act = ({ daemon }, key) => {
  const { Id, Name } = daemon.network(key);
  if ([...daemon.boxes.values()].some(({ networks }) => networks.has(String(Name))))
    throw new Refused(403, `error while removing network: ${String(Name)} has active endpoints`);
  daemon.networks.delete(String(Id));
  return undefined;
};

/** A daemon that has one of that name hands it out. */
const createVolume: Act = ({ daemon, body }) => {
  const Name = String(body.Name);
  const there = daemon.volumes.get(Name);
  const made = { Labels: {}, ...body, Mountpoint: `/var/lib/docker/volumes/${Name}/_data` };
  if (there === undefined) daemon.volumes.set(Name, made);
  return daemon.volumes.get(Name);
};

const findVolume: Act = ({ daemon }, name) => {
  const found = daemon.volumes.get(name);
  if (found === undefined) throw new Refused(404, `get ${name}: no such volume`);
  return found;
};

const removeVolume: Act = (asked, name) => {
  findVolume(asked, name);
  const used = [...asked.daemon.boxes.values()].filter((box) =>
    JSON.stringify(hostConfig(box)).includes(`"${name}:`),
  );
  if (used.length > 0) throw new Refused(409, `remove ${name}: volume is in use`);
  asked.daemon.volumes.delete(name);
  return undefined;
};

const findImage: Act = ({ daemon }, name) => {
  const found = daemon.images.get(name) ?? [...daemon.images.values()].find((id) => id === name);
  if (found === undefined) throw new Refused(404, `No such image: ${name}`);
  return { Id: found, RepoDigests: [] };
};

const pullImage: Act = ({ daemon, query }) => {
  const name = `${query.get("fromImage") ?? ""}:${query.get("tag") ?? "latest"}`;
  daemon.images.set(name.replace(/:(sha256:)/, "@$1"), digest(name));
  return { status: `Downloaded ${name}` };
};

/** Its name says what it is built from: the same name, the same image. */
const buildImage: Act = ({ daemon, query }) => {
  const name = query.get("t") ?? "";
  daemon.images.set(name, digest(`built ${name}`));
  return { stream: `Successfully tagged ${name}\n` };
};

/** What the simulated provider and the program ask of Docker: method, path, answer. */
export const answers: readonly (readonly [string, RegExp, Act])[] = [
  ["GET", /^\/_ping$/, () => "OK"],
  ["POST", /^\/containers\/create$/, createContainer],
  ["GET", /^\/containers\/json$/, listContainers],
  ["GET", /^\/containers\/([^/]+)\/json$/, ({ daemon }, key) => inspected(daemon, daemon.box(key))],
  ["POST", /^\/containers\/([^/]+)\/start$/, startContainer],
  [
    "POST",
    /^\/containers\/([^/]+)\/stop$/,
    ({ daemon }, key) => {
      daemon.box(key).running = false;
    },
  ],
  ["POST", /^\/containers\/([^/]+)\/wait$/, () => ({ StatusCode: 0 })],
  ["GET", /^\/containers\/([^/]+)\/logs$/, () => ""],
  [
    "PUT",
    /^\/containers\/([^/]+)\/archive$/,
    ({ daemon }, key) => {
      daemon.box(key).uploads++;
    },
  ],
  [
    "POST",
    /^\/containers\/([^/]+)\/rename$/,
    ({ daemon, query }, key) => {
      daemon.box(key).name = query.get("name")!;
    },
  ],
  [
    "DELETE",
    /^\/containers\/([^/]+)$/,
    ({ daemon }, key) => {
      daemon.boxes.delete(daemon.box(key).id);
    },
  ],
  ["POST", /^\/networks\/create$/, createNetwork],
  [
    "POST",
    /^\/networks\/bridge\/disconnect$/,
    ({ body }) => {
      throw new Refused(403, `container ${String(body.Container)} is not connected to bridge`);
    },
  ],
  [
    "POST",
    /^\/networks\/([^/]+)\/connect$/,
    ({ daemon, body }, key) => {
      const { Name } = daemon.network(key);
      daemon
        .box(String(body.Container))
        .networks.set(String(Name), (body.EndpointConfig ?? {}) as Properties);
    },
  ],
  ["GET", /^\/networks\/([^/]+)$/, ({ daemon }, key) => daemon.network(key)],
  ["DELETE", /^\/networks\/([^/]+)$/, removeNetwork],
  ["POST", /^\/volumes\/create$/, createVolume],
  ["GET", /^\/volumes\/([^/]+)$/, findVolume],
  ["DELETE", /^\/volumes\/([^/]+)$/, removeVolume],
  ["POST", /^\/images\/create$/, pullImage],
  ["GET", /^\/images\/(.+)\/json$/, findImage],
  ["POST", /^\/build$/, buildImage],
];
