import assert from "node:assert/strict";
import type { EngineApi } from "../../components/docker/engine/engine-api";
import { growFileSystem } from "../../components/docker/engine/grow";
import { readyForUpdate } from "../../components/docker/engine/ready";
import { planOf } from "../plan/make";

const plan = { project: "berth", stack: "qa" };
const kiB = 1024 * 1024;

interface Body {
  readonly Image: string;
  readonly Entrypoint: readonly string[];
  readonly HostConfig: Readonly<Record<string, unknown>>;
}

/** A machine's Docker above a file system of `total` GiB, that a helper grows to `disk`. */
class Machine {
  readonly made: Body[] = [];
  readonly removed: string[] = [];
  readonly left: { id: string; name: string }[] = [];

  constructor(
    private total: number,
    private free: number,
    private readonly disk: number,
    private readonly code = 0,
  ) {}

  list = (labels: Readonly<Record<string, string>>) =>
    Promise.resolve(
      labels["berth.service"] === "maintenance" ? [{ id: "page", name: "page" }] : this.left,
    );
  exec = () => {
    const blocks = Math.round(this.total * 0.984 * kiB);
    const table = `Filesystem 1024-blocks Used Available Capacity Mounted on\noverlay ${blocks} 1 ${this.free * kiB} 60% /\n`;
    return Promise.resolve(table);
  };
  inspect = (id: string) =>
    Promise.resolve({
      Id: id,
      Name: id,
      Image: `sha256:of-${id}`,
      State: { Status: "exited", Running: false, ExitCode: this.code },
      Config: { Labels: null },
    });
  create = (body: object) => {
    this.made.push(body as Body);
    return Promise.resolve("helper");
  };
  start = () => {
    if (this.code === 0) {
      this.free += this.disk - this.total;
      this.total = this.disk;
    }
    return Promise.resolve();
  };
  logs = () => Promise.resolve(["resize2fs: no"]);
  remove = (id: string) => {
    this.removed.push(id);
    return Promise.resolve();
  };
}

describe("the file system of a machine's disk", () => {
  it("grows at once into a larger disk, by the machine's own resize2fs, and leaves nothing behind", async () => {
    const machine = new Machine(40, 10, 80);
    await growFileSystem(machine, plan, 80);
    const [helper] = machine.made;
    assert.equal(helper?.Image, "sha256:of-page");
    assert.deepEqual(helper.HostConfig, { Privileged: true, PidMode: "host", NetworkMode: "none" });
    const [program, ...words] = helper.Entrypoint;
    assert.deepEqual(
      [program, ...words.slice(0, 4)],
      ["nsenter", "-t", "1", "-m", "--", "sh"].slice(0, 5),
    );
    assert.match(words.at(-1)!, /resize2fs "\$disk"$/);
    assert.deepEqual(machine.removed, ["helper"]);
  });

  it("is left alone where it fills its disk, and where nothing can be asked", async () => {
    const full = new Machine(40, 10, 40);
    await growFileSystem(full, plan, 40);
    const none = new Machine(40, 10, 80);
    none.list = () => Promise.resolve([]);
    await growFileSystem(none, plan, 80);
    assert.deepEqual([...full.made, ...none.made], []);
  });

  it("is tried where there is no room, however little the disk grew", async () => {
    const machine = new Machine(100, 1, 101);
    await growFileSystem(machine, plan, 101);
    assert.equal(machine.made.length, 1);
  });

  it("does not stop the update where it cannot grow", async () => {
    const machine = new Machine(40, 10, 80, 1);
    machine.left.push({ id: "interrupted", name: "interrupted" });
    await growFileSystem(machine, plan, 80);
    assert.deepEqual(machine.removed, ["interrupted", "helper"]);
  });

  it("gives the room that an update needs, before that is asked for", async () => {
    const made = planOf({ web: { restart: "always", image: "nginx" } }, { disk: 80 });
    const ready = (machine: Machine, remote: boolean) =>
      readyForUpdate(machine as unknown as EngineApi, made, remote);
    await ready(new Machine(40, 1, 80), true);
    await assert.rejects(ready(new Machine(80, 1, 80), true), /has 1\.0 GiB free/);
    const own = new Machine(40, 1, 80);
    await ready(own, false);
    assert.deepEqual(own.made, []);
  });
});
