import type { Properties } from "../../components/clouds/preview";
import { unsealed } from "../../components/model/reference";

/** What the SDK puts in a wire value to say that it is more than plain data (sdk: runtime/rpc). */
const signature = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";
const outputSignature = "d0e6a833031e9bbcd3f4e8bde6ca49a4";
const resourceSignature = "5cf8f73096256a8f31e491e813e4eb8e";
const assetSignature = "c44067f5952c0a294b673a41bacd8c17";
const archiveSignature = "0def7320c3a5731c473e5ecbe6d01bc7";
const unknownWire = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** A value that the engine would keep encrypted. */
export class Secret {
  constructor(readonly value: unknown) {}
}

/** Stands for a value that nothing here can know. */
const unknown = "[unknown]";

export function isObject(value: unknown): value is Properties {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Plain data with `Secret` around what is secret; files and archives as `{ path }`, `{ text }`, `{ assets }`. */
export function fromWire(value: unknown): unknown {
  if (value === unknownWire) return unknown;
  if (Array.isArray(value)) return value.map(fromWire);
  if (!isObject(value)) return value;
  switch (value[signature]) {
    case secretSignature:
      return new Secret(fromWire(value["value"]));
    case outputSignature: {
      const known = "value" in value ? fromWire(value["value"]) : unknown;
      return value["secret"] === true ? new Secret(known) : known;
    }
    case resourceSignature:
      return value["id"] ?? value["urn"];
    case assetSignature:
    case archiveSignature:
      return Object.fromEntries(
        Object.entries(value)
          .filter(([key]) => key !== signature && key !== "hash")
          .map(([key, part]) => [key, fromWire(part)]),
      );
    default:
      return mapped(value, fromWire);
  }
}

/** The form in which the SDK takes values back. */
export function toWire(value: unknown): unknown {
  if (value instanceof Secret) return { [signature]: secretSignature, value: toWire(value.value) };
  if (Array.isArray(value)) return value.map(toWire);
  return isObject(value) ? mapped(value, toWire) : value;
}

/** The data with each secret as `show` gives it: `"[secret]"` by default. */
export function shown(
  value: unknown,
  show: (secret: unknown) => unknown = () => "[secret]",
): unknown {
  if (value instanceof Secret) return show(shown(value.value, show));
  if (Array.isArray(value)) return value.map((item) => shown(item, show));
  if (typeof value === "string") return unsealed(value);
  return isObject(value) ? mapped(value, (item) => shown(item, show)) : value;
}

/** What is secret in the data, with its path: `envs[0]`, `metadata.user-data`. */
export function secretsIn(value: unknown, path = ""): { path: string; value: unknown }[] {
  if (value instanceof Secret) return [{ path, value: opened(value.value) }];
  if (Array.isArray(value))
    return value.flatMap((item, index) => secretsIn(item, `${path}[${index}]`));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, item]) =>
    secretsIn(item, path === "" ? key : `${path}.${key}`),
  );
}

/** The data without what marks it as secret; encrypted values stay told apart. */
function opened(value: unknown): unknown {
  if (value instanceof Secret) return opened(value.value);
  if (Array.isArray(value)) return value.map(opened);
  return isObject(value) ? mapped(value, opened) : value;
}

/** The data with every secret in the clear. */
export function revealed(value: unknown): unknown {
  return shown(value, (secret) => secret);
}

function mapped(object: Properties, change: (value: unknown) => unknown): Properties {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]));
}
