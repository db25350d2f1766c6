import type { Plan } from "../../plan/plan";
import { newEnough } from "./api-version";
import type { EngineApi } from "./engine-api";
import { enoughSpace } from "./free-space";
import { growFileSystem } from "./grow";

/**
 * What has to be right on a Docker before anything is changed there; the room that a larger disk gives is taken first.
 *
 * @param remote Whether it is a machine's: the disk of a user's own computer is not checked.
 * @throws Error that says what is not.
 */
export async function readyForUpdate(
  engine: EngineApi,
  plan: Plan,
  remote: boolean,
): Promise<void> {
  if (remote) {
    if (plan.machine !== null) await growFileSystem(engine, plan, plan.machine.disk);
    await enoughSpace(engine, plan);
  }
  await newEnough(engine, plan);
}
