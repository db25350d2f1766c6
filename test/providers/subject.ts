import type { Properties } from "../simulators/values";

/** What happens to a resource after it was made and read back. */
export type Step =
  /** Other inputs, laid over those so far; undefined takes one away. */
  | { readonly change: Properties }
  /** Something that somebody does without Pulumi, such as `POST /containers/<id>/kill`; then it is read. */
  | { readonly byHand: string; readonly body?: Properties };

/** One resource that is taken through its life. */
export interface Case {
  readonly inputs: Properties;
  readonly steps?: readonly Step[];
}

/** Cases of one resource type by name; the first is the plainest, and the others are told apart from it. */
export type Cases = Readonly<Record<string, Case>>;

/** What the cases of a plugin need to run, made for one run. */
export interface World {
  /** Configuration of the provider. */
  readonly config: Properties;
  /** What the placeholders in the inputs stand for. */
  readonly named: Readonly<Record<string, string>>;
  /** What the far end is, where the answers depend on it. */
  readonly about?: Readonly<Record<string, string>>;
  /** Makes it ready for a case of a type, where it is not so for all. */
  ready?(type: string): void;
  byHand?(act: string, body?: Properties): Promise<void>;
  /** Takes away what a case left. */
  clean?(): Promise<void>;
  end?(): Promise<void>;
}

/** A plugin, and everything that is asked of it. */
export interface Subject {
  readonly plugin: string;
  /** Configurations that CheckConfig is asked about, by name. */
  readonly configs: Readonly<Record<string, Properties>>;
  readonly cases: Readonly<Record<string, Cases>>;
  /** Output properties whose values are another in each run. */
  readonly volatile: readonly string[];
  /** Output lists that the plugin gives in any order. */
  readonly unordered: readonly string[];
  begin(): Promise<World>;
}
