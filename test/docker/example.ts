import assert from "node:assert/strict";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parse } from "yaml";
import type { Run } from "../rig/engine";
import { ask, type Answer } from "../rig/http";
import { Bench, said } from "./rig";

export const examples = resolve(__dirname, "../../examples");

/** One request through the edge. */
export function call(bench: Bench, host: string, path: string, json?: object): Promise<Answer> {
  return ask({ port: bench.http, host, path, ...(json === undefined ? {} : { json }) });
}

interface Trip {
  readonly ok: boolean;
  readonly value: string;
}

/**
 * `/health/deep` names these data services and no other, twice, with a value of its own each time. The first
 * document of a new index takes a JVM its time: waits until every service answers, at most two minutes.
 *
 * @param path Where the application is below its host: `/pricing`.
 */
export async function deepTwice(
  bench: Bench,
  host: string,
  services: readonly string[],
  path = "",
): Promise<void> {
  const deep = (): Promise<Answer> => call(bench, host, `${path}/health/deep`);
  await eventually(120, async () => (await deep()).status === 200);
  const trips = async (): Promise<Record<string, Trip>> => {
    const { status, body } = await deep();
    assert.equal(status, 200, `${host}${path}: ${body}`);
    return (JSON.parse(body) as { services: Record<string, Trip> }).services;
  };
  const [one, two] = [await trips(), await trips()];
  assert.deepEqual(Object.keys(one).sort(), [...services].sort(), `${host}${path}`);
  for (const name of services) {
    assert.ok(one[name]!.ok && two[name]!.ok, `${name}: ${JSON.stringify([one, two])}`);
    assert.notEqual(one[name]!.value, two[name]!.value, `${name} gave a canned answer`);
  }
}

/** Asks until it holds, or for so many seconds. */
export async function eventually(seconds: number, holds: () => Promise<boolean>): Promise<boolean> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    if (await holds()) return true;
    if (Date.now() > end) return false;
    await sleep(500);
  }
}

/**
 * An example with its own stack file for this computer, on the rig: a copy that a test may change, under a
 * name of its own.
 */
export async function bring(name: string, config: Record<string, unknown> = {}): Promise<Bench> {
  const file = readFileSync(join(examples, name, "Pulumi.local.yaml"), "utf8");
  const own = Object.entries((parse(file) as { config: Record<string, unknown> }).config);
  const keys = own.map(([key, value]) => [key.replace(/^berth:/, ""), value] as const);
  const given = Object.fromEntries(keys.filter(([key]) => key !== "compose"));
  const bench = await Bench.alone(name, { ...given, ...config });
  const folder = join(bench.folder, name);
  cpSync(join(examples, name), folder, { recursive: true });
  const compose = join(folder, "compose.yaml");
  writeFileSync(
    compose,
    readFileSync(compose, "utf8").replace(/^name: .*/m, `name: ${bench.name}`),
  );
  bench.stack.configure({ compose });
  return bench;
}

/** Names of what an update did something to. */
export function touched(run: Run): string[] {
  return [...new Set(run.steps.filter(({ op }) => op !== "same").map(({ name }) => name))];
}

/** An update that succeeds; `unchanged`: and does nothing. */
export async function up(bench: Bench, { unchanged = false } = {}): Promise<Run> {
  const run = await bench.stack.up();
  assert.equal(run.code, 0, said(run));
  if (unchanged) assert.deepEqual(Object.keys(run.changes), ["same"], said(run));
  return run;
}
