import { callOf, outputsOf } from "../../../cli/recording/outputs";
import { address as unknownAddress } from "../../../components/clouds/preview";
import { bridged, type Plan } from "../bridge";
import { changedPaths } from "../diff";
import type { Facts, Failure } from "../facts";
import type { Call, Kind, Simulator } from "../simulator";
import type { Properties } from "../values";
import { World, type Thing } from "./world";

/** What a cloud's own rules see of an operation. */
export interface Site {
  readonly world: World;
  readonly call: Call;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** An input that holds the id of another thing. */
export interface Reference {
  readonly type: string;
  /** The output property that it holds. Default: the id, the link or the name. */
  readonly by?: string;
  /** The other thing cannot be deleted while this one is there. */
  readonly blocks?: boolean;
  /** This thing is gone when the other one is. */
  readonly vanishes?: boolean;
}

/** What one resource type does beyond its facts. */
export interface Rules {
  /** By input. Of several, it points at one. */
  readonly references?: Readonly<Record<string, Reference | readonly Reference[]>>;
  /** How its provider plans it. Without one, changes are those of the inputs. */
  readonly plan?: Omit<Plan, "computed">;
  /** No two things of the type have the same of these. */
  readonly unique?: readonly string[];
  readonly sets?: readonly string[];
  readonly autoname?: boolean;
  /** What is read of a thing that the cloud does not have as one of its own; nothing when it is gone. */
  state?(known: Properties, world: World): Properties | undefined;
  check?(inputs: Properties): Failure[];
  replaces?(old: Properties, next: Properties, changed: readonly string[]): readonly string[];
  /** Throws where the cloud would refuse. */
  creating?(inputs: Properties, site: Site): void;
  created?(thing: Thing, site: Site): void;
  updating?(thing: Thing, next: Properties, site: Site): void;
  deleting?(thing: Thing, site: Site): void;
  /** Input paths that replace where the facts are silent: `nodePool.size`. */
  readonly forces?: readonly string[];
  /** Outputs that depend on other things of the cloud. */
  outputs?(thing: Thing, world: World): Properties;
}

export interface CloudOptions {
  /** Where the cloud keeps what it has. Default: in memory. */
  readonly world?: World;
  /** Addresses that the cloud hands out, by resource type and name. Default: 203.0.113.10 and on. */
  address?(type: string, name: string): string | undefined;
  /** Called around operations, so that a test can start and stop real machines. */
  hook?(moment: "created" | "updated" | "deleting", thing: Thing): Promise<void> | void;
  /** The provider's environment, for credentials. Default: this process's. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

export interface CloudDescription {
  readonly name: string;
  readonly version: string;
  readonly facts: Facts;
  readonly config: readonly string[];
  readonly rules: Readonly<Record<string, Rules>>;
  /** Throws when the provider's configuration opens no door. */
  authenticate?(site: Site): void;
  /** Functions whose answers depend on the cloud; the others are known. */
  readonly functions?: Readonly<Record<string, (args: Properties, world: World) => Properties>>;
  /** Every function that the cloud answers. */
  readonly answered: readonly string[];
  /** Ids of things that are there without having been made. */
  readonly existing?: readonly string[];
}

/** A cloud that keeps its things in a `World`: facts, rules and known outputs make its behaviour. */
export function cloud(about: CloudDescription, options: CloudOptions): Simulator {
  const world = options.world ?? new World();
  const env = options.env ?? process.env;
  const resources = Object.fromEntries(
    Object.keys(about.facts.resources).map((type) => [
      type,
      kind(type, about, world, env, options),
    ]),
  );
  const own = about.functions ?? {};
  const functions = Object.fromEntries(
    [...new Set([...about.answered, ...Object.keys(own)])].map((token) => [
      token,
      (args: Properties, call: Call) => {
        about.authenticate?.({ world, call, env });
        const known = about.answered.includes(token) ? callOf(token, args) : args;
        return { ...known, ...own[token]?.(args, world) };
      },
    ]),
  );
  const { name, version, facts, config } = about;
  return { name, version, facts, config, resources, functions, foretellsSecrets: true };
}

function kind(
  type: string,
  about: CloudDescription,
  world: World,
  env: Site["env"],
  options: CloudOptions,
): Kind {
  const rules = about.rules[type] ?? {};
  const site = (call: Call): Site => ({ world, call, env });
  const shown = (thing: Thing): Properties => ({
    ...thing.outputs,
    ...rules.outputs?.(thing, world),
  });
  const kind: Kind = {
    ...(rules.sets === undefined ? {} : { sets: rules.sets }),
    ...(rules.autoname === undefined ? {} : { autoname: rules.autoname }),
    check: (inputs) => rules.check?.(inputs) ?? [],
    replaces: (old, next, changed) => [
      ...(rules.replaces?.(old, next, changed) ?? []),
      ...changedPaths(old, next, rules.forces ?? []),
    ],
    computed: (inputs, call) =>
      Object.keys(outputsOf(type, call.name, inputs)).filter(
        (key) => key !== "id" && inputs[key] === undefined,
      ),
    async create(inputs, call) {
      about.authenticate?.(site(call));
      exists(about, rules, inputs, world);
      const { unique = [] } = rules;
      const alike = (thing: Thing): boolean =>
        unique.every((key) => thing.inputs[key] === inputs[key]);
      if (unique.length > 0 && world.things(type).some(alike))
        throw new Error(`${unique.join(" and ")}: in use by another ${type.split(":").at(-1)}`);
      rules.creating?.(inputs, site(call));
      const makes = world.count(type, call.name);
      const seed = makes === 1 ? call.name : `${call.name}-${makes}`;
      const known = readdress(outputsOf(type, seed, inputs), type, call.name, world, options);
      const { id, ...outputs } = known;
      if (world.get(type, id) !== undefined)
        throw new Error(`${type}: ${String(id)} exists already`);
      const thing = {
        type,
        name: call.name,
        id: String(id),
        inputs,
        outputs: { ...outputs, ...inputs },
      };
      world.add(thing);
      rules.created?.(thing, site(call));
      await options.hook?.("created", thing);
      return { id: thing.id, outputs: shown(world.get(type, id) ?? thing) };
    },
    read(id, _outputs, _inputs, call) {
      about.authenticate?.(site(call));
      const thing = world.get(type, id);
      return thing === undefined ? undefined : { id, inputs: thing.inputs, outputs: shown(thing) };
    },
    async update(id, _outputs, _old, next, call) {
      about.authenticate?.(site(call));
      const thing = world.get(type, id);
      if (thing === undefined) throw new Error(`${type}: ${id} is not there`);
      exists(about, rules, next, world);
      rules.updating?.(thing, next, site(call));
      // What its provider computes stays as it was where nothing is stated any more.
      const stays = rules.plan === undefined ? [] : (about.facts.computed?.[type] ?? []);
      const gone = Object.keys(thing.inputs).filter(
        (key) => next[key] === undefined && !stays.includes(key),
      );
      const defaults = outputsOf(type, thing.name, next);
      const kept = Object.entries(thing.outputs).map(([key, value]) =>
        gone.includes(key) ? [key, defaults[key]] : [key, value],
      );
      const outputs = { ...(Object.fromEntries(kept) as Properties), ...next };
      const changed = { ...thing, inputs: next, outputs };
      world.replace(type, id, changed);
      await options.hook?.("updated", changed);
      return shown(changed);
    },
    async delete(id, _outputs, call) {
      about.authenticate?.(site(call));
      const thing = world.get(type, id);
      if (thing === undefined) return;
      blocked(about, thing, world);
      await options.hook?.("deleting", thing);
      rules.deleting?.(thing, site(call));
      world.remove(type, id);
      for (const other of holders(about, thing, world))
        if (other.reference.vanishes === true) world.remove(other.thing.type, other.thing.id);
    },
  };
  if (rules.plan === undefined) return kind;
  const computed = about.facts.computed?.[type] ?? [];
  return planned(kind, { computed, ...rules.plan }, rules, world);
}

/** The same kind as its provider's bridge shows it to the engine. */
function planned(kind: Kind, plan: Plan, rules: Rules, world: World): Kind {
  return bridged({
    plan,
    check: (inputs, call) => kind.check?.(inputs, call) ?? [],
    replaces: () => [],
    make: (inputs, call) => kind.create(inputs, call),
    state: async (id, known, call) =>
      (await kind.read(id, known, {}, call))?.outputs ?? rules.state?.(known, world),
    update: (id, old, next, call) => kind.update(id, {}, old, next, call),
    delete: (id, outputs, call) => kind.delete(id, outputs, call),
  });
}

/** Every id at a path of the inputs, through lists: `networkInterfaces.subnetwork`. */
function ids(inputs: Properties, path: string): string[] {
  const found = path.split(".").reduce<unknown[]>(
    (values, step) =>
      values.flatMap((value) => {
        const next = typeof value === "object" && value !== null && (value as Properties)[step];
        return next === undefined || next === false
          ? []
          : Array.isArray(next)
            ? (next as unknown[])
            : [next];
      }),
    [inputs],
  );
  return found.map(String);
}

/** References must point at what is there. */
function exists(about: CloudDescription, rules: Rules, inputs: Properties, world: World): void {
  for (const [key, references] of targets(rules))
    for (const id of ids(inputs, key)) {
      const found = references.some((reference) =>
        world.things(reference.type).some((thing) => names(thing, reference).includes(id)),
      );
      const types = references.map(({ type }) => type.split(":").at(-1)).join(" or ");
      if (!found && !(about.existing ?? []).includes(id))
        throw new Error(`${key}: there is no ${types} ${id}`);
    }
}

const targets = (rules: Rules | undefined): [key: string, references: readonly Reference[]][] =>
  Object.entries(rules?.references ?? {}).map(([key, found]) => [key, [found].flat()]);

/** What an input may hold to mean a thing. */
const names = (thing: Thing, { by }: Reference): string[] =>
  by === undefined
    ? [thing.id, String(thing.outputs.selfLink), String(thing.outputs.name)]
    : [String(thing.outputs[by])];

/** Things that point at this one. */
function holders(
  about: CloudDescription,
  target: Thing,
  world: World,
): { thing: Thing; key: string; reference: Reference }[] {
  return world.things().flatMap((thing) =>
    targets(about.rules[thing.type])
      .flatMap(([key, references]) => references.map((reference) => [key, reference] as const))
      .filter(([key, reference]) => {
        const own = reference.type === target.type;
        const held = ids(thing.inputs, key);
        return own && names(target, reference).some((name) => held.includes(name));
      })
      .map(([key, reference]) => ({ thing, key, reference })),
  );
}

function blocked(about: CloudDescription, target: Thing, world: World): void {
  const by = holders(about, target, world).filter(({ reference }) => reference.blocks === true);
  if (by.length === 0) return;
  const list = by.map(({ thing }) => `${thing.type.split(":").at(-1)} ${thing.name}`).join(", ");
  throw new Error(`${target.type.split(":").at(-1)} ${target.name} is still used by ${list}`);
}

/** Gives each thing an address of its own where the known outputs have the common one. */
function readdress(
  outputs: Properties,
  type: string,
  name: string,
  world: World,
  options: CloudOptions,
): Properties {
  const text = JSON.stringify(outputs);
  if (!text.includes(unknownAddress)) return outputs;
  const given = options.address?.(type, name);
  const mine = given ?? `203.0.113.${9 + world.count("address", "")}`;
  return JSON.parse(text.replaceAll(unknownAddress, mine)) as Properties;
}
