// Runs one npm script that is a mocha suite, and runs every file in which something failed once more, alone.
// usage: node .ci/suite.mjs FOLDER SCRIPT [MOCHA_OPTION...]
//
// Writes to FOLDER, which .ci/run adds up: SCRIPT.count (passed, failed), SCRIPT.times (milliseconds and file),
// SCRIPT.failures (what failed both times), SCRIPT.flaky (what failed once).
//
// The whole file and not the one test: tests of a rig go on from where the one before has left a stack, and one
// of them alone would either never pass or pass with nothing to show.
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const [folder, script, ...options] = process.argv.slice(2);
const reporter = join(dirname(fileURLToPath(import.meta.url)), "reporter.js");
const limit = 40 * 60;

const key = ({ file, title }) => `${title}\n    ${file ?? "outside of every file"}`;

/** Runs the script; what it said, by test or hook. */
function run(...more) {
  const events = join(folder, `${script}.events`);
  writeFileSync(events, "");
  const { status, signal } = spawnSync(
    "timeout",
    ["-k", "30", `${limit}`, "npm", "run", "--silent", script, "--", "--reporter", reporter].concat(
      options,
      more,
    ),
    { stdio: "inherit", env: { ...process.env, BERTH_SUITE_EVENTS: events } },
  );
  const said = readFileSync(events, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
  const passes = said.filter(({ event }) => event === "pass");
  const failures = said.filter(({ event }) => event === "fail");
  const ended = said.some(({ event }) => event === "end");
  return {
    passes: new Set(passes.map(key)),
    tests: passes.filter(({ hook }) => !hook),
    failures: new Map(failures.map((one) => [key(one), one])),
    times: said.filter(({ event }) => event === "time"),
    // Mocha's own code is the number of failures, also where it cannot load a file: then there are none.
    broken: !ended || (status !== 0 && failures.length === 0),
    how: signal ?? (status === 124 ? `no end within ${limit} s` : `ended with ${status}`),
    at: said.findLast(({ event }) => event === "begin")?.file ?? "no test",
  };
}

const first = run();
let passed = first.tests.length;
const failed = [];
const flaky = [];
if (first.broken) failed.push(`npm run ${script}: ${first.how}, at ${first.at}`);

const files = new Set([...first.failures.values()].map(({ file }) => file));
for (const file of files) {
  const before = [...first.failures].filter(([, one]) => one.file === file);
  let again = { passes: new Set(), tests: [], failures: new Map(), broken: false };
  if (file !== undefined) {
    console.log(`\n-- once more, alone: ${file}`);
    again = run("--ignore", `!**/${file}`);
    if (again.broken) failed.push(`${file}, alone: ${again.how}`);
  }
  const both = new Map([...before, ...again.failures]);
  for (const [one, { why }] of both) {
    const once =
      first.failures.has(one) !== again.failures.has(one) &&
      (first.failures.has(one) ? again : first).passes.has(one);
    (once ? flaky : failed).push(once ? one : `${one}\n${why.replace(/^/gm, "    ")}\n`);
  }
  passed += again.tests.filter((one) => !first.passes.has(key(one))).length;
}

const times = new Map();
for (const { file, ms } of first.times) times.set(file, (times.get(file) ?? 0) + ms);
const lines = (all) => all.map((line) => `${line}\n`).join("");
writeFileSync(
  join(folder, `${script}.times`),
  lines([...times].map(([file, ms]) => `${ms} ${file}`)),
);
writeFileSync(join(folder, `${script}.flaky`), lines(flaky));
writeFileSync(join(folder, `${script}.failures`), lines(failed));
writeFileSync(join(folder, `${script}.count`), `${passed} ${failed.length}\n`);
