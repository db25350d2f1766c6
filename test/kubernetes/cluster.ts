import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Context } from "mocha";
import { parseAllDocuments } from "yaml";
import { accessOf, type Access } from "../rig/kube/access";
import { Api, type KubernetesObject } from "../rig/kube/api";

const script = resolve(__dirname, "../rig/kube.sh");
export const programs = join(process.env.BERTH_RIG ?? join(homedir(), ".cache/berth-rig"), "bin");

/** The control plane of the tests, with what every managed cluster brings along. */
export interface Cluster {
  /** The path of the kubeconfig. */
  readonly kubeconfig: string;
  readonly access: Access;
  readonly api: Api;
}

/** The provisioner of the rig's storage classes. */
export const provisioner = "rig.berth/simulated";

/** Storage classes that the clouds' clusters have. */
const storageClasses = ["do-block-storage", "standard-rwo", "ebs-csi-default-sc"];

/**
 * The cluster that `test/rig/kube.sh` runs, started where it does not run yet. Skips with the reason, or fails where
 * rigs are required, when its programs are missing.
 */
export async function cluster(context: Context): Promise<Cluster> {
  try {
    execFileSync(join(programs, "kube-rig"), ["--version"], { stdio: "ignore" });
  } catch (error) {
    if ((error as { code?: string }).code === "ENOENT") {
      const reason = `kube-rig is not in ${programs}; run test/rig/install.sh kubernetes`;
      if (process.env.BERTH_RIG_REQUIRED === "1") throw new Error(reason, { cause: error });
      console.error(`skipped: ${reason}`);
      context.skip();
    }
  }
  return connect();
}

/** The same, for who is no test. @throws Error when it does not start. */
export async function connect(): Promise<Cluster> {
  const run = (...words: string[]): string =>
    execFileSync(script, words, { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] }).trim();
  let kubeconfig: string;
  try {
    kubeconfig = execFileSync(script, ["status"], { encoding: "utf8", stdio: "pipe" }).trim();
  } catch {
    kubeconfig = run("up");
    // Whoever started it stops it, once for all suites of the process.
    process.once("exit", () => execFileSync(script, ["down"], { stdio: "inherit" }));
  }
  const access = accessOf(readFileSync(kubeconfig, "utf8"));
  const api = new Api(access);
  await furnish(api);
  return { kubeconfig, access, api };
}

async function furnish(api: Api): Promise<void> {
  const apply = (apiVersion: string, kind: string, name: string, rest: object): Promise<unknown> =>
    api.apply({ apiVersion, kind, metadata: { name }, ...rest });
  for (const name of storageClasses)
    await apply("storage.k8s.io/v1", "StorageClass", name, {
      provisioner,
      volumeBindingMode: "WaitForFirstConsumer",
      allowVolumeExpansion: true,
    });
}

/** Defines the kinds of the stand-in charts, for who asks the API server without them; a release takes them over. */
export async function defineKinds(api: Api): Promise<void> {
  for (const chart of ["cert-manager", "keda"]) {
    const file = resolve(__dirname, `../rig/kube/charts/${chart}/templates/kinds.yaml`);
    for (const document of parseAllDocuments(readFileSync(file, "utf8"))) {
      const { metadata, ...kind } = document.toJS() as KubernetesObject & { spec: Definition };
      await api.apply({
        ...kind,
        metadata: {
          name: metadata.name,
          labels: { "app.kubernetes.io/managed-by": "Helm" },
          annotations: {
            ...metadata.annotations,
            "meta.helm.sh/release-name": chart,
            "meta.helm.sh/release-namespace": chart,
          },
        },
      });
      const { group, names, versions } = kind.spec;
      const version = `${group}/${versions[0]!.name}`;
      await eventually(`kind ${version} ${names.kind}`, () => api.knows(version, names.kind));
    }
  }
}

interface Definition {
  readonly group: string;
  readonly names: { readonly kind: string };
  readonly versions: readonly { readonly name: string }[];
}

/** Waits for a minute at most. */
export async function eventually(what: string, there: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 60_000;
  while (!(await there())) {
    if (Date.now() > end) throw new Error(`the API server saw no ${what} in 60 s`);
    await sleep(50);
  }
}

/** Makes a namespace really, and waits for what pods need in it. */
export async function makeNamespace(
  api: Api,
  namespace: KubernetesObject,
): Promise<KubernetesObject> {
  const made = await api.apply(namespace);
  const account = `/api/v1/namespaces/${made.metadata.name}/serviceaccounts/default`;
  await eventually(account, async () => (await api.find(account)) !== undefined);
  return made;
}
