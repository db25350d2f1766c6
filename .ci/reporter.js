// Mocha's spec reporter that also writes what happened, an event a line, to the file named by BERTH_SUITE_EVENTS.
"use strict";
const { appendFileSync } = require("node:fs");
const { relative } = require("node:path");
const { reporters } = require("mocha");

module.exports = class extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    // At once, so that a run that is killed has said how far it was.
    const write = (event) =>
      appendFileSync(process.env.BERTH_SUITE_EVENTS, `${JSON.stringify(event)}\n`);
    const fileOf = ({ file }) => (file === undefined ? undefined : relative(process.cwd(), file));
    const named = (runnable) => ({
      file: fileOf(runnable),
      hook: runnable.type === "hook",
      // A hook's own title: while it runs, mocha adds the test that it runs for.
      title:
        runnable.type === "hook"
          ? `${runnable.parent.fullTitle()} ${runnable.originalTitle ?? runnable.title}`.trim()
          : runnable.fullTitle(),
    });
    const begun = new Map();

    runner.on("suite", (suite) => {
      if (!suite.parent?.root) return;
      begun.set(suite, Date.now());
      write({ event: "begin", file: fileOf(suite) });
    });
    runner.on("suite end", (suite) => {
      if (begun.has(suite))
        write({ event: "time", file: fileOf(suite), ms: Date.now() - begun.get(suite) });
    });
    runner.on("pass", (test) => write({ event: "pass", ...named(test) }));
    runner.on("hook end", (hook) => write({ event: "pass", ...named(hook) }));
    runner.on("fail", (runnable, error) =>
      write({ event: "fail", ...named(runnable), why: error?.stack ?? String(error) }),
    );
    runner.once("end", () => write({ event: "end" }));
  }
};
