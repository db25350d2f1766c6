import * as fs from "node:fs";
import { hasReference, type Text } from "../../model/reference";
import type { FileObject, Service } from "../app";
import type { Context } from "../read/context";
import type { LoadOptions } from "../load-options";
import { resources } from "../schema/schema";
import { get, type Entry, type Node } from "../../model/tree";
import { shown } from "../read/yaml";

/** Largest content of a secret or config, in bytes: what Kubernetes takes in one object. */
const contentLimit = 1_000_000;

/** Top-level `secrets` or `configs` that services use, with what they hold. */
export function fileObjects(
  kind: "secrets" | "configs",
  entries: ReadonlyMap<string, Entry>,
  services: Readonly<Record<string, Service>>,
  options: LoadOptions,
  context: Context,
): Record<string, FileObject> {
  const used = new Set(
    Object.values(services).flatMap((service) =>
      [...(service[kind] ?? []), ...(kind === "secrets" ? (service.build?.secrets ?? []) : [])].map(
        ({ source }) => source,
      ),
    ),
  );
  return Object.fromEntries(
    [...entries].map(([name, { at, value }]) => {
      const object = resources[kind].convert(value)!;
      const given = kind === "secrets" ? options.secrets?.[name] : undefined;
      origin(kind, name, value, at, context);
      if (!used.has(name)) return [name, object];
      if (given !== undefined) return [name, { ...object, content: given }];
      return [name, { ...object, ...contentOf(kind, name, object, value, at, context) }];
    }),
  );
}

/** Where the content comes from: one place, or another's store. */
function origin(
  kind: "secrets" | "configs",
  name: string,
  node: Node,
  at: Entry["at"],
  context: Context,
): void {
  const sources = kind === "secrets" ? ["file", "environment"] : ["file", "environment", "content"];
  const given = sources.filter((source) => get(node, source)?.at !== undefined);
  // The loader adds the content that `environment` names.
  const own = given.includes("environment")
    ? given.filter((source) => source !== "content" || !sameStart(node))
    : given;
  if (own.length > 1)
    context.complain(at, [kind, name], `has ${own.join(" and ")}; keep one of them`);
  else if (
    own.length === 0 &&
    get(node, "external") === undefined &&
    get(node, "driver") === undefined
  )
    context.complain(at, [kind, name], `has none of ${sources.join(", ")}; give one`);
}

/** Whether `content` stands where `environment` does, so was read from the variable. */
function sameStart(node: Node): boolean {
  return get(node, "content")?.at === get(node, "environment")?.at;
}

function contentOf(
  kind: "secrets" | "configs",
  name: string,
  object: FileObject,
  node: Node,
  at: Entry["at"],
  context: Context,
): { content?: Text; binary?: boolean } {
  const path = [kind, name];
  const written = get(node, "content");
  const conceal = (text: Text): Text =>
    kind === "secrets" ? context.conceal(`secrets/${name}`, text) : text;
  if (object.external === true) {
    if (context.lenient) return {};
    context.complain(
      at,
      path,
      kind === "secrets"
        ? `is external and has no value; give it in berth:secrets as "${name}"`
        : "is external, which is not supported; give it a file or content",
    );
    return {};
  }
  if (written?.kind === "scalar") {
    return { content: conceal(written.text) };
  }
  if (object.environment !== undefined) {
    if (!context.lenient)
      context.complain(
        get(node, "environment")?.at ?? at,
        [...path, "environment"],
        `variable ${object.environment} is not set; give it in .env or berth:variables`,
      );
    return {};
  }
  const { file } = object;
  if (file === undefined) return {};
  const fileAt = get(node, "file")?.at ?? at;
  let bytes: Buffer;
  try {
    const stat = fs.statSync(file);
    if (stat.isDirectory()) {
      context.complain(fileAt, [...path, "file"], `${shown(file)} is a folder; name a file`);
      return {};
    }
    if (stat.size > contentLimit) {
      context.complain(
        fileAt,
        [...path, "file"],
        `${shown(file)} holds ${stat.size} bytes; at most ${contentLimit} are carried over`,
      );
      return {};
    }
    bytes = fs.readFileSync(file);
  } catch {
    context.absent.push({
      at: fileAt,
      key: [...path, "file"].join("."),
      message:
        kind === "secrets"
          ? `${shown(file)} does not exist or cannot be read; create it, or give the value in berth:secrets as "${name}"`
          : `${shown(file)} does not exist or cannot be read; create it`,
    });
    return kind === "secrets" ? { content: conceal("not there") } : {};
  }
  const text = bytes.toString("utf8");
  const binary =
    bytes.includes(0) || !Buffer.from(text, "utf8").equals(bytes) || hasReference(text);
  return binary
    ? { content: conceal(bytes.toString("base64")), binary: true }
    : { content: conceal(text) };
}
