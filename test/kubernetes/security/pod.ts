import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { KubernetesObject } from "../../rig/kube/api";
import { templateOf } from "../manifests";

export interface Security {
  readonly capabilities?: { readonly drop?: readonly string[]; readonly add?: readonly string[] };
  readonly runAsUser?: number;
  readonly runAsGroup?: number;
  readonly runAsNonRoot?: boolean;
  readonly readOnlyRootFilesystem?: boolean;
  readonly allowPrivilegeEscalation?: boolean;
  readonly supplementalGroups?: readonly number[];
  readonly sysctls?: readonly { readonly name: string; readonly value: string }[];
}

interface Item {
  readonly key: string;
  readonly path: string;
  readonly mode?: number;
}

interface Source {
  readonly name?: string;
  readonly secretName?: string;
  readonly items?: readonly Item[];
}

interface Volume {
  readonly name: string;
  readonly emptyDir?: { readonly medium?: string };
  readonly persistentVolumeClaim?: { readonly claimName: string };
  readonly configMap?: Source;
  readonly secret?: Source;
  readonly projected?: {
    readonly sources: readonly { readonly configMap?: Source; readonly secret?: Source }[];
  };
}

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly workingDir?: string;
  readonly env?: readonly {
    readonly name: string;
    readonly value?: string;
    readonly valueFrom?: Readonly<Record<string, { readonly name: string; readonly key: string }>>;
  }[];
  readonly envFrom?: readonly Readonly<Record<string, { readonly name: string }>>[];
  readonly ports?: readonly { readonly containerPort: number; readonly protocol?: string }[];
  readonly volumeMounts?: readonly {
    readonly name: string;
    readonly mountPath: string;
    readonly subPath?: string;
    readonly readOnly?: boolean;
  }[];
  readonly readinessProbe?: Probe;
  readonly securityContext: Security;
}

export interface Probe {
  readonly exec?: { readonly command: readonly string[] };
  readonly httpGet?: { readonly path: string; readonly port: number };
  readonly tcpSocket?: { readonly port: number };
}

export interface Spec {
  readonly initContainers?: readonly Container[];
  readonly containers: readonly Container[];
  readonly volumes?: readonly Volume[];
  readonly securityContext?: Security;
}

/** The pod of each workload, by its label `berth.service`. */
export function podsIn(objects: readonly KubernetesObject[]): ReadonlyMap<string, Spec> {
  return new Map(
    objects.flatMap((object) => {
      const template = templateOf(object) as
        { metadata: { labels: Readonly<Record<string, string>> }; spec: Spec } | undefined;
      return template === undefined
        ? []
        : [[template.metadata.labels["berth.service"]!, template.spec]];
    }),
  );
}

/** What ConfigMaps and Secrets hold, by kind and name. */
export class Contents {
  private readonly held = new Map<string, ReadonlyMap<string, Buffer>>();

  constructor(objects: readonly KubernetesObject[]) {
    for (const object of objects) {
      if (object.kind !== "ConfigMap" && object.kind !== "Secret") continue;
      const { data, stringData, binaryData } = object as unknown as Record<
        string,
        Record<string, string> | undefined
      >;
      const encoded = { ...binaryData, ...(object.kind === "Secret" ? data : {}) };
      const plain = { ...stringData, ...(object.kind === "Secret" ? {} : data) };
      this.held.set(
        `${object.kind} ${object.metadata.name}`,
        new Map([
          ...Object.entries(encoded).map(
            ([key, text]) => [key, Buffer.from(text, "base64")] as const,
          ),
          ...Object.entries(plain).map(([key, text]) => [key, Buffer.from(text)] as const),
        ]),
      );
    }
  }

  of(kind: "ConfigMap" | "Secret", name: string): ReadonlyMap<string, Buffer> {
    return this.held.get(`${kind} ${name}`) ?? new Map<string, Buffer>();
  }
}

/** Folders of this computer as a pod's volumes: claims are new file systems of root's. */
export class Volumes {
  private readonly made = new Set<string>();

  constructor(
    private readonly folder: string,
    private readonly contents: Contents,
  ) {}

