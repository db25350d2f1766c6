import * as fs from "node:fs";
import { hasReference, type Text } from "../reference";
import type { FileObject, Service } from "./app";
import type { Context } from "./context";
import type { LoadOptions } from "./load";
import { resources } from "./schema";
import { get, type Entry, type Node } from "./tree";
import { shown } from "./yaml";

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
      [
        ...(service[kind] ?? []),
        ...(kind === "secrets" ? ((service.build?.secrets ?? []) as { source: string }[]) : []),
      ].map(({ source }) => source),
    ),
  );
  return Object.fromEntries(
    [...entries].map(([name, { at, value }]) => {
      const object = resources[kind].convert(value) as FileObject;
      const given = kind === "secrets" ? options.secrets?.[name] : undefined;
      if (!used.has(name)) return [name, object];
      if (given !== undefined) return [name, { ...object, content: given }];
      return [name, { ...object, ...contentOf(kind, name, object, value, at, context) }];
    }),
  );
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
    context.complain(
      at,
      path,
      kind === "secrets"
        ? `is external and has no value; give it in berth:secrets as "${name}"`
        : "is external, and there is no store of configs here; give it a file or content",
    );
    return {};
  }
  if (written?.kind === "scalar") {
    const text = written.text;
    // A value that is a reference already (a secret variable) needs no second one around it.
    return { content: hasReference(text) && kind === "secrets" ? text : conceal(text) };
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
    if (!context.lenient)
      context.complain(
        fileAt,
        [...path, "file"],
        kind === "secrets"
          ? `${shown(file)} does not exist or cannot be read; create it, or give the value in berth:secrets as "${name}"`
          : `${shown(file)} does not exist or cannot be read; create it`,
      );
    return {};
  }
  const text = bytes.toString("utf8");
  const binary =
    bytes.includes(0) || !Buffer.from(text, "utf8").equals(bytes) || hasReference(text);
  return binary
    ? { content: conceal(bytes.toString("base64")), binary: true }
    : { content: conceal(text) };
}
