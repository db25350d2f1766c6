import * as path from "node:path";
import { nearest } from "../../model/problem";
import { read, type Place } from "./documents";
import { without } from "./merge";
import { mergeService, resolvePaths, toLongSyntax, unique } from "./passes";
import { absolute } from "./paths";
import {
  get,
  isNull,
  mapping,
  withEntries,
  type Entry,
  type Node,
  type Path,
} from "../../model/tree";
import { shown } from "./yaml";

/** The services of one file, and what its `!reset` tags remove. */
interface Source {
  readonly file: string;
  readonly services: ReadonlyMap<string, Entry>;
  readonly resets: readonly Path[];
  readonly place: Place;
}

/** The file with each service's `extends` applied. */
export function extendAll(root: Node, resets: readonly Path[], file: string, place: Place): Node {
  const services = get(root, "services");
  if (root.kind !== "mapping" || services?.kind !== "mapping") return root;
  const source = { file, services: services.entries, resets, place };
  const done = new Map<string, Node>();
  return withEntries(root, {
    services: mapping(
      services.at,
      [...services.entries].map(([name, { at, value }]) => [
        name,
        { at, value: done.get(name) ?? extended(name, value, source, [], done) },
      ]),
    ),
  });
}

/** @param chain the services that extend this one, as `file#service` */
function extended(
  name: string,
  service: Node,
  source: Source,
  chain: readonly string[],
  done: Map<string, Node>,
): Node {
  const known = done.get(`${source.file}#${name}`);
  if (known !== undefined) return known;
  const wish = get(service, "extends");
  if (service.kind !== "mapping" || wish === undefined) return service;
  const { context } = source.place;
  const key = ["services", name, "extends"];
  const own = withEntries(service, { extends: undefined });
  const here = `${source.file}#${name}`;
  if (chain.includes(here)) {
    const names = [...chain.slice(chain.indexOf(here)), here].map((link) =>
      link.slice(link.lastIndexOf("#") + 1),
    );
    context.complain(wish.at, key, `extends itself: ${names.join(" → ")}; break the cycle`);
    return own;
  }
  const wanted = get(wish, "service") ?? wish;
  const other = get(wish, "file");
  if (wanted.kind !== "scalar") return own;
  const from =
    other?.kind === "scalar" && !isNull(other)
      ? otherFile(absolute(source.place.folder, other.text), source, other, key)
      : source;
  if (from === undefined) return own;
  const base = from.services.get(wanted.text);
  if (base === undefined) {
    const near = nearest(wanted.text, from.services.keys());
    context.complain(
      wanted.at,
      key,
      `no service "${wanted.text}" in ${shown(from.file)}; ${near === undefined ? "add it, or extend another" : `did you mean "${near}"?`}`,
    );
    return own;
  }
  const whole = extended(wanted.text, base.value, from, [...chain, here], done);
  const kept = source.resets
    .filter(([top, service]) => top === "services" && service === name)
    .map((reset) => reset.slice(2));
  const result = isNull(whole) ? own : mergeService(without(whole, kept), own, name, context);
  done.set(here, result);
  return result;
}

/** Services of another file, in long syntax with its own paths made absolute, so that they mean the same here. */
function otherFile(file: string, source: Source, node: Node, key: Path): Source | undefined {
  const place = { ...source.place, folder: path.dirname(file) };
  const [document] = read(file, place, node.at, key).slice(-1);
  if (document === undefined) return undefined;
  const root = resolvePaths(unique(toLongSyntax(unique(document.root))), place.folder);
  const services = get(root, "services");
  return {
    file,
    services: services?.kind === "mapping" ? services.entries : new Map(),
    resets: document.resets,
    place,
  };
}
