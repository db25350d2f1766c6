import { nearest, type Position } from "../problem";
import { display } from "../reference";
import { isNull, type Node, type Path } from "../tree";

/** A JSON Schema (draft 7) fragment, for editors and the documentation. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/**
 * What a key of a YAML file may hold. `check` reports what is wrong and returns the tree without it, so that
 * later steps meet only what they understand; `convert` gives the value of a checked tree. Between the two,
 * Compose files are merged and brought into their long forms.
 */
export interface Type<T = unknown> {
  /** As it reads after "must be": `a list of CIDR blocks`. */
  readonly what: string;
  readonly json: JsonSchema;
  /** Whether a value in it may be encrypted. */
  readonly secret?: boolean;
  /** For the reader of Compose files: in the normal form even where it is empty, zero or false. */
  readonly keep?: boolean;
  /** Whether the node is of this kind (scalar, list, mapping); its content is not checked. */
  fits(node: Node): boolean;
  check(node: Node, path: Path, checks: Checks): Node | undefined;
  convert(node: Node): T | undefined;
}

/** The value of a type. */
export type Value<X extends Type> = X extends Type<infer T> ? T : never;

/** Where a check reports to. */
export interface Checks {
  complain(at: Position | undefined, path: Path, message: string): void;
  /** Absent where a file has no encrypted values. */
  readonly secrets?: {
    has(path: Path): boolean;
    /** Reports that this value may not be encrypted. */
    refuse(path: Path): void;
    /** Stores the value as a secret and returns a reference to it. */
    conceal(path: Path, value: string): string;
  };
}

/** Reports an encrypted value where only plain ones may be; whether there was one. */
export function refusesSecret(path: Path, { secrets }: Checks): boolean {
  if (secrets?.has(path) !== true) return false;
  secrets.refuse(path);
  return true;
}

/** Reports a node of the wrong kind. */
export function misfit({ what }: Pick<Type, "what">, node: Node, path: Path, checks: Checks): void {
  if (node.kind === "scalar" && (node.refused === true || refusesSecret(path, checks))) return;
  const message = isNull(node)
    ? `is empty; give ${what}, or remove it`
    : what === "a string" && node.kind === "scalar"
      ? `must be a string; put it in quotes: "${node.text}"`
      : `must be ${what}, not ${shown(node)}`;
  checks.complain(node.at, path, message);
}

/** A node as a message shows it. */
function shown(node: Node): string {
  if (node.kind !== "scalar") return node.kind === "mapping" ? "a mapping" : "a list";
  const text = typeof node.value === "string" ? JSON.stringify(display(node.value)) : node.text;
  return text.length > 60 ? `${text.slice(0, 57)}..."` : text;
}

/** `a, b or c`. */
export function orList(names: readonly string[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} or ${names.at(-1)!}`;
}

/** `did you mean "x"?`, or the list of known keys. */
export function suggestion(word: string, known: readonly string[], prefix = ""): string {
  const near = nearest(word, known);
  if (near !== undefined) return `did you mean "${prefix}${near}"?`;
  return known.length > 12
    ? "the keys are in the README, under Configuration"
    : `the keys here are ${known.join(", ")}`;
}
