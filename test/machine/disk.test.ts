import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { userData } from "../../components/machine/user-data";
import { Authority } from "./authority";
import { Disk } from "./disk";
import { ask, Machine, needsMachine, type Client } from "./machine";

const path = "/dev/disk/by-id/google-data";

/** A machine's user-data and the client that it lets in. */
function made(address: string): { text: string; client: Client } {
  const authority = new Authority();
  const { cert, key } = authority.server(address);
  return {
    text: userData({ disk: path, ca: authority.cert, cert, key }),
    client: { ca: authority.cert, pair: authority.client() },
  };
}

/** Waits until the unit that brings the disk is in this state. */
async function diskUnit(machine: Machine, state: RegExp): Promise<void> {
  const end = Date.now() + 240_000;
  for (;;) {
    const found = machine.shell("systemctl is-active berth-disk.service");
    if (state.test(found)) return;
    assert.ok(Date.now() < end, `the disk's unit is ${found}\n${machine.report()}`);
    await sleep(1000);
  }
}

/** Docker is installed, does not run, and has written nothing on the root disk. */
async function hasNoDocker(
  machine: Machine,
  { address, client }: { address: string; client: Client },
): Promise<void> {
  assert.match(machine.shell("systemctl is-active docker.service"), /^(inactive|failed)$/);
  assert.notEqual(await ask(address, client), "OK");
  assert.equal(machine.shell("find /var/lib/docker -mindepth 1 2>/dev/null"), "");
}

describe("a machine without its data disk", function () {
  this.timeout(900_000);
  const address = "127.0.0.7";
  const { text, client } = made(address);
  let disk: Disk;
  let machine: Machine;

  before(function () {
    needsMachine(this);
    disk = new Disk();
    machine = new Machine(text, { address, path });
  });
  after(() => {
    (machine as Machine | undefined)?.destroy();
    (disk as Disk | undefined)?.dispose();
  });

  it("does not start Docker while the disk is absent", async () => {
    await diskUnit(machine, /^activating$/);
    await sleep(20_000);
    await hasNoDocker(machine, { address, client });
  });

  it("starts Docker as soon as the disk is there", async () => {
    machine.attach(disk);
    await machine.answers(client);
    assert.equal(await machine.settled(), "done", machine.report());
  });

  it("does not start Docker when the disk is gone after a reboot, and starts it when it is back", async () => {
    machine.run("docker", "volume", "create", "kept");
    machine.unplug();
    await machine.reboot();
    await diskUnit(machine, /^activating$/);
    await sleep(10_000);
    await hasNoDocker(machine, { address, client });
    machine.attach(disk);
    await machine.answers(client);
    assert.equal(machine.run("docker", "volume", "ls", "-q"), "kept");
  });
});

describe("a machine whose disk holds something else", function () {
  this.timeout(900_000);
  const address = "127.0.0.8";
  const { text, client } = made(address);
  let disk: Disk;
  let machine: Machine;

  before(function () {
    needsMachine(this);
    disk = new Disk();
    disk.write("not a file system, and yet somebody's data");
    machine = new Machine(text, { address, path, disk });
  });
  after(() => {
    (machine as Machine | undefined)?.destroy();
    (disk as Disk | undefined)?.dispose();
  });

  it("leaves it unchanged, logs why, and does not start Docker", async () => {
    await diskUnit(machine, /^failed$/);
    await hasNoDocker(machine, { address, client });
    assert.match(
      machine.shell("journalctl --no-pager -u berth-disk"),
      /holds data but no file system; it is left alone/,
    );
    assert.match(machine.run("head", "-c", "42", path), /^not a file system/);
  });
});
