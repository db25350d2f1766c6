import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { record } from "../../cli/recording";
import { program } from "../../components/stack/program";
import { Folder } from "../cli/run";

const compose = (more = ""): string => `services: { api: { image: "busybox:1"${more} } }\n`;

async function settingsOf(
  config: Record<string, string> = {},
  more = "",
): Promise<Record<string, unknown> | undefined> {
  const folder = new Folder({ "compose.yaml": compose(more) });
  const input = {
    project: "shop",
    stack: "qa",
    folder: folder.path,
    config: { "berth:cloud": "digitalocean", "berth:operators": "[]", ...config },
    secretKeys: [],
  };
  try {
    const { resources } = await record({ ...input, program: () => program(input) });
    const found = resources.filter(({ name }) => name.endsWith("-machine-settings"));
    assert.ok(found.length < 2);
    return found[0]?.inputs;
  } finally {
    folder.remove();
  }
}

describe("what a machine has otherwise than its user-data", function () {
  this.timeout(60_000);

  it("is a container only where the defaults do not hold, and never on this computer", async () => {
    assert.equal(await settingsOf(), undefined);
    assert.equal(await settingsOf({}, ", stop_grace_period: 9s"), undefined);
    const moved = { "berth:updates": '{"reboot":"Tue 05:00"}' };
    assert.equal(await settingsOf({ ...moved, "berth:cloud": "local" }), undefined);
    assert.deepEqual((await settingsOf(moved))!["envs"], ["REBOOT=Tue 05:00", "STOP=40"]);
    const { envs, restart, pidMode } = (await settingsOf({}, ", stop_grace_period: 3m"))!;
    assert.deepEqual(envs, ["REBOOT=Sun 04:00", "STOP=210"]);
    // It sets them again at each boot.
    assert.deepEqual([restart, pidMode], ["unless-stopped", "host"]);
  });

  describe("its script", () => {
    let root: string;
    let running: ChildProcess | undefined;
    beforeEach(() => {
      root = mkdtempSync(join(tmpdir(), "berth-settings-"));
    });
    afterEach(() => {
      // With what it has started, as the end of its container would.
      if (running?.pid !== undefined) process.kill(-running.pid, "SIGKILL");
      rmSync(root, { recursive: true });
    });

    const timer = (): string => join(root, "run/systemd/system/berth-reboot.timer.d/stack.conf");
    const docker = (): string => join(root, "run/systemd/system/docker.service.d/stack.conf");

    /** Runs it over a folder in place of the machine, whose systemd is in this state. */
    async function run(state: string): Promise<void> {
      const settings = await settingsOf({ "berth:updates": '{"reboot":"Tue 05:00"}' });
      const [, , script] = settings!["command"] as string[];
      writeFileSync(
        join(root, "chroot"),
        `#!/bin/sh\nshift 2\necho "$@" >>${root}/calls\n[ "$1" != is-system-running ] || echo ${state}\n`,
        { mode: 0o755 },
      );
      const here = script!.replaceAll("/proc/1/root", root).replaceAll("/tmp/set", `${root}/set`);
      running = spawn("sh", ["-c", here], {
        env: { PATH: `${root}:${process.env["PATH"]!}`, REBOOT: "Tue 05:00", STOP: "40" },
        stdio: "ignore",
        detached: true,
      });
      for (let left = 100; !existsSync(join(root, "set")); left--) {
        assert.ok(left > 0, "the settings are made");
        await sleep(50);
      }
    }

    async function stop(): Promise<void> {
      const ended = new Promise((resolve) => running!.once("exit", resolve));
      running!.kill("SIGTERM");
      await ended;
    }

    it("writes drop-ins that come after user-data's, and takes them away when it is stopped", async () => {
      await run("degraded");
      assert.equal(
        readFileSync(timer(), "utf8"),
        "[Timer]\nOnCalendar=\nOnCalendar=Tue 05:00 UTC\n",
      );
      assert.equal(readFileSync(docker(), "utf8"), "[Service]\nTimeoutStopSec=40\n");
      // systemd reads them in the order of their names.
      assert.ok(basename(timer()) > "berth.conf");
      const loaded = "daemon-reload\nrestart berth-reboot.timer\n";
      assert.equal(readFileSync(join(root, "calls"), "utf8"), loaded);
      await stop();
      assert.deepEqual([existsSync(timer()), existsSync(docker())], [false, false]);
      assert.equal(
        readFileSync(join(root, "calls"), "utf8"),
        `${loaded}is-system-running\n${loaded}`,
      );
    });

    it("leaves a machine alone that shuts down", async () => {
      await run("stopping");
      await stop();
      assert.deepEqual([existsSync(timer()), existsSync(docker())], [true, true]);
    });
  });
});
