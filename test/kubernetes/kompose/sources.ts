import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseAllDocuments } from "yaml";
import { cases, corpus, type Case } from "../../compose/corpus";
import type { KubernetesObject } from "../../rig/kube/api";
import { manifestsOf } from "../manifests";

const repository = resolve(__dirname, "../../..");
const examples = ["autoship", "bigga", "connesoa", "qwaya", "simpleapp"];

/** A Compose application to convert. */
export interface Source {
  readonly name: string;
  readonly folder: string;
  readonly files: readonly string[];
  readonly profiles: readonly string[];
  /** What Berth makes of it. @throws Error that says why it makes nothing. */
  readonly berth: () => Promise<KubernetesObject[]>;
}

/** The five examples, and the corpus where there is one. */
export function sources(): Source[] {
  return [...examples.map(example), ...cases().map(ofCorpus)];
}

function ofCorpus(one: Case): Source {
  const { name, files, profiles } = one;
  return { name, folder: join(corpus, name), files, profiles, berth: () => manifestsOf(one) };
}

/** An example is what its prod stack says: its secrets and its managed databases are chosen there. */
function example(name: string): Source {
  const berth = (): Promise<KubernetesObject[]> => {
    const out = mkdtempSync(join(tmpdir(), "berth-kompose-"));
    const stack = `examples/${name}/Pulumi.prod.yaml`;
    const words = ["cli/start.js", "preview", "--json", "--config-file", stack, "--out", out];
    try {
      execFileSync(process.execPath, words, { cwd: repository, maxBuffer: 1 << 28 });
      const folder = join(out, "kubernetes");
      const texts = readdirSync(folder).map((file) => readFileSync(join(folder, file), "utf8"));
      return Promise.resolve(texts.flatMap(objectsIn));
    } finally {
      rmSync(out, { recursive: true });
    }
  };
  const folder = join(repository, "examples", name);
  return { name: `examples/${name}`, folder, files: ["compose.yaml"], profiles: [], berth };
}

/**
 * What kompose makes of it.
 *
 * @throws Error with its own words.
 */
export function kompose(program: string, { folder, files, profiles }: Source): KubernetesObject[] {
  const words = [
    ...files.flatMap((file) => ["-f", file]),
    ...profiles.flatMap((profile) => ["--profile", profile]),
  ];
  const text = execFileSync(program, ["convert", "--stdout", ...words], {
    cwd: folder,
    encoding: "utf8",
    maxBuffer: 1 << 28,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const objects = objectsIn(text);
  if (objects.length === 0) throw new Error("no object");
  return objects;
}

/** The objects of a YAML stream; those of a list one by one. */
export function objectsIn(text: string): KubernetesObject[] {
  return parseAllDocuments(text).flatMap((document) => {
    const found = document.toJS() as (KubernetesObject & { items?: KubernetesObject[] }) | null;
    if (found === null) return [];
    return found.kind === "List" ? (found.items ?? []) : [found];
  });
}
