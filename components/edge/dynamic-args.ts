import type { Edge, Route } from "../plan/plan";
import type { Text } from "../model/reference";

/** A part of a file of Traefik. */
export type Part = Record<string, unknown>;

/** What the dynamic configuration is made of. */
export interface DynamicArgs {
  readonly edge: Edge;
  readonly routes: readonly Route[];
  /** Where a service's port answers: `host:port` of every container or pod. */
  readonly serversOf: (service: string, port: number) => readonly string[];
  /** The value of a text that may hold references. */
  readonly text: (text: Text) => string;
  /** Where the page answers that stands in when every server of a route is down: `http://host:port`. */
  readonly maintenance?: string;
}
