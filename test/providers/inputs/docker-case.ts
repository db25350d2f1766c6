import type { Properties } from "../../simulators/values";
import type { Case, Step } from "../subject";

/** A container of an image that runs until it is told to end; the image's id, as Berth gives it. */
const plainest: Properties = { name: "<run>", image: "<image>" };

export const one = (inputs: Properties, ...steps: Step[]): Case => ({
  inputs: { ...plainest, ...inputs },
  steps,
});

/** A property with a value, with another one, and taken away. */
export const property = (key: string, value: unknown, other?: unknown): Case =>
  one({ [key]: value }, ...(other === undefined ? [] : [{ change: { [key]: other } }]), {
    change: { [key]: undefined },
  });

/** For what the machine may not let Docker start. */
export const unstarted = { start: false, mustRun: false };
