import type { Row } from "./row";
import type { schema } from "./schema";

export type { LocationName } from "../model/catalog";
export type { DatabaseSetting } from "./databases";
export type { RouteSetting } from "./edge";

type Rows = Omit<typeof schema, "extends">;

/** Keys without a default: absent where they are not stated. */
type Optional = {
  [K in keyof Rows]: Rows[K] extends Row<infer _T, infer D, infer _V>
    ? [D] extends [undefined]
      ? K
      : never
    : never;
}[keyof Rows];

type Of<R> = R extends Row<infer _T, infer _D, infer V> ? Exclude<V, undefined> : never;

/** What the rows of schema.ts say that each key holds. */
export type KeySettings = {
  readonly [K in Exclude<keyof Rows, Optional> | "cloud"]: Of<Rows[K]>;
} & { readonly [K in Exclude<Optional, "cloud">]?: Of<Rows[K]> };

/** A stack's config, typed and checked. Secret values are references. */
export type Settings = KeySettings & {
  readonly project: string;
  readonly stack: string;
  /** The folder of Pulumi.yaml: relative paths start here. */
  readonly folder: string;
  /** The provider's own region key (`aws:region`, …); it outranks `location`. */
  readonly region?: string;
  /** The config namespace of the cloud's provider, handed to it whole (decisions.md: default-providers-off). */
  readonly provider: Readonly<Record<string, string>>;
  /** The keys that the config states, dotted: a choice that the config states draws no notice. */
  readonly stated: ReadonlySet<string>;
};

export type Shape = Settings["shape"];
export type Autoscale = Exclude<Settings["scale"][string], number>;
