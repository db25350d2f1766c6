import { uuid } from "../../../components/clouds/preview";

/** A JSON object of the API. */
export type Fields = Record<string, unknown>;

/** An answer that is not what was asked for. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly id: string,
    message: string,
  ) {
    super(message);
  }
}

const plurals: Readonly<Record<string, string>> = {
  droplet: "droplets",
  volume: "volumes",
  database: "databases",
};

/** What one account has, by kind and id. */
export class Account {
  /** How long a droplet takes to shut down, in milliseconds. */
  shutdown = 0;
  /** Reserved addresses that are handed out first; then come made-up ones. */
  readonly addresses: string[] = [];
  /** Called when a reserved address becomes a droplet's with this user data, or nobody's. */
  assigned?: (address: string, userData: string | undefined) => void;
  private readonly things = new Map<string, Fields>();
  private count = 0;

  /** Remembers what there is. @returns brings it back. */
  snapshot(): () => void {
    const kept = structuredClone([...this.things]);
    return () => {
      this.things.clear();
      for (const [key, fields] of structuredClone(kept)) this.things.set(key, fields);
    };
  }

  /** A number that no other thing has. */
  number(): number {
    return 400_000_000 + ++this.count;
  }

  /** A UUID that no other thing has. */
  uuid(): string {
    return uuid(`api/${++this.count}`);
  }

  add(kind: string, id: unknown, fields: Fields): Fields {
    this.things.set(`${kind} ${String(id)}`, fields);
    return fields;
  }

  has(kind: string, id: unknown): boolean {
    return this.things.has(`${kind} ${String(id)}`);
  }

  get(kind: string, id: unknown): Fields {
    const found = this.things.get(`${kind} ${String(id)}`);
    if (found === undefined)
      throw new Refusal(404, "not_found", "The resource you were accessing could not be found.");
    return found;
  }

  all(kind: string): Fields[] {
    return [...this.things]
      .filter(([key]) => key.startsWith(`${kind} `))
      .map(([, fields]) => fields);
  }

  remove(kind: string, id: unknown): void {
    this.get(kind, id);
    this.things.delete(`${kind} ${String(id)}`);
  }

  /** Refuses a name that a thing of this kind has already. */
  unique(kind: string, name: unknown, status = 422, message = "name is already in use"): void {
    if (this.all(kind).some((thing) => thing.name === name))
      throw new Refusal(status, status === 409 ? "conflict" : "unprocessable_entity", message);
  }

  /** Names of tags as they were first written: they are made where they are first used, in any case. */
  tags(names: unknown): string[] {
    return ((names ?? []) as string[]).map((name) => {
      const found = this.all("tag").find(
        (tag) => String(tag.name).toLowerCase() === name.toLowerCase(),
      );
      return String((found ?? this.add("tag", name, { name })).name);
    });
  }

  /** A tag with how many things carry it. */
  counted({ name }: Fields): Fields {
    const carriers = Object.entries(plurals).map(([kind, plural]) => {
      const tagged = this.all(kind).filter(({ tags }) => (tags as unknown[]).includes(name));
      return [plural, { count: tagged.length }] as const;
    });
    const count = carriers.reduce((sum, [, { count }]) => sum + count, 0);
    const none = { count: 0 };
    return {
      name,
      resources: { count, ...Object.fromEntries(carriers), images: none, volume_snapshots: none },
    };
  }

  /** An action that is done by the time that somebody looks. */
  act(type: unknown, kind: string, id: unknown): Fields {
    const number = this.number();
    const action = { id: number, type, resource_type: kind, resource_id: Number(id) || 0 };
    this.add("action", number, {
      ...action,
      status: "completed",
      started_at: moment,
      completed_at: moment,
    });
    return { action: { ...action, status: "in-progress", started_at: moment, completed_at: null } };
  }
}

/** The network and the project that an account has from the start. */
export const own = { vpc: uuid("do/vpc/default"), project: uuid("do/project/default") };

/** When everything was made. */
export const moment = "2026-01-01T00:00:00Z";

/** `fields` without those that are not given. */
export function given(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
