import { existsSync, readFileSync, writeFileSync } from "node:fs";
import type { Properties } from "../values";

/** One resource as a cloud has it, whatever Pulumi thinks. */
export interface Thing {
  readonly type: string;
  /** The resource's name in the program that made it. */
  readonly name: string;
  readonly id: string;
  inputs: Properties;
  outputs: Properties;
}

/** Something that happened to a thing that Pulumi does not see. */
export interface Event {
  readonly at: string;
  readonly what: string;
  readonly type: string;
  readonly id: string;
  /** The other thing that it happened with. */
  readonly other?: string;
}

interface Kept {
  things: Thing[];
  events: Event[];
  /** How often each name was made: ids of later makes differ. */
  makes: Record<string, number>;
}

/**
 * What a simulated cloud holds. With a file it outlives the process, and tests, or a person, can
 * change it from outside: the file is read again at each look.
 */
export class World {
  private kept: Kept = { things: [], events: [], makes: {} };

  /** @param file JSON file; in memory alone without one. It holds secrets as they are. */
  constructor(private readonly file?: string) {}

  things(type?: string): Thing[] {
    const { things } = this.load();
    return type === undefined ? things : things.filter((thing) => thing.type === type);
  }

  get(type: string, id: unknown): Thing | undefined {
    return this.things(type).find((thing) => thing.id === String(id));
  }

  /** The thing that a resource of the program made last. */
  named(type: string, name: string): Thing | undefined {
    return this.things(type)
      .filter((thing) => thing.name === name)
      .at(-1);
  }

  events(what?: string): Event[] {
    return this.load().events.filter((event) => what === undefined || event.what === what);
  }

  /** Makes drift: what somebody changed by hand. Inputs are what can be set, outputs the rest. */
  change(type: string, name: string, change: { inputs?: Properties; outputs?: Properties }): void {
    const thing = this.named(type, name);
    if (thing === undefined) throw new Error(`${type} ${name}: there is no such thing to change`);
    this.replace(thing.type, thing.id, {
      ...thing,
      inputs: { ...thing.inputs, ...change.inputs },
      outputs: { ...thing.outputs, ...change.inputs, ...change.outputs },
    });
  }

  /** Makes drift: what somebody deleted by hand. */
  lose(type: string, name: string): void {
    const thing = this.named(type, name);
    if (thing === undefined) throw new Error(`${type} ${name}: there is no such thing to lose`);
    this.remove(thing.type, thing.id);
  }

  /** How many things of this type and name were made, this one included. */
  count(type: string, name: string): number {
    const key = `${type}/${name}`;
    const kept = this.load();
    kept.makes[key] = (kept.makes[key] ?? 0) + 1;
    this.save(kept);
    return kept.makes[key];
  }

  add(thing: Thing): void {
    const kept = this.load();
    kept.things.push(thing);
    this.save(kept);
  }

  replace(type: string, id: string, next: Thing): void {
    const kept = this.load();
    kept.things = kept.things.map((thing) =>
      thing.type === type && thing.id === id ? next : thing,
    );
    this.save(kept);
  }

  remove(type: string, id: string): void {
    const kept = this.load();
    kept.things = kept.things.filter((thing) => thing.type !== type || thing.id !== id);
    this.save(kept);
  }

  tell(what: string, thing: { type: string; id: string }, other?: string): void {
    const kept = this.load();
    const event = { at: new Date().toISOString(), what, type: thing.type, id: thing.id };
    kept.events.push(other === undefined ? event : { ...event, other });
    this.save(kept);
  }

  private load(): Kept {
    if (this.file !== undefined && existsSync(this.file))
      this.kept = JSON.parse(readFileSync(this.file, "utf8")) as Kept;
    return this.kept;
  }

  private save(kept: Kept): void {
    this.kept = kept;
    if (this.file !== undefined)
      writeFileSync(this.file, JSON.stringify(kept, undefined, 1), { mode: 0o600 });
  }
}
