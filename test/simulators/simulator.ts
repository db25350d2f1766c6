import type { Plan } from "./bridge";
import type { Facts, Failure } from "./facts";
import type { Properties } from "./values";

/** One resource's identity in an operation, and the provider it goes through. */
export interface Call {
  readonly type: string;
  /** The resource's name in the program. */
  readonly name: string;
  readonly urn: string;
  /** Inputs of the provider resource that this operation goes through. */
  readonly config: Properties;
  /** Seconds of `customTimeouts` for this operation; 0 or nothing: none are given. */
  readonly timeout?: number;
  /** Aborted when the engine cancels. */
  readonly signal: AbortSignal;
}

/** A resource that exists: its id, and every output property. */
export interface Made {
  readonly id: string;
  readonly outputs: Properties;
}

/** What a refresh finds: the state, and the inputs that would describe it. */
export interface Found extends Made {
  readonly inputs: Properties;
}

/** How one resource type behaves. Its inputs' facts are looked up by its token. */
export interface Kind {
  /** Of a bridged provider's: changes are found by the plan, not by the inputs before. */
  readonly plan?: Plan;
  /** Problems beyond the facts. */
  check?(inputs: Properties, call: Call): Failure[];
  /** Input lists whose order means nothing. */
  readonly sets?: readonly string[];
  /** Whether a missing `name` is made up: the program's name and seven digits. Default: yes. */
  readonly autoname?: boolean;
  /** Changed keys that replace the resource, beyond the facts. */
  replaces?(
    old: Properties,
    next: Properties,
    changed: readonly string[],
    outputs: Properties,
  ): readonly string[];
  /** Keys that count as changed although the inputs are the same. */
  drifted?(outputs: Properties, next: Properties): readonly string[];
  /** Output keys that a preview of a creation leaves unknown. */
  computed(inputs: Properties, call: Call): readonly string[];
  /** Outputs of a preview, where they are other than the inputs with what is computed unknown. */
  preview?(inputs: Properties, outputs?: Properties): Properties;
  /** Inputs with what a check writes into them, beyond the facts' defaults. @throws Error where it cannot. */
  fill?(inputs: Properties): Properties;
  create(inputs: Properties, call: Call): Promise<Made> | Made;
  /** Nothing when the resource is gone. */
  read(
    id: string,
    outputs: Properties,
    inputs: Properties,
    call: Call,
  ): Promise<Found | undefined> | Found | undefined;
  /** Output properties after the change. */
  update(
    id: string,
    outputs: Properties,
    old: Properties,
    next: Properties,
    call: Call,
  ): Promise<Properties> | Properties;
  delete(id: string, outputs: Properties, call: Call): Promise<void> | void;
}

/** One provider package. */
export interface Simulator {
  readonly name: string;
  readonly version: string;
  readonly facts: Facts;
  /** Names of the provider resource's own inputs. */
  readonly config: readonly string[];
  /** Whether a preview says already which outputs will be secret. */
  readonly foretellsSecrets?: boolean;
  readonly resources: Readonly<Record<string, Kind>>;
  readonly functions: Readonly<
    Record<string, (args: Properties, call: Call) => Promise<Properties> | Properties>
  >;
}

/** Creation or update went wrong after the resource was there: the engine keeps it, as broken. */
export class InitFailed extends Error {
  constructor(
    readonly made: Made,
    reason: string,
  ) {
    super(reason);
  }
}
