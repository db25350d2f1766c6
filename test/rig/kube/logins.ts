import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Access } from "./access";

/** By the cloud's program that logs in to a cluster: the arguments that it is called with. */
const programs: Readonly<Record<string, string>> = {
  aws: "--region * eks get-token --cluster-name * --output json",
  doctl: "kubernetes cluster kubeconfig exec-credential --version=v1beta1 *",
  "gke-gcloud-auth-plugin": "",
};

/**
 * Writes stand-ins for the programs that the clouds' kubeconfigs log in with: called as they have to be, each answers
 * with the token of the tests' cluster.
 */
export function writeLogins(folder: string, { token }: Access): void {
  mkdirSync(folder, { recursive: true });
  const credential = {
    apiVersion: "client.authentication.k8s.io/v1beta1",
    kind: "ExecCredential",
    status: { token },
  };
  for (const [program, words] of Object.entries(programs)) {
    const pattern = words === "" ? "''" : words.replaceAll(" ", "\\ ");
    const script = [
      "#!/bin/sh",
      `case "$*" in`,
      `  ${pattern}) echo '${JSON.stringify(credential)}' ;;`,
      `  *) echo "${program}: called in another way than this stand-in knows: $*" >&2; exit 2 ;;`,
      "esac",
      "",
    ];
    writeFileSync(join(folder, program), script.join("\n"), { mode: 0o755 });
  }
}
