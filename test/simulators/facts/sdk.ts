import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";

/** The installed SDK's file of a resource type: `aws:ec2/instance:Instance` is `ec2/instance`. */
export function sdkFile(token: string, extension: ".js" | ".d.ts"): string {
  const [pkg = "", module = ""] = token.split(":");
  const root = dirname(require.resolve(`@pulumi/${pkg}/package.json`));
  const file = join(root, `${module.replace(/^index\//, "")}${extension}`);
  if (existsSync(file)) return file;
  // `gcp:compute/sSLPolicy:SSLPolicy` lives in sslpolicy.js.
  const wanted = basename(file).toLowerCase();
  const found = readdirSync(dirname(file)).find((name) => name.toLowerCase() === wanted);
  return found === undefined ? file : join(dirname(file), found);
}

/** Output properties that the SDK keeps secret. */
export function secretOutputs(token: string): string[] {
  const file = sdkFile(token, ".js");
  const text = existsSync(file) ? readFileSync(file, "utf8") : "";
  const list = /additionalSecretOutputs: \[([^\]]*)\]/.exec(text)?.[1] ?? "";
  return [...list.matchAll(/"(\w+)"/g)].map(([, name = ""]) => name);
}

/** Secret outputs of each type that has any. */
export function secretsOf(tokens: readonly string[]): Record<string, string[]> {
  return Object.fromEntries(
    tokens
      .map((token) => [token, secretOutputs(token)] as const)
      .filter(([, list]) => list.length > 0),
  );
}

/** Names of a provider resource's own inputs. */
export function providerArgs(pkg: string): string[] {
  const root = dirname(require.resolve(`@pulumi/${pkg}/package.json`));
  const text = readFileSync(join(root, "provider.d.ts"), "utf8");
  const args = text.slice(text.indexOf("export interface ProviderArgs"));
  return [...args.matchAll(/^ {4}(\w+)\??: pulumi\.Input</gm)].map(([, name = ""]) => name);
}
