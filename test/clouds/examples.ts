import { readdirSync } from "node:fs";
import { join } from "node:path";
import { preview, type Preview } from "../../cli/preview/run";
import { readStack } from "../../cli/stack";

const root = join(__dirname, "../..");
let made: Promise<readonly Preview[]> | undefined;

/** Every example on every cloud in both shapes, with alerts and a zone: made once for all tests. */
export function examples(): Promise<readonly Preview[]> {
  return (made ??= make());
}

async function make(): Promise<Preview[]> {
  const found: Preview[] = [];
  const folders = readdirSync(join(root, "examples"), { withFileTypes: true });
  for (const { name } of folders.filter((each) => each.isDirectory()))
    for (const cloud of ["aws", "gcp", "digitalocean", "hetzner"])
      for (const shape of cloud === "hetzner" ? ["vm"] : ["vm", "cluster"]) {
        const stack = readStack(root, {
          configFile: `examples/${name}/Pulumi.${shape === "vm" ? "qa" : "prod"}.yaml`,
          overrides: [
            `cloud=${cloud}`,
            `shape=${shape}`,
            'monitoring={"alerts":"ops@shop.example"}',
            'dns={"zone":"shop.example"}',
            "domain=shop.example",
            ...(cloud === "gcp" ? ["gcp:project=shop"] : []),
          ],
        });
        found.push(await preview(stack));
      }
  return found;
}
