import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { parseDocument } from "yaml";
import { nearest, type Problem } from "../../model/problem";

/** What decides which cluster a stack of this computer is on. */
export interface ContextQuery {
  /** `kubernetes:kubeconfig`: a path, or the content itself. */
  readonly kubeconfig?: string | undefined;
  /** `kubernetes:context`. */
  readonly context?: string | undefined;
  /** Relative paths start here. */
  readonly folder: string;
  /** Where kubectl looks: one path, or several as in KUBECONFIG. */
  readonly usual: string;
}

/** The context that is used, what is wrong with it, or neither where there is no kubeconfig. */
export type FoundContext =
  { readonly context: string } | { readonly problem: Problem; readonly absent: boolean };

/** The context names of tools that run a cluster on one computer (decisions.md: local-context). */
const local = /^(kind-.+|k3d-.+|minikube|docker-desktop|orbstack)$/;

/**
 * The context of the kubeconfig that a stack is on. One that the config does not name has to be of a cluster on
 * this computer: the context that kubectl last used may be a client's cluster.
 */
export function findContext(query: ContextQuery): FoundContext {
  const wrong = (key: string, message: string, absent = false): FoundContext => ({
    problem: { key: `kubernetes:${key}`, message },
    absent,
  });
  const { files, problem } = filesOf(query);
  if (problem !== undefined) return wrong("kubeconfig", problem);
  if (files.length === 0)
    return wrong(
      "kubeconfig",
      `there is no kubeconfig at ${query.kubeconfig ?? query.usual}; make a cluster on this computer (kind create cluster), or set it to the path of one`,
      true,
    );
  const names = [...new Set(files.flatMap(({ contexts }) => contexts))];
  const known = names.length === 0 ? "it has none" : `it has ${names.join(", ")}`;
  const context = query.context ?? files.map(({ current }) => current).find(Boolean);
  if (context === undefined)
    return wrong("context", `the kubeconfig has no current context; set it to one (${known})`);
  if (!names.includes(context)) {
    const near = nearest(context, names);
    return wrong(
      "context",
      `the kubeconfig has no context ${context}; ${near === undefined ? known : `did you mean ${near}?`}`,
    );
  }
  if (query.context === undefined && !local.test(context))
    return wrong(
      "context",
      `the current context is ${context}, which may be anybody's cluster; write kubernetes:context: ${context} if it is meant, or switch to one of this computer (kind-*, k3d-*, minikube, docker-desktop, orbstack)`,
    );
  return { context };
}

interface Kubeconfig {
  readonly current: string | undefined;
  readonly contexts: readonly string[];
}

/** As kubectl does it: of several files each that is there counts, the first before the others. */
function filesOf({ kubeconfig, folder, usual }: ContextQuery): {
  readonly files: readonly Kubeconfig[];
  readonly problem?: string;
} {
  if (kubeconfig !== undefined && /^\s*\{|\n/.test(kubeconfig)) {
    const file = parsed(kubeconfig);
    return file === undefined
      ? { files: [], problem: "it is not a kubeconfig" }
      : { files: [file] };
  }
  const paths = kubeconfig === undefined ? usual.split(delimiter) : [kubeconfig];
  const files: Kubeconfig[] = [];
  for (const path of paths.filter((one) => one !== "")) {
    const text = read(resolve(folder, path.replace(/^~(?=\/|$)/, homedir())));
    if (text === undefined) continue;
    const file = parsed(text);
    if (file === undefined)
      return { files: [], problem: `${path} is not a kubeconfig; correct it` };
    files.push(file);
  }
  return { files };
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

function parsed(text: string): Kubeconfig | undefined {
  const document = parseDocument(text, { prettyErrors: false });
  if (document.errors.length > 0) return undefined;
  const content = document.toJS() as unknown;
  if (typeof content !== "object" || content === null || Array.isArray(content)) return undefined;
  const { contexts, "current-context": current } = content as Record<string, unknown>;
  return {
    current: typeof current === "string" && current !== "" ? current : undefined,
    contexts: (Array.isArray(contexts) ? contexts : []).flatMap((entry: unknown) => {
      const name = (entry as { name?: unknown } | null)?.name;
      return typeof name === "string" ? [name] : [];
    }),
  };
}

/** Where kubectl looks for its config, by the environment of a process. */
export const usualKubeconfig = (environment: NodeJS.ProcessEnv): string =>
  environment["KUBECONFIG"] === undefined || environment["KUBECONFIG"] === ""
    ? join(homedir(), ".kube", "config")
    : environment["KUBECONFIG"];
