import { mkdirSync, symlinkSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { serve, type ServedProvider } from "../simulators/server";

/**
 * Whether the suites run on the plugins that Pulumi itself installs (`BERTH_PROVIDERS=real`). Simulators of ours stand
 * for them by default, and always for those of clouds, which need an account.
 */
export const realProviders = process.env.BERTH_PROVIDERS === "real";

const withoutAccount = new Set(["docker", "kubernetes", "random", "tls"]);

/** Serves each simulator whose plugin is not taken instead, by the name of its package. */
export async function serveProviders(
  simulators: readonly Parameters<typeof serve>[0][],
): Promise<Readonly<Record<string, ServedProvider>>> {
  const served: Record<string, ServedProvider> = {};
  for (const simulator of simulators)
    if (!realProviders || !withoutAccount.has(simulator.name))
      served[simulator.name] = await serve(simulator);
  return served;
}

/** The ports of served providers, as a stack of the engine takes them. */
export function portsOf(served: Readonly<Record<string, ServedProvider>>): Record<string, number> {
  return Object.fromEntries(Object.entries(served).map(([name, { port }]) => [name, port]));
}

/** Lets a test's `PULUMI_HOME` use, and add to, the plugins that the user has. */
export function shareInstalledPlugins(home: string): void {
  const plugins = join(process.env.PULUMI_HOME ?? join(homedir(), ".pulumi"), "plugins");
  mkdirSync(plugins, { recursive: true });
  symlinkSync(plugins, join(home, "plugins"));
}
