import type { Text } from "../../../model/reference";
import type { Middleware, Route } from "../../plan";
import type { Label, Source } from "./label";

/** What a service's Traefik labels say about one route. */
export interface LabelledRoute {
  /** What makes the route, for messages. */
  readonly at: Source;
  /** The service that it leads to, and its port where labels name one. */
  readonly service: string;
  readonly port?: number;
  /** The router: its routes are alternatives of one rule. */
  readonly router: string;
  /** Undefined: `<service>.<domain>`, which Traefik's own default rule stands for. */
  readonly host: Text | undefined;
  readonly path: string;
  /** Whether anything answers at host and path. */
  readonly answers: boolean;
  /** The whole rule in the language of Traefik 3, when it is more than a host. */
  readonly rule?: Text;
  /** Stated, or as Traefik would have it: the length of the whole rule. */
  readonly priority?: number;
  readonly stated: boolean;
  /** Whether one of its entrypoints speaks TLS. */
  readonly secure: boolean;
  readonly scheme?: Route["scheme"];
  readonly passHost: boolean;
  readonly sticky: boolean;
  readonly middlewares: readonly Middleware[];
}

/** The priority of a route: what its label states, where that is a number other than 0, else the length of its rule. */
export function priorityOf(
  label: string | undefined,
  rule: Pick<Label, "value"> | undefined,
): Pick<LabelledRoute, "stated" | "priority"> {
  if (label !== undefined && /^-?\d+$/.test(label) && Number(label) !== 0)
    return { stated: true, priority: Number(label) };
  return { stated: false, ...(rule === undefined ? {} : { priority: rule.value.length }) };
}
