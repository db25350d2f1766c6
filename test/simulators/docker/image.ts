import { arch } from "node:os";
import { join, resolve } from "node:path";
import { bridged } from "../bridge";
import type { Kind } from "../simulator";
import { hasUnknown, isUnknown, type Properties } from "../values";
import { DockerError, Engine, type Endpoint } from "./api";
import { readContext } from "./context";
import { tar } from "./tar";

interface Inspected {
  readonly Id: string;
  readonly RepoDigests: readonly string[] | null;
}

/** An image name's repository and tag, as Docker reads them. */
function reference(name: string): { repository: string; tag: string } {
  const [plain = ""] = name.split("@");
  const tag = /:([^:/]+)$/.exec(plain)?.[1];
  return {
    repository: tag === undefined ? plain : plain.slice(0, -tag.length - 1),
    tag: tag ?? "latest",
  };
}

/** `library/nginx` and `docker.io/library/nginx` are `nginx`. */
function familiar(repository: string): string {
  return repository.replace(/^docker\.io\//, "").replace(/^library\//, "");
}

function inspect(engine: Engine, name: string): Promise<Inspected | undefined> {
  return engine.find<Inspected>(`/images/${encodeURI(name)}/json`);
}

function digestOf(image: Inspected, name: string): string {
  const { repository } = reference(name);
  const all = image.RepoDigests ?? [];
  return all.find((digest) => digest.startsWith(`${familiar(repository)}@`)) ?? "";
}

/** The `X-Registry-Auth` header for an image's registry, from the provider's `registryAuth`. */
function credentials(config: Properties, name: string): Record<string, string> {
  const first = name.split("/")[0] ?? "";
  const server =
    /[.:]|^localhost$/.test(first) && name.includes("/") ? first : "registry-1.docker.io";
  const list = (config.registryAuth ?? []) as Properties[];
  const found = list.find(({ address }) => String(address).replace(/^https?:\/\//, "") === server);
  if (found === undefined) return {};
  const { username, password } = found;
  const auth = JSON.stringify({ username, password, serveraddress: server });
  return { "X-Registry-Auth": Buffer.from(auth).toString("base64url") };
}

/** The local image of that name, else the one that a registry has: never a newer one. */
export async function findOrPull(
  engine: Engine,
  name: string,
  config: Properties,
  platform?: unknown,
): Promise<Inspected> {
  const local = await inspect(engine, name);
  if (local !== undefined) return local;
  const { repository, tag } = reference(name);
  const [, digest = tag] = name.split("@");
  const query = new URLSearchParams({ fromImage: repository, tag: digest });
  if (typeof platform === "string") query.set("platform", platform);
  try {
    await engine.progress("POST", `/images/create?${query.toString()}`, {
      headers: credentials(config, name),
    });
  } catch (error) {
    throw new Error(`unable to pull image ${name}: ${(error as Error).message}`, { cause: error });
  }
  const pulled = await inspect(engine, name);
  if (pulled === undefined) throw new Error(`unable to find or pull image ${name}`);
  return pulled;
}

async function removeImage(engine: Engine, name: string, force: boolean): Promise<void> {
  try {
    await engine.call("DELETE", `/images/${encodeURI(name)}?force=${String(force)}`);
  } catch (error) {
    if (!(error instanceof DockerError && error.status === 404)) throw error;
  }
}

/** `docker.RemoteImage`: a pulled image. */
export function remoteImage(connect: (config: Properties) => Engine): Kind {
  const known = (image: Inspected, name: string): Properties => ({
    imageId: image.Id,
    repoDigest: digestOf(image, name),
  });
  return bridged({
    autoname: false,
    plan: { computed: ["imageId", "repoDigest"] },
    check: (inputs) =>
      inputs.build === undefined
        ? []
        : [{ property: "build", reason: "building is simulated by docker.Image alone" }],
    async make(inputs, { config }) {
      const name = String(inputs.name);
      const image = await findOrPull(connect(config), name, config, inputs.platform);
      return { id: image.Id + name };
    },
    async state(_id, outputs, { config }) {
      const name = String(outputs.name);
      const image = await inspect(connect(config), name);
      return image === undefined ? undefined : known(image, name);
    },
    async delete(_id, outputs, { config }) {
      if (outputs.keepLocally === true) return;
      await removeImage(connect(config), String(outputs.name), outputs.forceRemove === true);
    },
  });
}

interface Build {
  readonly context?: string;
  readonly dockerfile?: string;
  readonly args?: Readonly<Record<string, string>>;
  readonly target?: string;
  readonly platform?: string;
  readonly network?: string;
  readonly addHosts?: readonly string[];
  readonly cacheFrom?: { readonly images?: readonly string[] };
}

/** Where and how `docker.Image` builds. */
export interface Builder {
  /** Folder that relative paths start from. */
  readonly folder: string;
  connect(endpoint: Endpoint): Engine;
  /** The daemon of a provider, by this package's native rules. */
  endpoint(config: Properties): Endpoint;
}

/**
 * `docker.Image`, the package's native resource: built on the provider's daemon, changed in place,
 * never deleted from the daemon.
 */
export function image(builder: Builder): Kind {
  const dockerfileOf = (build: Build): string =>
    resolve(builder.folder, build.dockerfile ?? join(build.context ?? ".", "Dockerfile"));
  const contextOf = (build: Build): ReturnType<typeof readContext> =>
    readContext(resolve(builder.folder, build.context ?? "."), dockerfileOf(build));
  const make = async (inputs: Properties, config: Properties): Promise<Properties> => {
    const engine = builder.connect(builder.endpoint(config));
    const name = String(inputs.imageName);
    const build = (inputs.build ?? {}) as Build;
    const context = contextOf(build);
    await engine.progress("POST", `/build?${buildQuery(name, build, context.dockerfile)}`, {
      tar: tar(context.entries),
    });
    const built = await inspect(engine, name);
    if (built === undefined) throw new Error(`${name}: the build left no image of that name`);
    const registry = inputs.registry as Properties | undefined;
    return {
      imageName: name,
      baseImageName: name,
      context: build.context,
      dockerfile: context.dockerfile,
      platform: build.platform,
      registryServer: registry?.server ?? "",
      repoDigest: inputs.skipPush === true ? built.Id : await push(engine, name, registry, built),
    };
  };
  return {
    autoname: false,
    computed: () => [],
    preview: (inputs) => inputs,
    // What is in the context is an input, so that another file in it is a change.
    fill(inputs) {
      if (hasUnknown(inputs.build)) return inputs;
      const build = (inputs.build ?? {}) as Build;
      let contextDigest: string;
      try {
        contextDigest = contextOf(build).digest;
      } catch (error) {
        const { message } = error as Error;
        throw new Error(`unable to hash build context: ${message}`, { cause: error });
      }
      const filled = {
        context: ".",
        dockerfile: join(build.context ?? ".", "Dockerfile"),
        builderVersion: "BuilderBuildKit",
        platform: `linux/${arch() === "x64" ? "amd64" : arch()}`,
        contextDigest,
      };
      return { ...inputs, build: { ...filled, ...build } };
    },
    check: (inputs) =>
      inputs.skipPush !== true && inputs.registry === undefined && !hasHost(inputs.imageName)
        ? [{ property: "registry", reason: "pushing to Docker Hub needs credentials" }]
        : [],
    create: async (inputs, { config }) => ({
      id: String(inputs.imageName),
      outputs: await make(inputs, config),
    }),
    read: (id, outputs, inputs) => ({ id, outputs, inputs }),
    update: (_id, _outputs, _old, next, { config }) => make(next, config),
    delete: () => undefined,
  };
}

const hasHost = (name: unknown): boolean =>
  isUnknown(name) || /^([^/]*[.:][^/]*|localhost)\//.test(String(name));

function buildQuery(name: string, build: Build, dockerfile: string): string {
  const query = new URLSearchParams({ t: name, dockerfile, rm: "1", forcerm: "1", version: "1" });
  if (build.args !== undefined) query.set("buildargs", JSON.stringify(build.args));
  if (build.target !== undefined) query.set("target", build.target);
  if (build.platform !== undefined) query.set("platform", build.platform);
  if (build.network !== undefined) query.set("networkmode", build.network);
  if (build.addHosts !== undefined) query.set("extrahosts", build.addHosts.join(","));
  if (build.cacheFrom?.images !== undefined)
    query.set("cachefrom", JSON.stringify(build.cacheFrom.images));
  return query.toString();
}

async function push(
  engine: Engine,
  name: string,
  registry: unknown,
  built: Inspected,
): Promise<string> {
  const { server, username, password } = (registry ?? {}) as Properties;
  const auth = JSON.stringify({ username, password, serveraddress: server });
  const { repository, tag: label } = reference(name);
  const said = await engine.progress("POST", `/images/${repository}/push?tag=${label}`, {
    headers: { "X-Registry-Auth": Buffer.from(auth).toString("base64url") },
  });
  const digest = said
    .map(({ aux }) => (aux as { Digest?: string } | undefined)?.Digest)
    .find((found) => found !== undefined);
  return digest === undefined ? built.Id : `${repository}@${digest}`;
}
