import { either, fields, integer, type Value } from "../model/schema";
import type { Place } from "./reader";
import { text } from "./text";

const percent = integer(1, 100, "percent");

/** A number of replicas, or bounds between which an autoscaler chooses. */
export const scale = either(
  integer(0, 1000, "replicas"),
  fields(
    {
      min: integer(0, 1000, "replicas"),
      max: integer(1, 1000, "replicas"),
      cpu: percent,
      memory: percent,
      queue: fields(
        {
          service: text("a service"),
          name: text("a queue"),
          length: integer(1, 1_000_000, "messages"),
        },
        { required: ["service", "name", "length"] },
      ),
    },
    { required: ["min", "max"] },
  ),
);

export function minAboveMax(min: number, max: number): string {
  return `min is ${min} and max is ${max}; max must be at least min`;
}

export function checkScale(stated: Value<typeof scale>, at: Place): void {
  if (typeof stated === "number") return;
  const { min, max, queue } = stated;
  if (min > max) at.problem(minAboveMax(min, max));
  if (min === 0 && queue === undefined)
    at.problem("min is 0 without a queue to wake it; give a queue, or min 1");
}
