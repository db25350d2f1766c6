import assert from "node:assert/strict";
import { Client } from "../simulators/client";
import { serve, type ServedProvider } from "../simulators/server";
import type { Simulator } from "../simulators/simulator";
import type { Subject, World } from "./subject";
import { beside, readTranscript, recordConfigs } from "./transcript";
import { walk, type Call } from "./walk";

/**
 * The tests that hold a simulator against the transcripts of its plugin, call by call: the same request,
 * the same answer. Of a refusal it is held to which property is refused, of an error to Docker's own words in it.
 */
export function holdAgainst(
  subject: Subject,
  make: (world: World) => Simulator,
  /** Why the transcripts do not hold here, if they do not. */
  elsewhere: (world: World) => string | undefined = () => undefined,
): void {
  let world: World | undefined;
  let served: ServedProvider | undefined;
  let client: Client;
  let simulator: Simulator;

  before(async function () {
    world = await subject.begin();
    const reason = elsewhere(world);
    if (reason !== undefined) {
      console.log(`      skipped: ${reason}`);
      this.skip();
    }
    simulator = make(world);
    served = await serve(simulator);
    client = new Client(served.port, subject.plugin);
    await client.configure(world.config);
  });
  after(async () => {
    if (served !== undefined) {
      client.close();
      await served.close();
      console.log(`      no transcript covers: ${uncovered(simulator, subject)}`);
    }
    await world?.end?.();
  });
  afterEach(async () => {
    await world?.clean?.();
  });

  it("answers as the plugin about its configuration", async () => {
    const recorded = readTranscript(subject.plugin, "provider").cases;
    const answered = await recordConfigs(client, subject);
    for (const [name, calls] of Object.entries(recorded)) hold(calls, answered[name] ?? []);
  });
  for (const [type, cases] of Object.entries(subject.cases)) {
    const recorded = readTranscript(subject.plugin, type).cases;
    const [first = []] = Object.values(recorded);
    describe(type, () => {
      for (const [n, [name, one]] of Object.entries(cases).entries())
        it(name, async () => {
          world?.ready?.(type);
          const calls = await walk(client, subject, world!, type, one);
          hold(recorded[name] ?? [], n === 0 ? calls : beside(first, calls));
        });
    });
  }
}

function hold(recorded: readonly Call[], answered: readonly Call[]): void {
  for (const [n, call] of recorded.entries())
    assert.deepEqual(plainly(answered[n]), plainly(call), `call ${n + 1}, ${call.call}`);
  assert.equal(answered.length, recorded.length, "it goes on where the plugin does not");
}

/** A call with its words taken out, as far as they are the plugin's own. */
function plainly(call: Call | undefined): unknown {
  const said = JSON.parse(JSON.stringify(call ?? null)) as unknown;
  if (typeof call?.answer !== "object" || call.answer === null) return said;
  const { failures, error, ...rest } = call.answer as { failures?: string[]; error?: string };
  if (failures !== undefined)
    return { ...(said as Call), answer: { failures: failures.map(property) } };
  return {
    ...(said as Call),
    answer: {
      ...rest,
      ...(error === undefined
        ? {}
        : {
            error:
              /Error response from daemon: [^\n]*/.exec(error)?.[0].trim() ?? "in its own words",
          }),
    },
  };
}

/** The property that a refusal names, in the words of the plugins or of the simulators. */
function property(failure: string): string {
  const path = [
    /Examine values at '\w+\.([^']*)'/,
    /Missing required property '([^']*)'/,
    /objectEncoder failed on property "([^"]*)"/,
    /^([\w.[\]]+): /,
  ].reduce<string | undefined>((found, words) => found ?? words.exec(failure)?.[1], undefined);
  const [first = ""] = (path ?? "").split(/[.[]/);
  return first.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}

/** Types, inputs and functions that a simulator answers for and the cases never send. */
function uncovered(simulator: Simulator, { cases }: Subject): string {
  const missing = Object.keys(simulator.resources).flatMap((type) => {
    const name = type.split(":").at(-1) ?? type;
    if (cases[type] === undefined) return [name];
    const sent = JSON.stringify(cases[type]);
    return Object.keys(simulator.facts.resources[type] ?? {})
      .filter((key) => !sent.includes(`"${key}":`))
      .map((key) => `${name}.${key}`);
  });
  const all = [...missing, ...Object.keys(simulator.functions)];
  return all.length === 0 ? "nothing" : all.join(", ");
}
