import { get, scalar, sequence, type Node, type Sequence } from "../../model/tree";

/** Returns what identifies a list's item; undefined for an item that is never a duplicate. */
export type Identity = (item: Node) => string | undefined;

/** The list without duplicates: the last one stays, at the first one's position. */
export function distinct(node: Sequence, identity: Identity): Sequence {
  const items: Node[] = [];
  const places = new Map<string, number>();
  for (const item of node.items) {
    const key = identity(item);
    const place = key === undefined ? undefined : places.get(key);
    if (place !== undefined) items[place] = item;
    else {
      if (key !== undefined) places.set(key, items.length);
      items.push(item);
    }
  }
  return items.length === node.items.length && places.size === items.length
    ? node
    : sequence(node.at, items);
}

/** An item by its text. */
export function text(item: Node): string | undefined {
  return item.kind === "scalar" ? item.text : undefined;
}

/** `NAME=value`, or a name, by the name. */
export function byName(item: Node): string | undefined {
  return text(item)?.split("=", 1)[0];
}

/** A secret or config by where it is mounted, by default below `folder`. */
export function mount(folder: string): Identity {
  return (item) => {
    const target = get(item, "target");
    if (target !== undefined) return text(target);
    const source = item.kind === "mapping" ? get(item, "source") : item;
    return source === undefined ? undefined : `${folder}/${text(source) ?? ""}`;
  };
}

/** A device by its path in the container. */
export function device(item: Node): string | undefined {
  if (item.kind === "mapping") return text(get(item, "target") ?? get(item, "source") ?? item);
  const [source, target] = text(item)?.split(":") ?? [];
  return target ?? source;
}

/** An env file by its path. */
export function envFile(item: Node): string | undefined {
  return text(item.kind === "mapping" ? (get(item, "path") ?? item) : item);
}

/** A port in long syntax by its address, host port, container port and protocol. */
export function port(item: Node): string | undefined {
  if (item.kind !== "mapping") return text(item);
  const part = (key: string, otherwise: string): string =>
    text(get(item, key) ?? scalar(item.at, otherwise)) ?? otherwise;
  return `${part("host_ip", "0.0.0.0")}:${part("published", "")}:${part("target", "")}/${part("protocol", "tcp")}`;
}
