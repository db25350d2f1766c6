import { World, type Thing } from "../simulators/cloud/world";
import { digitalocean } from "../simulators/digitalocean";
import type { Properties } from "../simulators/values";
import { holdAgainst } from "./hold";
import { digitalocean as subject } from "./inputs/digitalocean";

const type = (name: string): string =>
  `digitalocean:index/${name.charAt(0).toLowerCase()}${name.slice(1)}:${name}`;

/** What the cases find in the account, in a simulated one. */
function filled(named: Readonly<Record<string, string>>): World {
  const world = new World();
  const add = (kind: string, name: string, inputs: Properties, outputs: Properties = {}): void => {
    const id = named[name] ?? name;
    world.add({ type: type(kind), name, id, inputs, outputs: { ...inputs, ...outputs } });
  };
  add("Vpc", "network", { name: "net", region: "nyc3" });
  add("Vpc", "other network", { name: "other-net", region: "nyc3" });
  for (const name of ["disk", "other disk", "distant disk"])
    add("Volume", name, {
      name: name.replace(" ", "-"),
      region: name === "distant disk" ? "fra1" : "nyc3",
    });
  for (const name of ["machine", "other machine"]) add("Droplet", name, { name });
  for (const name of ["address", "other address"])
    add("ReservedIp", name, { region: "nyc3" }, { ipAddress: named[name] });
  add("DatabaseCluster", "database", { engine: "pg", region: "nyc3" });
  add("KubernetesCluster", "cluster", { name: "k8s" });
  add("ContainerRegistry", "images", { name: "images" });
  add("Domain", "acme.example", { name: "acme.example" });
  return world;
}

/** What the cases do by hand, in a simulated account. */
function byHand(world: World, act: string, body: Properties = {}): void {
  const [method, path = ""] = act.split(" ");
  const named = decodeURIComponent(path.split("/").at(-1) ?? "");
  const thing = world.things().find(({ id, inputs }) => [id, inputs.name].includes(named));
  if (method === "DELETE") remove(world, thing!);
  // A pool that the cluster gets beside its own changes nothing of it.
  if (method !== "PUT") return;
  world.change(thing!.type, thing!.name, {
    inputs: {
      forwardingRules: (body.forwarding_rules as Properties[]).map(camel),
      enableProxyProtocol: body.enable_proxy_protocol,
    },
    outputs: { healthcheck: camel(body.health_check as Properties), dropletIds: body.droplet_ids },
  });
}

/** With what names it. */
function remove(world: World, { type, id }: Thing): void {
  world.remove(type, id);
  for (const other of world.things())
    if (Object.values(other.inputs).some((value) => String(value) === id)) remove(world, other);
}

const camel = (fields: Properties): Properties =>
  Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [
      key.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase()),
      value,
    ]),
  );

describe("the simulated digitalocean provider, held against the plugin", () => {
  let world: World;
  let base: string;
  const begin = async (): ReturnType<typeof subject.begin> => {
    const found = await subject.begin();
    world = filled(found.named);
    base = JSON.stringify(world.things());
    const restore = (): void => {
      for (const { type, id } of world.things()) world.remove(type, id);
      for (const thing of JSON.parse(base) as Thing[]) world.add(thing);
    };
    return {
      ...found,
      byHand(act, body) {
        byHand(world, act, body);
        return Promise.resolve();
      },
      ready: (of) => {
        restore();
        if (of.endsWith(":ContainerRegistry")) world.lose(of, "images");
      },
    };
  };
  holdAgainst({ ...subject, begin }, () => digitalocean({ world, env: {} }));
});
