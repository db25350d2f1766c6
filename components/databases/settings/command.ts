import type { Text } from "../../model/reference";
import type { Source, Stated } from "./settings";

/** The words after a server's name in the command that starts it. */
export interface ServerCommand {
  /** The key that they stand in. */
  readonly key: "command" | "entrypoint";
  readonly words: readonly Text[];
  readonly unread: Stated["unread"];
}

/** What official images, and people, put before a server. */
const wrappers = /^(exec|tini|dumb-init|--|gosu|su-exec|(.*\/)?docker-entrypoint\.sh)$/;

/**
 * A server's options, from the list of a command, with or without the server before them, or from the line of a
 * shell that starts it.
 *
 * @param server Matches the name of the server's program.
 */
export function serverCommand({ compose, environment }: Source, server: RegExp): ServerCommand {
  const { command, entrypoint } = compose;
  const key = command === null || command.length === 0 ? "entrypoint" : "command";
  const all = [...(entrypoint ?? []), ...(command ?? [])];
  const [shell = "", option = "", line = ""] = all;
  if (/^(.*\/)?(ba|da|a)?sh$/.test(shell) && /^-[a-z]*c$/.test(option))
    return inShell(line, environment, { key, server });
  const words = withoutWrappers(all);
  const [first] = words;
  if (first === undefined || first.startsWith("-")) return { key, words, unread: [] };
  if (isServer(first, server)) return { key, words: words.slice(1), unread: [] };
  const own = entrypoint !== null && entrypoint.length > 0;
  return { key, words: [], unread: [{ key: own ? "entrypoint" : key, what: first }] };
}

function inShell(
  line: Text,
  environment: Source["environment"],
  { key, server }: { readonly key: ServerCommand["key"]; readonly server: RegExp },
): ServerCommand {
  const parts = line
    .split(/&&|;|\n/)
    .map((part) => part.trim())
    .filter((part) => part !== "" && !/^(set\b|#)/.test(part));
  const unread: { key: string; what: string }[] = [];
  let words: readonly Text[] = [];
  for (const part of parts) {
    const [first, ...rest] = withoutWrappers(shellWords(part));
    if (first !== undefined && isServer(first, server))
      words = rest.map((word) =>
        word.replace(
          /\$(\w+)|\$\{(\w+)\}/g,
          (whole, short?: string, long?: string) => environment[short ?? long ?? ""] ?? whole,
        ),
      );
    else unread.push({ key, what: part });
  }
  return { key, words, unread };
}

function withoutWrappers(words: readonly Text[]): Text[] {
  const first = words.findIndex((word) => !wrappers.test(word));
  return first < 0 ? [] : words.slice(first);
}

const isServer = (word: string, server: RegExp): boolean =>
  server.test(word.slice(word.lastIndexOf("/") + 1));

/** The words of a line as a shell would take them; variables stay. */
export function shellWords(line: string): string[] {
  return [...line.matchAll(/(?:[^\s"'\\#]|\\.|"(?:[^"\\]|\\.)*"|'[^']*'|(?<=\S)#)+|#.*$/g)]
    .map(([word]) => word)
    .filter((word) => !word.startsWith("#"))
    .map((word) =>
      word.replace(
        /\\(.)|"((?:[^"\\]|\\.)*)"|'([^']*)'/g,
        (_, escaped?: string, double?: string, single?: string) =>
          escaped ?? single ?? (double ?? "").replace(/\\(["\\$`])/g, "$1"),
      ),
    );
}
