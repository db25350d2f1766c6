type Named = Readonly<Record<string, string>>;

/** Texts that no run of the same calls has again, in the order in which they are looked for. */
const patterns: readonly [RegExp, string][] = [
  [/\bsha256:[0-9a-f]{64}\b/g, "<digest>"],
  [/\b[0-9a-f]{64}\b/g, "<hash>"],
  [/\b(?:[0-9a-f]{2}:){5}[0-9a-f]{2}\b/g, "<mac>"],
  [/\bthing-[0-9a-f]{7}\b/g, "<made name>"],
  [/\b(?:10\.88|172\.(?:1[6-9]|2\d|3[01])|192\.168)\.\d+\.\d+\b/g, "<address>"],
  [/\b\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)\b/g, "<time>"],
];

/**
 * Puts placeholders where a value differs from run to run, so that two recordings are equal: a `<name>`
 * for each text of `named`, then what the patterns know. `open` puts the texts of `named` back.
 */
export function places(named: () => Named): {
  readonly close: <T>(value: T) => T;
  readonly open: <T>(value: T) => T;
} {
  const pairs = (): [string, string][] =>
    Object.entries(named())
      .filter(([, text]) => text !== "")
      .sort(([, a], [, b]) => b.length - a.length);
  const close = (text: string): string => {
    let closed = text;
    for (const [name, secret] of pairs()) closed = closed.replaceAll(secret, `<${name}>`);
    for (const [pattern, name] of patterns) closed = closed.replace(pattern, name);
    return closed;
  };
  const open = (text: string): string =>
    pairs().reduce((opened, [name, secret]) => opened.replaceAll(`<${name}>`, secret), text);
  return {
    close: <T>(value: T) => through(value, close) as T,
    open: <T>(value: T) => through(value, open) as T,
  };
}

/** `value` with `change` applied to every text in it, the keys of objects too. */
function through(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === "string") return change(value);
  if (Array.isArray(value)) return value.map((item) => through(item, change));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [change(key), through(item, change)]),
  );
}
