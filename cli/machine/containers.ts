import type { ContainerState, EngineApi } from "../../components/docker/engine/engine-api";
import { neverStarted } from "../../components/docker/host";
import { nearest } from "../../components/model/problem";
import { BadInput } from "../options";
import type { MachineStack } from "./stack";

/** One container of a stack. */
export interface Container {
  readonly id: string;
  readonly name: string;
  readonly service: string;
  readonly found: ContainerState;
}

/** A stack's containers by service and name, running or not, without those that never run. */
export async function containersOf(
  engine: Pick<EngineApi, "list" | "inspect">,
  { project, stack }: Pick<MachineStack, "project" | "stack">,
): Promise<readonly Container[]> {
  const listed = await engine.list({ "berth.project": project, "berth.stack": stack });
  const looked = await Promise.all(
    listed.map(async ({ id, name }) => ({ id, name, found: await engine.inspect(id) })),
  );
  return looked
    .flatMap(({ id, name, found }) =>
      found === undefined || found.Config.Labels?.[neverStarted] !== undefined
        ? []
        : [{ id, name, found, service: found.Config.Labels?.["berth.service"] ?? name }],
    )
    .sort((one, other) => (one.service + one.name < other.service + other.name ? -1 : 1));
}

/**
 * The containers of these services.
 *
 * @throws BadInput for services that have none.
 */
export function ofServices(
  containers: readonly Container[],
  services: readonly string[],
): readonly Container[] {
  const known = [...new Set(containers.map(({ service }) => service))];
  const unknown = services.filter((service) => !known.includes(service));
  if (unknown.length > 0)
    throw new BadInput(
      unknown.map((service) => {
        const near = nearest(service, known);
        const hint = near === undefined ? `there are ${known.join(", ")}` : `did you mean ${near}?`;
        return `${service}: no container of this service is there; ${hint}`;
      }),
    );
  return containers.filter(({ service }) => services.length === 0 || services.includes(service));
}
