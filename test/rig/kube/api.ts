import { Agent, request } from "node:https";
import type { Properties } from "../../simulators/values";
import type { Access } from "./access";

/** The API server refused: its status and its own words. */
export class KubernetesError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** An object of the API: as much of it as is always there. */
export interface KubernetesObject extends Properties {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
}

/** The metadata that is read here. */
export interface ObjectMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly generation?: number;
  readonly deletionTimestamp?: string;
  readonly finalizers?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

interface ResourceKind {
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

interface Sent {
  readonly body?: unknown;
  readonly type?: string;
  readonly query?: Readonly<Record<string, string>>;
}

/** Who owns the fields that a test applies. */
const fieldManager = "pulumi-kubernetes";

/** A Kubernetes API server, reached with a token over TLS. */
export class Api {
  private readonly server: URL;
  private readonly token: string;
  private readonly agent: Agent;
  private readonly kinds = new Map<string, Promise<readonly ResourceKind[]>>();

  constructor({ server, authority, token }: Access) {
    this.server = new URL(server);
    this.token = token;
    this.agent = new Agent({ keepAlive: true, ca: Buffer.from(authority, "base64") });
  }

  /** Server-side apply: what the object says is so, and ours; where somebody else has said otherwise, it fails. */
  async apply(object: KubernetesObject, { dryRun = false } = {}): Promise<KubernetesObject> {
    return this.call("PATCH", await this.pathOf(object), {
      body: object,
      type: "application/apply-patch+yaml",
      query: { fieldManager, ...(dryRun && { dryRun: "All" }) },
    });
  }

  /** Makes an object as `kubectl create` does: fields that are unknown or there twice are refused. */
  async create(object: KubernetesObject, { dryRun = false } = {}): Promise<KubernetesObject> {
    const { apiVersion, kind, metadata } = object;
    const path = await this.collection({ apiVersion, kind, namespace: metadata.namespace });
    const query = { fieldValidation: "Strict", ...(dryRun && { dryRun: "All" }) };
    return this.call("POST", path, { body: object, query });
  }

  /**
   * Changes an object as `kubectl edit` and `kubectl scale` do, and as controllers: its fields are theirs then.
   *
   * @param change A merge patch: null takes a field away, a list is the whole of it.
   * @param part A part of it with a door of its own: `status`, `scale`.
   */
  async edit(object: KubernetesObject, change: Properties, part = ""): Promise<KubernetesObject> {
    const path = await this.pathOf(object);
    return this.call("PATCH", part === "" ? path : `${path}/${part}`, {
      body: change,
      type: "application/merge-patch+json",
      query: { fieldManager: "kubectl-edit" },
    });
  }

  /** The object as it is; nothing where there is none. */
  async get(object: KubernetesObject): Promise<KubernetesObject | undefined> {
    return this.find(await this.pathOf(object));
  }

  /** Objects of one kind in a namespace, or in all of them. */
  async list(
    apiVersion: string,
    kind: string,
    namespace?: string,
    labels?: Readonly<Record<string, string>>,
  ): Promise<KubernetesObject[]> {
    const path = await this.collection({ apiVersion, kind, namespace });
    const labelSelector = Object.entries(labels ?? {}).map((pair) => pair.join("="));
    const query = labelSelector.length > 0 ? { labelSelector: labelSelector.join(",") } : {};
    const { items } = await this.call<{ items: KubernetesObject[] }>("GET", path, { query });
    return items.map((item) => ({ ...item, apiVersion, kind }));
  }

  /** Deletes an object once what belongs to it is gone, as the provider does. */
  async delete(object: KubernetesObject): Promise<void> {
    try {
      await this.call("DELETE", await this.pathOf(object), {
        body: { kind: "DeleteOptions", apiVersion: "v1", propagationPolicy: "Foreground" },
      });
    } catch (error) {
      if (!(error instanceof KubernetesError && error.status === 404)) throw error;
    }
  }

  async find<T = KubernetesObject>(path: string): Promise<T | undefined> {
    try {
      return await this.call<T>("GET", path);
    } catch (error) {
      if (error instanceof KubernetesError && error.status === 404) return undefined;
      throw error;
    }
  }

  /** Whether the server knows a kind: a custom one has to be defined first. */
  async knows(apiVersion: string, kind: string): Promise<boolean> {
    return (await this.kindOf(apiVersion, kind)) !== undefined;
  }

  /** @throws KubernetesError with the server's own message. */
  call<T = KubernetesObject>(method: string, path: string, sent: Sent = {}): Promise<T> {
    const body = sent.body === undefined ? undefined : JSON.stringify(sent.body);
    const query = new URLSearchParams(sent.query).toString();
    return new Promise((resolve, reject) => {
      const call = request(
        {
          method,
          hostname: this.server.hostname,
          port: this.server.port,
          path: query === "" ? path : `${path}?${query}`,
          agent: this.agent,
          timeout: 60_000,
          headers: {
            authorization: `Bearer ${this.token}`,
            accept: "application/json",
            ...(body !== undefined && {
              "content-type": sent.type ?? "application/json",
              "content-length": Buffer.byteLength(body),
            }),
          },
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on("data", (chunk: Buffer) => chunks.push(chunk));
          response.on("error", reject);
          response.on("end", () => {
            const text = Buffer.concat(chunks).toString();
            const status = response.statusCode ?? 500;
            if (status < 400) resolve(JSON.parse(text) as T);
            else reject(new KubernetesError(status, messageOf(text)));
          });
        },
      );
      call.on("timeout", () => call.destroy(new Error("the API server did not answer in 60 s")));
      call.on("error", (error: NodeJS.ErrnoException) => {
        // The server had closed a connection that was kept: the request never got there.
        if (call.reusedSocket && error.code === "ECONNRESET")
          resolve(this.call<T>(method, path, sent));
        else reject(error);
      });
      call.end(body);
    });
  }

  private async pathOf(object: KubernetesObject): Promise<string> {
    const { apiVersion, kind, metadata } = object;
    const path = await this.collection({
      apiVersion,
      kind,
      namespace: metadata.namespace ?? "default",
    });
    return `${path}/${encodeURIComponent(metadata.name)}`;
  }

  private async collection(of: {
    apiVersion: string;
    kind: string;
    namespace: string | undefined;
  }): Promise<string> {
    const { apiVersion, kind, namespace } = of;
    const found = await this.kindOf(apiVersion, kind);
    if (found === undefined)
      throw new KubernetesError(404, `no matches for kind "${kind}" in version "${apiVersion}"`);
    const inside = found.namespaced && namespace !== undefined ? `/namespaces/${namespace}` : "";
    return `${groupPath(apiVersion)}${inside}/${found.name}`;
  }

  private async kindOf(apiVersion: string, kind: string): Promise<ResourceKind | undefined> {
    const asked = this.kinds.get(apiVersion) ?? this.kindsOf(apiVersion);
    this.kinds.set(apiVersion, asked);
    let found: ResourceKind | undefined;
    try {
      found = (await asked).find((one) => one.kind === kind);
    } finally {
      // A definition may come yet, also into a group that has others already.
      if (found === undefined) this.kinds.delete(apiVersion);
    }
    return found;
  }

  private async kindsOf(apiVersion: string): Promise<readonly ResourceKind[]> {
    const found = await this.find<{ resources: ResourceKind[] }>(groupPath(apiVersion));
    return (found?.resources ?? []).filter(({ name }) => !name.includes("/"));
  }
}

const groupPath = (apiVersion: string): string =>
  apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;

function messageOf(text: string): string {
  try {
    return (JSON.parse(text) as { message: string }).message;
  } catch {
    return text.trim();
  }
}
