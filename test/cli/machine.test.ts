import assert from "node:assert/strict";
import { containersOf } from "../../cli/machine/containers";
import { separate } from "../../cli/options";
import { lifetimes, stateOf } from "../../cli/commands/status";
import type { ContainerState } from "../../components/docker/engine/engine-api";
import { main as docker } from "../../cli/commands/docker";
import { main as exec } from "../../cli/commands/exec";
import { main as logs } from "../../cli/commands/logs";
import { main as rotate } from "../../cli/commands/rotate";
import { main as status } from "../../cli/commands/status";
import { heard } from "./run";

describe("a command line about something else", () => {
  const options = { stack: { value: "NAME", help: "" }, follow: { help: "" } };

  it("keeps the other program's options apart from its own", () => {
    assert.deepEqual(
      separate(options, ["--stack", "qa", "ps", "--all", "--stack", "x"], { stop: true }),
      { own: ["--stack", "qa"], others: ["ps", "--all", "--stack", "x"] },
    );
    assert.deepEqual(separate(options, ["--stack=qa", "--", "--version"], { stop: true }), {
      own: ["--stack=qa"],
      others: ["--version"],
    });
  });

  it("finds its own options among services", () => {
    assert.deepEqual(separate(options, ["web", "--follow", "db", "--stack", "qa"]), {
      own: ["--follow", "--stack", "qa"],
      others: ["web", "db"],
    });
    assert.deepEqual(separate(options, ["--stack", "--follow"]).own, ["--stack", "--follow"]);
  });
});

describe("the state of a container", () => {
  const state = (State: Partial<ContainerState["State"]>, Name = "unless-stopped"): string =>
    stateOf({
      found: {
        Id: "",
        Name: "",
        State: { Status: "exited", Running: false, ExitCode: 0, ...State },
        Config: { Labels: null },
        HostConfig: { RestartPolicy: { Name } },
      },
    });

  it("is its health where it has one", () => {
    const running = { Status: "running", Running: true };
    assert.equal(state(running), "running");
    assert.equal(state({ ...running, Health: { Status: "none" } }), "running");
    assert.equal(state({ ...running, Health: { Status: "unhealthy" } }), "unhealthy");
    assert.equal(state({ ...running, Restarting: true }), "restarting");
  });

  it("is done only where it was to run once", () => {
    assert.equal(state({}, "no"), "done");
    assert.equal(state({}, "on-failure"), "done");
    assert.equal(state({}), "exited 0");
    assert.equal(state({ ExitCode: 3 }, "no"), "exited 3");
    assert.equal(state({ Status: "created" }), "created");
    assert.equal(state({ Status: "created" }, "no"), "not run yet");
  });

  it("is not asked of a container that is there to be read alone", async () => {
    const found = (labels: Record<string, string>): ContainerState => ({
      Id: "",
      Name: "",
      State: { Status: "created", Running: false, ExitCode: 0 },
      Config: { Labels: { "berth.service": "web", ...labels } },
    });
    const engine = {
      list: () => Promise.resolve(["a", "b"].map((id) => ({ id, name: id }))),
      inspect: (id: string) =>
        Promise.resolve(found(id === "b" ? { "berth.never-started": "true" } : {})),
    };
    const names = await containersOf(engine, { project: "berth", stack: "qa" });
    assert.deepEqual(
      names.map(({ name }) => name),
      ["a"],
    );
  });
});

describe("the lifetime of certificates", () => {
  it("is warned of as many days ahead as there is something to do", () => {
    const what = "certificate of the machine";
    const end = new Date("2036-11-18T12:00:00Z");
    const one = { what, end, ahead: 90, remedy: "run npm run rotate" };
    assert.deepEqual(lifetimes([one], new Date("2036-08-19T12:00:00Z")), [
      "certificate of the machine: until 2036-11-18",
    ]);
    assert.deepEqual(lifetimes([one], new Date("2036-08-20T12:00:00Z")), [
      "certificate of the machine: until 2036-11-18, 90 days from now; run npm run rotate",
    ]);
  });
});

describe("the commands for a machine", () => {
  const commands = { docker, exec, logs, rotate, status };

  for (const [name, main] of Object.entries(commands))
    it(`${name} says how it is called, and does not take what it does not know`, async () => {
      const help = await heard(() => main("/", ["--help"]));
      assert.deepEqual([help.code, help.err], [0, ""]);
      assert.match(help.out, new RegExp(`^npm run ${name} -- `));
      assert.match(help.out, /--stack NAME/);
      const wrong = await heard(() => main("/", ["--stak=qa"]));
      assert.equal(wrong.code, 1);
      assert.equal(wrong.err, '--stak: unknown option; did you mean "--stack"?\n');
    });

  it("report missing words", async () => {
    assert.match((await heard(() => docker("/", []))).err, /^docker: no command is given; /);
    assert.match((await heard(() => exec("/", ["web"]))).err, /^exec: give a service and /);
  });
});
