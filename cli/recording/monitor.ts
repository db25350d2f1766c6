import type { RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb";
import { callOf, outputsOf } from "./outputs";
import type { Properties } from "../../components/clouds/preview";
import { fromWire, isObject, revealed, Secret, toWire } from "./values";

/** A resource as the engine would be asked to register it. */
export interface Recorded {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly id: string;
  /** false: a component. */
  readonly custom: boolean;
  /** The parent's URN; empty for the stack itself. */
  readonly parent: string;
  /** As the provider would get them, `Secret` around what is secret. */
  readonly inputs: Properties;
  /** URNs that it waits for. */
  readonly dependencies: readonly string[];
  /** URNs that an input's value comes from, by input. */
  readonly propertyDependencies: Readonly<Record<string, readonly string[]>>;
  readonly protect: boolean;
  /** undefined: not stated. */
  readonly deleteBeforeReplace: boolean | undefined;
  /** The URN of its provider; empty for components and providers. */
  readonly provider: string;
  readonly aliases: readonly string[];
  readonly replaceOnChanges: readonly string[];
  /** URNs whose replacement replaces it. */
  readonly replaceWith: readonly string[];
  /** A value whose change replaces it; undefined: none. */
  readonly replacementTrigger: unknown;
  readonly deletedWith: string;
  readonly ignoreChanges: readonly string[];
  readonly retainOnDelete: boolean;
  readonly additionalSecretOutputs: readonly string[];
  /** Hook names by moment: `beforeCreate`. */
  readonly hooks: Readonly<Record<string, readonly string[]>>;
  /** What it gives: inputs and what the provider would add; a component's registered outputs. */
  outputs: Properties;
}

export interface Call {
  readonly token: string;
  readonly args: Properties;
  readonly provider: string;
}

type Done = (error: Error | null, response?: unknown) => void;

/** The engine's side of the SDK's protocol, in this process: it records and answers with plausible values. */
export class Monitor {
  readonly resources: Recorded[] = [];
  readonly calls: Call[] = [];
  readonly failures: Error[] = [];
  private readonly byUrn = new Map<string, Recorded>();

  constructor(
    private readonly project: string,
    private readonly stack: string,
    /** The zone of the stack's `berth:dns`, for functions that list zones. */
    private readonly zone?: string,
  ) {}

  supportsFeature(_request: unknown, done: Done): void {
    done(null, { getHassupport: () => true });
  }

  registerPackage(_request: unknown, done: Done): void {
    done(null, { getRef: () => "package" });
  }

  registerResource(request: RegisterResourceRequest, done: Done): void {
    const type = request.getType();
    const name = request.getName();
    const custom = request.getCustom();
    const urn = this.urn(request.getParent(), type, name);
    const inputs = fromWire(request.getObject()?.toJavaScript() ?? {}) as Properties;
    if (this.byUrn.has(urn)) this.failures.push(new Error(`${urn} is registered twice`));
    if (custom && needsProvider(type) && request.getProvider() === "")
      this.failures.push(new Error(`${urn} has no explicit provider, and default ones are off`));
    const secretOutputs = request.getAdditionalsecretoutputsList();
    const { id, ...computed } = custom ? computedOf(type, name, inputs) : { id: "" };
    const outputs = concealed(settled(computed, inputs), secretOutputs);
    const found: Recorded = {
      urn,
      type,
      name,
      id: String(id),
      custom,
      parent: request.getParent(),
      inputs,
      dependencies: [...request.getDependenciesList()].sort(),
      propertyDependencies: Object.fromEntries(
        [...request.getPropertydependenciesMap().entries()].map(([key, value]) => [
          key,
          value.getUrnsList(),
        ]),
      ),
      protect: request.getProtect() ?? false,
      deleteBeforeReplace: request.getDeletebeforereplacedefined()
        ? request.getDeletebeforereplace()
        : undefined,
      provider: request.getProvider().replace(/::[^:]*$/, ""),
      aliases: request
        .getAliasesList()
        .map((alias) => (alias.hasUrn() ? alias.getUrn() : (alias.getSpec()?.getName() ?? ""))),
      replaceOnChanges: request.getReplaceonchangesList(),
      replaceWith: request.getReplaceWithList(),
      replacementTrigger: fromWire(request.getReplacementTrigger()?.toJavaScript()),
      deletedWith: request.getDeletedwith(),
      ignoreChanges: request.getIgnorechangesList(),
      retainOnDelete: request.getRetainondelete() ?? false,
      additionalSecretOutputs: secretOutputs,
      hooks: hooksOf(request),
      outputs,
    };
    this.resources.push(found);
    this.byUrn.set(urn, found);
    done(null, response({ urn, id: String(id), object: custom ? outputs : {} }));
  }

  registerResourceOutputs(
    request: { getUrn(): string; getOutputs(): { toJavaScript(): Properties } | undefined },
    done: Done,
  ): void {
    const found = this.byUrn.get(request.getUrn());
    if (found !== undefined)
      found.outputs = fromWire(request.getOutputs()?.toJavaScript() ?? {}) as Properties;
    done(null, {});
  }

  readResource(
    request: {
      getType(): string;
      getName(): string;
      getId(): string;
      getParent(): string;
      getProperties(): { toJavaScript(): Properties } | undefined;
    },
    done: Done,
  ): void {
    const type = request.getType();
    const given = fromWire(request.getProperties()?.toJavaScript() ?? {}) as Properties;
    const { id: _, ...computed } = computedOf(type, request.getName(), given);
    const urn = this.urn(request.getParent(), type, request.getName());
    done(null, response({ urn, id: request.getId(), object: { ...computed, ...given } }));
  }

  invoke(
    request: {
      getTok(): string;
      getArgs(): { toJavaScript(): Properties } | undefined;
      getProvider(): string;
    },
    done: Done,
  ): void {
    const token = request.getTok();
    const args = fromWire(request.getArgs()?.toJavaScript() ?? {}) as Properties;
    this.calls.push({ token, args, provider: request.getProvider().replace(/::[^:]*$/, "") });
    try {
      const result = callOf(token, revealed(args) as Properties, this.zone);
      done(null, { getReturn: () => struct(result), getFailuresList: () => [] });
    } catch (error) {
      const failure = error as Error;
      this.failures.push(failure);
      done(Object.assign(failure, { code: 2, details: failure.message }));
    }
  }

  signalAndWaitForShutdown(_request: unknown, done: Done): void {
    done(null, {});
  }

  /** As the engine makes it: the parents' types stand before the resource's own. */
  private urn(parent: string, type: string, name: string): string {
    const above = parent === "" ? "" : parent.split("::")[2]!;
    const path = above === "" || above === "pulumi:pulumi:Stack" ? type : `${above}$${type}`;
    return `urn:pulumi:${this.stack}::${this.project}::${path}::${name}`;
  }
}

/** Providers, the stack and stack references need none. */
function needsProvider(type: string): boolean {
  return !type.startsWith("pulumi:");
}

function computedOf(type: string, name: string, inputs: Properties): Properties {
  return outputsOf(type, name, revealed(inputs) as Properties);
}

/** The state: what was given, and inside an object too what the provider adds to it. */
function settled(computed: Properties, inputs: Properties): Properties {
  const found: Properties = { ...computed, ...inputs };
  for (const [key, added] of Object.entries(computed)) {
    const given = inputs[key];
    if (isObject(added) && isObject(given) && !(given instanceof Secret))
      found[key] = settled(added, given);
  }
  return found;
}

function concealed(outputs: Properties, secret: readonly string[]): Properties {
  const found = { ...outputs };
  for (const key of secret)
    if (key in found && !(found[key] instanceof Secret)) found[key] = new Secret(found[key]);
  return found;
}

/** A wire object; the SDK calls nothing but this method of it. */
function struct(value: unknown): { toJavaScript(): unknown } {
  const wire = toWire(value);
  return { toJavaScript: () => wire };
}

function response(given: { urn: string; id: string; object: Properties }): unknown {
  return {
    getUrn: () => given.urn,
    getId: () => given.id,
    getObject: () => struct(given.object),
    getProperties: () => struct(given.object),
    getStable: () => false,
    getStablesList: () => [],
    getPropertydependenciesMap: () => undefined,
    getResult: () => 0,
  };
}

function hooksOf(request: RegisterResourceRequest): Record<string, string[]> {
  const binding: unknown = request.getHooks()?.toObject();
  if (!isObject(binding)) return {};
  return Object.fromEntries(
    Object.entries(binding)
      .filter(
        (entry): entry is [string, string[]] => Array.isArray(entry[1]) && entry[1].length > 0,
      )
      .map(([moment, names]) => [moment.replace(/List$/, ""), names]),
  );
}
