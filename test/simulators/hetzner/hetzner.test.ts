import assert from "node:assert/strict";
import { hetzner, World } from ".";
import { Client } from "../client";
import { serve, type ServedProvider } from "../server";
import type { Properties } from "../values";

const server = "hcloud:index/server:Server";
const volume = "hcloud:index/volume:Volume";
const attachment = "hcloud:index/volumeAttachment:VolumeAttachment";
const address = "hcloud:index/primaryIp:PrimaryIp";
const basic = { name: "vm", serverType: "cpx22", image: "ubuntu-24.04", location: "fsn1" };
const disk = { name: "data", size: 40, location: "fsn1" };

describe("the simulated Hetzner Cloud", () => {
  let world: World;
  let served: ServedProvider;
  let client: Client;

  beforeEach(async () => {
    world = new World();
    served = await serve(hetzner({ world, env: {}, address: () => "127.0.0.3" }));
    client = new Client(served.port);
    await client.configure({ token: "t" });
  });
  afterEach(async () => {
    client.close();
    await served.close();
  });

  const make: Client["make"] = (...thing) => client.make(...thing);
  const replaces: Client["replaces"] = (...change) => client.replaces(...change);
  const events = (): string[] => world.events().map(({ what }) => what);
  const attached = async (more: Properties = {}) => {
    const made = await make(server, { ...basic, ...more });
    const data = await make(volume, disk);
    const ids = { serverId: Number(made.id), volumeId: Number(data.id) };
    return { made, held: await make(attachment, ids) };
  };

  it("opens to a token alone", async () => {
    const own = new Client(served.port);
    await own.configure({});
    await assert.rejects(own.create(server, basic), /no token/);
    own.close();
  });

  for (const key of ["image", "location", "userData", "sshKeys"])
    it(`replaces a server for a change of its ${key}`, async () => {
      assert.deepEqual(await replaces(server, basic, { ...basic, [key]: "other" }), [key]);
    });

  it("changes a server's type in place, by cutting its power", async () => {
    const made = await make(server, basic);
    const next = { ...made.inputs, serverType: "cpx32" };
    assert.deepEqual(await replaces(server, made.inputs, next), []);
    await client.update(server, made.id, made.outputs, made.inputs, next);
    assert.deepEqual(events(), ["power cut"]);
  });

  it("takes a volume from a running server when its attachment is deleted", async () => {
    const { held } = await attached();
    await client.delete(held.type, held.id);
    assert.deepEqual(events(), ["detached while running"]);
  });

  it("detaches a volume with the deletion of its server, shut down before where it is asked to", async () => {
    const { made } = await attached({ shutdownBeforeDeletion: true });
    await client.delete(server, made.id);
    assert.deepEqual(events(), ["shut down", "detached"]);
    assert.deepEqual(world.things(attachment), []);
  });

  it("cuts a server's power at its deletion otherwise", async () => {
    const { made } = await attached();
    await client.delete(server, made.id);
    assert.deepEqual(events(), ["power cut", "detached"]);
  });

  it("takes each name once, of a kind", async () => {
    await make(server, basic);
    await assert.rejects(make(server, basic, "other"), /uniqueness_error/);
    await make(volume, { ...disk, name: basic.name });
  });

  it("keeps what is protected, and an address that a server has", async () => {
    const data = await make(volume, { ...disk, deleteProtection: true });
    await assert.rejects(client.delete(volume, data.id), /protected/);
    const ip = await make(address, { name: "ip", type: "ipv4", location: "fsn1" });
    assert.equal(ip.outputs.ipAddress, "127.0.0.3");
    await make(server, { ...basic, publicNets: [{ ipv4: Number(ip.id) }] });
    await assert.rejects(client.delete(address, ip.id), /still used by Server/);
  });

  it("attaches a volume once, and in its own location", async () => {
    const { held } = await attached();
    await assert.rejects(make(attachment, held.inputs, "again"), /already_attached/);
    const away = await make(volume, { ...disk, name: "away", location: "hel1" }, "away");
    const ids = { serverId: held.inputs.serverId, volumeId: Number(away.id) };
    await assert.rejects(make(attachment, ids, "far"), /different locations/);
  });

  it("finds a server by its name, and fails where there is none", async () => {
    const token = "hcloud:index/getServer:getServer";
    const { id } = await make(server, basic);
    assert.equal((await client.invoke(token, { name: "vm" })).id, Number(id));
    await assert.rejects(client.invoke(token, { name: "other" }), /no server found/);
  });
});
