import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { stringify } from "yaml";
import { configYaml } from "../../components/compose/normalise/config-output";
import type { Properties } from "../../components/clouds/preview";
import { unsealed } from "../../components/model/reference";
import { revealed, Secret, shown, type Recorded } from "../recording";
import { isObject } from "../recording/values";
import { legible } from "./document";
import type { Preview } from "./run";

/**
 * Writes the plan's files that are hard to read from a preview: `kubernetes/*.yaml`, `cloud-init.yaml`,
 * `compose.resolved.yaml`. Files of an earlier run are replaced; all are readable by their owner alone.
 *
 * @returns The files written, relative to the folder.
 */
export function writeOut(folder: string, preview: Preview, showSecrets: boolean): string[] {
  const { plan, values, recording } = preview;
  mkdirSync(folder, { recursive: true });
  const files = new Map<string, string>([
    [
      "compose.resolved.yaml",
      configYaml(plan.app, ({ kind, name }) => {
        const value = showSecrets ? values.get(`${kind}:${name}`) : undefined;
        return value === undefined ? legible(`\u0001${kind}:${name}\u0002`) : unsealed(value);
      }),
    ],
  ]);
  const userData = recording.resources.map(userDataOf).find((data) => data !== undefined);
  if (userData !== undefined)
    files.set(
      "cloud-init.yaml",
      showSecrets ? userData : redacted(userData, secretTexts(recording.resources)),
    );
  const objects = recording.resources.filter(isObjectOfKubernetes);
  rmSync(join(folder, "kubernetes"), { recursive: true, force: true });
  for (const resource of objects) {
    const object = manifest(resource, showSecrets);
    files.set(
      `kubernetes/${fileName(object, files)}`,
      stringify(object, { lineWidth: 0, compat: "yaml-1.1" }),
    );
  }
  if (objects.length > 0) mkdirSync(join(folder, "kubernetes"), { recursive: true });
  for (const [name, content] of files) writeFileSync(join(folder, name), content, { mode: 0o600 });
  return [...files.keys()];
}

/** An object of the cluster's API; releases of charts are none. */
function isObjectOfKubernetes({ type, custom }: Recorded): boolean {
  return custom && type.startsWith("kubernetes:") && !type.startsWith("kubernetes:helm.sh");
}

/** As `kubectl apply` takes it: Secrets in the clear form, `stringData`. */
function manifest({ name, inputs }: Recorded, showSecrets: boolean): Properties {
  const show = (value: unknown): unknown => (showSecrets ? revealed(value) : shown(value));
  const { apiVersion, kind, metadata, data, stringData, ...rest } = inputs;
  const secret = kind === "Secret";
  const named = { name, ...(show(metadata ?? {}) as Properties) };
  const decoded = secret && data !== undefined ? decodedData(data, showSecrets) : {};
  const texts = { ...decoded, ...(show(stringData ?? {}) as Properties) };
  return {
    apiVersion: show(apiVersion),
    kind: show(kind),
    metadata: named,
    ...(!secret && data !== undefined && { data: show(data) }),
    ...(show(rest) as Properties),
    ...(Object.keys(texts).length > 0 && { stringData: texts }),
  };
}

function decodedData(data: unknown, showSecrets: boolean): Properties {
  const plain = revealed(data);
  if (!isObject(plain)) return {};
  return Object.fromEntries(
    Object.entries(plain).map(([key, value]) => [
      key,
      showSecrets ? unsealed(Buffer.from(String(value), "base64").toString("utf8")) : "[secret]",
    ]),
  );
}

/** `deployment-web.yaml`; what others live in comes first in the folder. */
function fileName(object: Properties, taken: ReadonlyMap<string, string>): string {
  const { kind, metadata } = object as { kind: string; metadata: { name: string } };
  const first = kind === "Namespace" || kind === "CustomResourceDefinition" ? "00-" : "";
  const base = `${first}${kind}-${metadata.name}`.toLowerCase().replace(/[^a-z0-9.-]+/g, "-");
  let name = `${base}.yaml`;
  for (let n = 2; taken.has(`kubernetes/${name}`); n++) name = `${base}-${n}.yaml`;
  return name;
}

/** What the machine runs at its first start, as text. */
function userDataOf({ inputs }: Recorded): string | undefined {
  const metadata = revealed(inputs["metadata"] ?? {});
  const found = [
    revealed(inputs["userData"]),
    revealed(inputs["userDataBase64"]),
    isObject(metadata) ? metadata["user-data"] : undefined,
  ].find((data): data is string => typeof data === "string");
  return found === undefined ? undefined : decodedText(found);
}

function decodedText(data: string): string {
  if (data.startsWith("#") || data.includes("\n")) return data;
  const bytes = Buffer.from(data, "base64");
  try {
    return bytes[0] === 0x1f && bytes[1] === 0x8b
      ? gunzipSync(bytes).toString("utf8")
      : bytes.toString("utf8");
  } catch {
    return data;
  }
}

/** Lines of every secret that a resource holds by itself; what is made of secrets repeats them. */
function secretTexts(resources: readonly Recorded[]): string[] {
  const found = new Set<string>();
  const collect = (value: unknown, secret: boolean): void => {
    if (value instanceof Secret) collect(value.value, true);
    else if (typeof value === "string" && secret)
      for (const line of value.split("\n"))
        if (line.length >= 8 && !line.startsWith("-----")) found.add(line);
    if (Array.isArray(value))
      value.forEach((item) => {
        collect(item, secret);
      });
    else if (isObject(value))
      Object.values(value).forEach((item) => {
        collect(item, secret);
      });
  };
  for (const { type, outputs, inputs } of resources)
    if (/^(random|tls):/.test(type)) collect({ ...inputs, ...outputs }, false);
  return [...found].sort((a, b) => b.length - a.length);
}

/** The text with every secret line of it replaced; also in base64 of whole files. */
function redacted(text: string, secrets: readonly string[]): string {
  let shown = text;
  for (const secret of secrets) shown = shown.replaceAll(secret, "[secret]");
  return shown;
}
