import { createHash } from "node:crypto";

/**
 * A schedule as five cron fields in UTC. The named ones get a minute by the stack's name, so that the stacks of one
 * account do not all begin at the same moment; daily and weekly ones are at three in the morning.
 *
 * @param schedule `hourly`, `daily`, `weekly`, or five cron fields.
 */
export function cronOf(schedule: string, stack: string): string {
  const minute = createHash("sha256").update(stack).digest().readUInt16BE(0) % 60;
  if (schedule === "hourly") return `${minute} * * * *`;
  if (schedule === "daily") return `${minute} 3 * * *`;
  if (schedule === "weekly") return `${minute} 3 * * 0`;
  return schedule.trim().split(/\s+/).join(" ");
}

/** The longest time between two runs of five cron fields, in seconds: what a backup may be old. */
export function secondsBetween(schedule: string): number {
  const [minute = "*", hour = "*", day = "*", month = "*", weekday = "*"] = schedule.split(" ");
  const step = (field: string, all: number): number => {
    const every = /^\*\/(\d+)$/.exec(field)?.[1];
    if (every !== undefined) return Math.min(all, Number(every));
    return field === "*" ? 1 : all;
  };
  if (month !== "*") return 366 * 86400;
  if (day !== "*") return step(day, 31) * 86400;
  if (weekday !== "*") return step(weekday, 7) * 86400;
  if (hour !== "*") return step(hour, 24) * 3600;
  return step(minute, 60) * 60;
}
