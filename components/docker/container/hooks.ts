import * as pulumi from "@pulumi/pulumi";
import type { Host } from "../host";
import type { ContainerSpec } from "./container-spec";

const replaced = /-replaced-[0-9a-f]{6}$/;

/** Hooks around a container's creation in `up`: a leftover of its name is removed, and a failure shows its last lines. */
export function hooks(host: Host, spec: ContainerSpec): pulumi.ResourceHookBinding {
  const { afterCreate } = spec;
  return {
    beforeCreate: [({ newInputs }) => makeRoom(host, spec, newInputs ?? {})],
    ...(afterCreate === undefined
      ? {}
      : { afterCreate: [({ newInputs }) => afterCreate(String(newInputs?.name))] }),
    onError: [failureLog(host, spec.stopFailed === true)],
  };
}

/**
 * An update that was interrupted, or a release that failed and is tried again, leaves a container of the very
 * same name (decisions.md: content-named-containers). A healthy one that serves requests is renamed, and removed
 * after the routes have switched; any other is removed now. A container without this stack's labels is left alone:
 * Docker then reports that the name is taken.
 */
async function makeRoom(
  { engine, plan }: Host,
  { stopFirst, routed }: ContainerSpec,
  inputs: Readonly<Record<string, unknown>>,
): Promise<void> {
  const name = String(inputs.name);
  const found = await engine.inspect(name);
  if (found === undefined) return;
  const labels = found.Config.Labels ?? {};
  if (labels["berth.project"] !== plan.project || labels["berth.stack"] !== plan.stack) return;
  const good = found.State.Running && (found.State.Health?.Status ?? "healthy") === "healthy";
  if (!stopFirst && routed === true && good)
    await engine.rename(found.Id, `${name}-replaced-${found.Id.slice(0, 6)}`);
  else await engine.remove(found.Id, Number(inputs.destroyGraceSeconds ?? 10));
}

/** Removes what `makeRoom` renamed, after the routes have switched. */
export async function removeReplaced({ engine, plan }: Host): Promise<void> {
  const ours = await engine.list({ "berth.project": plan.project, "berth.stack": plan.stack });
  await Promise.all(
    ours.filter(({ name }) => replaced.test(name)).map(({ id }) => engine.remove(id, 10)),
  );
}

const failureLogs = new WeakMap<Host, Map<boolean, pulumi.ErrorHook>>();

/** Shows why a container did not come up: the provider says only that it did not. */
function failureLog(host: Host, stop: boolean): pulumi.ErrorHook {
  const hooksOf = failureLogs.get(host) ?? new Map<boolean, pulumi.ErrorHook>();
  failureLogs.set(host, hooksOf);
  const known = hooksOf.get(stop);
  if (known !== undefined) return known;
  const name = `${host.name}-failure-log${stop ? "-stop" : ""}`;
  const hook = new pulumi.ErrorHook(name, async ({ newInputs }) => {
    const name = String(newInputs?.name);
    const found = await host.engine.inspect(name).catch(() => undefined);
    if (found === undefined) return false;
    const { Status, ExitCode, Health } = found.State;
    const lines = await host.engine.logs(found.Id, 20).catch(() => []);
    await pulumi.log.error(
      [
        `${name}: ${Status}${Status === "exited" ? ` with ${ExitCode}` : ""}${Health === undefined ? "" : `, ${Health.Status}`}; ${lines.length === 0 ? "it wrote nothing" : "its last lines:"}`,
        ...lines.map((line) => `  ${line}`),
      ].join("\n"),
    );
    if (stop) await host.engine.stop(found.Id, Number(newInputs?.destroyGraceSeconds ?? 10));
    return false;
  });
  hooksOf.set(stop, hook);
  return hook;
}