  /** `docker run` arguments for a container's mounts. */
  mounts(pod: string, { volumes = [] }: Spec, { volumeMounts = [] }: Container): string[] {
    return volumeMounts.flatMap(({ name, mountPath, subPath, readOnly }) => {
      const volume = volumes.find((one) => one.name === name)!;
      if (volume.emptyDir?.medium === "Memory") return ["--tmpfs", `${mountPath}:exec,mode=0777`];
      const source = join(this.source(pod, volume), subPath ?? "");
      if (volume.persistentVolumeClaim !== undefined) this.directory(source, 0o755);
      return ["--volume", `${source}:${mountPath}${readOnly === true ? ":ro" : ""}`];
    });
  }

  private source(pod: string, volume: Volume): string {
    const claim = volume.persistentVolumeClaim?.claimName;
    const at = join(this.folder, claim ?? `${pod}.${volume.name}`);
    if (this.made.has(at)) return at;
    this.directory(at, volume.emptyDir === undefined ? 0o755 : 0o777);
    const sources = volume.projected?.sources ?? [
      ...(volume.configMap === undefined ? [] : [{ configMap: volume.configMap }]),
      ...(volume.secret === undefined ? [] : [{ secret: volume.secret }]),
    ];
    for (const { configMap, secret } of sources) {
      const { items, name, secretName } = (configMap ?? secret)!;
      const held = this.contents.of(
        configMap === undefined ? "Secret" : "ConfigMap",
        name ?? secretName ?? "",
      );
      for (const { key, path, mode } of items ??
        [...held.keys()].map((one) => ({ key: one, path: one, mode: undefined }))) {
        const content = held.get(key);
        if (content === undefined) continue;
        const file = join(at, path);
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, content);
        chmodSync(file, mode ?? 0o644);
      }
    }
    return at;
  }

  private directory(at: string, mode: number): void {
    if (this.made.has(at)) return;
    this.made.add(at);
    mkdirSync(at, { recursive: true });
    chmodSync(at, mode);
  }
}

/** `docker run` arguments for a container's rights, as a node's runtime understands them. */
export function rights(pod: Security = {}, own: Security): string[] {
  const user = own.runAsUser ?? pod.runAsUser;
  const group = own.runAsGroup ?? pod.runAsGroup;
  const sysctls = new Map([
    // Docker's own default is 0; that of a node's runtime is the kernel's.
    ["net.ipv4.ip_unprivileged_port_start", "1024"],
    ...(pod.sysctls ?? []).map(({ name, value }) => [name, value] as const),
  ]);
  return [
    ...(own.capabilities?.drop ?? []).flatMap((name) => ["--cap-drop", name]),
    ...(own.capabilities?.add ?? []).flatMap((name) => ["--cap-add", name]),
    ...(user === undefined ? [] : ["--user", group === undefined ? `${user}` : `${user}:${group}`]),
    ...(pod.supplementalGroups ?? []).flatMap((id) => ["--group-add", String(id)]),
    ...(own.readOnlyRootFilesystem === true ? ["--read-only"] : []),
    ...(own.allowPrivilegeEscalation === false ? ["--security-opt", "no-new-privileges"] : []),
    ...[...sysctls].flatMap(([name, value]) => ["--sysctl", `${name}=${value}`]),
  ];
}

/** The environment of a container, by name. */
export function environmentOf(
  { env = [], envFrom = [] }: Container,
  contents: Contents,
): Map<string, string> {
  const found = new Map<string, string>();
  for (const { configMapRef, secretRef } of envFrom)
    for (const [key, value] of contents.of(
      configMapRef === undefined ? "Secret" : "ConfigMap",
      (configMapRef ?? secretRef)!.name,
    ))
      found.set(key, value.toString());
  for (const { name, value, valueFrom } of env) {
    const { configMapKeyRef, secretKeyRef } = valueFrom ?? {};
    const from = configMapKeyRef ?? secretKeyRef;
    const held =
      from === undefined
        ? value
        : contents
            .of(configMapKeyRef === undefined ? "Secret" : "ConfigMap", from.name)
            .get(from.key)
            ?.toString();
    found.set(name, held ?? "");
  }
  return found;
}

/** `$$` stands for `$` in commands. */
export const plain = (words: readonly string[] = []): string[] =>
  words.map((word) => word.replaceAll("$$", "$"));
