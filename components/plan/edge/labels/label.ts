import type { App, Service as ComposeService } from "../../../compose/app";
import { complain, type Context } from "../../context";

/** One place in the Compose file that says something about a route. */
export interface Source {
  readonly service: string;
  /** Its key below the service, as the file has it: `labels.traefik.enable`. */
  readonly key: string;
}

/** One of a service's Traefik labels. Its name's case has no meaning. */
export interface Label extends Source {
  /** In lower case: `traefik.http.routers.web.rule`. */
  readonly name: string;
  /** As the file has it: header names in it keep their case. */
  readonly written: string;
  readonly value: string;
}

/** A service's Traefik labels, and which of them have been read. */
export class Labels {
  readonly all: readonly Label[];
  readonly #byName: ReadonlyMap<string, Label>;
  readonly #read = new Set<Label>();

  constructor(
    readonly service: string,
    { labels, deploy }: ComposeService,
  ) {
    this.all = Object.entries({ ...deploy?.labels, ...labels })
      .filter(([key]) => /^traefik\./i.test(key))
      .map(([written, value]) => ({
        service,
        key: `labels.${written}`,
        name: written.toLowerCase(),
        written,
        value,
      }));
    this.#byName = new Map(this.all.map((label) => [label.name, label]));
  }

  /** The label of this name, which counts as read. */
  take(name: string): Label | undefined {
    const found = this.#byName.get(name);
    if (found !== undefined) this.#read.add(found);
    return found;
  }

  /** The value of the label of this name without spaces around it; undefined where it is empty. */
  value(name: string): string | undefined {
    const value = this.take(name)?.value.trim();
    return value === "" ? undefined : value;
  }

  /** The labels whose names match; they count as read. */
  takeAll(pattern: RegExp): Label[] {
    const found = this.find(pattern);
    for (const label of found) this.#read.add(label);
    return found;
  }

  find(pattern: RegExp): Label[] {
    return this.all.filter(({ name }) => pattern.test(name));
  }

  /** The distinct first groups of the labels' names that match, in the order of the file. */
  names(pattern: RegExp): string[] {
    return [...new Set(this.all.flatMap(({ name }) => pattern.exec(name)?.[1] ?? []))];
  }

  settle(label: Label): void {
    this.#read.add(label);
  }

  get unread(): Label[] {
    return this.all.filter((label) => !this.#read.has(label));
  }
}

export const labelsOf = (app: App): Labels[] =>
  Object.entries(app.services).map(([name, compose]) => new Labels(name, compose));

/** Whether `berth:accept` names this place, in whatever case. */
function accepted({ settings }: Context, { service, key }: Source): boolean {
  const dotted = `${service}.${key}`.toLowerCase();
  return [...settings.accept.keys()].some((each) => each.toLowerCase() === dotted);
}

/**
 * A guard that cannot be carried over: a problem, since the route without it would be open to everyone; unless
 * `berth:accept` names its place (decisions.md: guards-carried-or-refused).
 *
 * @param what What cannot be carried over, and why.
 */
export function refuse(
  context: Context,
  at: Source,
  what: string,
  instead = "write the guard in berth:routes as auth, allow or forwardAuth",
): void {
  const key = `services.${at.service}.${at.key}`;
  if (accepted(context, at)) return;
  const message = `${what}, and the route would be open without it; ${instead}, or list "${at.service}.${at.key}: reason" in berth:accept`;
  if (!context.problems.some((one) => one.key === key && one.message === message))
    complain(context, key, message);
}

/** Something without which the route is there, but not as the file asks. */
export function lose(context: Context, at: Source, message: string): void {
  if (!accepted(context, at)) context.notices.loss(at.service, at.key, message);
}

export function tell(context: Context, at: Source, message: string): void {
  if (!accepted(context, at)) context.notices.info(at.service, at.key, message);
}

/** The parts of a list by commas, without spaces and empty ones. */
export function list(value: string): string[] {
  return value
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

/** A switch as Traefik reads it; undefined for any other text. */
export function switchOf(value: string): boolean | undefined {
  if (/^(1|t|true)$/i.test(value.trim())) return true;
  return /^(0|f|false)$/i.test(value.trim()) ? false : undefined;
}
