import type { Queue, QueueArgs } from "../queue";

/** Lists of Redis, such as Celery's and BullMQ's (https://keda.sh/docs/2.17/scalers/redis-lists). */
export const redisQueue: Queue = {
  type: "redis",
  metadata: (queue, address) => ({
    address,
    listName: queue.name,
    listLength: String(queue.length),
    databaseIndex: databaseIndex(queue),
  }),
  secret: ({ database }) =>
    database?.password === undefined
      ? null
      : { parameter: "password", value: ({ password }) => password },
};

/**
 * The number of the database that the queue is in: of the URL in the worker's environment, first of the variable
 * whose name has BROKER or QUEUE in it.
 */
function databaseIndex({ service, environment }: QueueArgs): string {
  const url = new RegExp(`${service.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}:\\d+/(\\d+)`);
  const sorted = Object.entries(environment).sort(
    ([a], [b]) => Number(/BROKER|QUEUE/i.test(b)) - Number(/BROKER|QUEUE/i.test(a)),
  );
  for (const [, value] of sorted) {
    const number = url.exec(value)?.[1];
    if (number !== undefined) return number;
  }
  return "0";
}
