import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import type { Context } from "mocha";
import type { Access } from "../rig/kube/access";
import { serveCharts } from "../rig/kube/charts";
import { writeLogins } from "../rig/kube/logins";
import { needsProvider, pulumiPath } from "../rig/pulumi";

/** What Pulumi's own kubernetes provider meets: a cluster to log in to, and repositories of charts. */
export interface PluginServer {
  /** For the program that runs the engine: the engine starts the provider. */
  readonly env: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** Skips with the reason, or fails where rigs are required, when the provider is missing. */
export async function surround(context: Context, access: Access): Promise<PluginServer> {
  needsProvider(context, "kubernetes");
  const folder = mkdtempSync(join(tmpdir(), "berth-plugin-"));
  const logins = join(folder, "logins");
  writeLogins(logins, access);
  const charts = await serveCharts(join(folder, "charts"));
  return {
    env: {
      ...charts.env,
      PATH: [logins, pulumiPath()].join(delimiter),
      // The provider that the rig builds is older than its setting `enablePatchForce`, and knows this alone.
      PULUMI_K8S_ENABLE_PATCH_FORCE: "true",
    },
    close: async () => {
      await charts.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
