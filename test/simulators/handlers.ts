import { createHash } from "node:crypto";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { changes } from "./diff";
import { checkInputs, filled, hint, type ObjectFacts } from "./facts";
import type { Call, Kind, Simulator } from "./simulator";
import type { FaultInjection } from "./fault-injection";
import { decode, encode, hasUnknown, unknown, type Bag, type Properties } from "./values";

interface Connection {
  readonly config: Properties;
  readonly abort: AbortController;
}

/** What every resource request says of its resource. */
interface About {
  getUrn(): string;
  getName(): string;
  getType(): string;
  /** Of creations, updates and deletions only. */
  getTimeout?(): number;
}

/** The engine's requests, answered from a simulator's description. */
export class Handlers {
  private readonly connections = new Map<string, Connection>();

  constructor(
    private readonly simulator: Simulator,
    private readonly stage: FaultInjection,
  ) {}

  checkConfig(request: proto.CheckRequest): proto.CheckResponse {
    const response = new proto.CheckResponse();
    response.setInputs(request.getNews());
    const known = [...this.simulator.config, "version", "pluginDownloadURL", "__internal"];
    for (const key of Object.keys(decode(request.getNews()).values))
      if (!known.includes(key))
        response.addFailures(failure(key, `${key}: unknown configuration key${hint(key, known)}`));
    return response;
  }

  /** A bridged provider never asks to be replaced: its resources stay, whatever it points at now. */
  diffConfig(request: proto.DiffRequest): proto.DiffResponse {
    const old = decode(request.getOldInputs() ?? request.getOlds()).values;
    const next = decode(request.getNews()).values;
    const changed = [...new Set([...Object.keys(old), ...Object.keys(next)])].filter(
      (key) => JSON.stringify(old[key]) !== JSON.stringify(next[key]),
    );
    return diffResponse({ changed, replaces: [], deleteBeforeReplace: false }, old, next);
  }

  async configure(request: proto.ConfigureRequest, peer: string): Promise<proto.ConfigureResponse> {
    const config = Object.fromEntries(
      Object.entries(decode(request.getArgs()).values).map(([key, value]) => [key, parsed(value)]),
    );
    await this.stage.run("configure", request.getType() ?? "", request.getName() ?? "", "", () =>
      this.connections.set(peer, { config, abort: new AbortController() }),
    );
    const response = new proto.ConfigureResponse();
    response.setAcceptsecrets(true);
    response.setSupportspreview(true);
    response.setAcceptresources(true);
    response.setAcceptoutputs(true);
    return response;
  }

  cancel(peer: string): void {
    this.connections.get(peer)?.abort.abort();
  }

  check(request: proto.CheckRequest, peer: string): proto.CheckResponse {
    const { kind, facts, call } = this.about(request, peer);
    const bag = decode(request.getNews());
    const old = decode(request.getOlds()).values;
    const inputs = { ...filled(this.simulator.facts, facts, bag.values) };
    const name = facts.name;
    if (kind.autoname !== false && name?.type === "string" && name.required !== true)
      if (inputs.name === undefined) {
        const kept = Array.isArray(old.__defaults) && old.__defaults.includes("name");
        inputs.name = kept ? old.name : `${call.name}-${digits(call.urn, request.getRandomseed())}`;
        inputs.__defaults = ["name"];
      }
    const response = new proto.CheckResponse();
    const known = kind.plan?.lenient === true ? knownOnly(inputs, facts) : inputs;
    const failures = checkInputs(this.simulator.facts, facts, known);
    if (failures.length === 0) failures.push(...(kind.check?.(inputs, call) ?? []));
    const { secrets } = declared(bag, facts);
    response.setInputs(encode(kind.fill?.(inputs) ?? inputs, secrets));
    for (const { property, reason } of failures)
      response.addFailures(failure(property, `${property}: ${reason}`));
    return response;
  }

  diff(request: proto.DiffRequest): proto.DiffResponse {
    const { kind, facts } = this.about(request);
    const outputs = decode(request.getOlds()).values;
    const old = decode(request.getOldInputs() ?? request.getOlds()).values;
    const given = decode(request.getNews()).values;
    const next = kind.plan?.lenient === true ? knownOnly(given, facts) : given;
    const ignored = request.getIgnorechangesList();
    const found = changes(this.simulator.facts, facts, kind, old, next, outputs, ignored);
    return diffResponse(found, old, next);
  }

  async create(request: proto.CreateRequest, peer: string): Promise<proto.CreateResponse> {
    const { kind, facts, call } = this.about(request, peer);
    const bag = declared(decode(request.getProperties()), facts);
    const given = without(bag.values);
    const inputs = kind.plan?.lenient === true ? knownOnly(given, facts) : given;
    const response = new proto.CreateResponse();
    if (request.getPreview()) {
      const computed = kind.computed(inputs, call).map((key) => [key, unknown]);
      const outputs = kind.preview?.(inputs) ?? {
        ...(Object.fromEntries(computed) as Properties),
        ...inputs,
      };
      response.setProperties(encode(outputs, [...bag.secrets, ...this.foretold(call)]));
      return response;
    }
    const made = await this.run("create", call, "", bag, () => kind.create(inputs, call));
    response.setId(made.id);
    response.setProperties(encode(made.outputs, [...bag.secrets, ...this.secrets(call)]));
    return response;
  }

  async read(request: proto.ReadRequest, peer: string): Promise<proto.ReadResponse> {
    const { kind, call, facts } = this.about(request, peer);
    const state = declared(decode(request.getProperties()), facts);
    const given = declared(decode(request.getInputs()), facts);
    const id = request.getId();
    const found = await this.run("read", call, id, given, () =>
      kind.read(id, state.values, given.values, call),
    );
    const response = new proto.ReadResponse();
    if (found === undefined) return response;
    response.setId(found.id);
    const secrets = [...state.secrets, ...given.secrets];
    response.setProperties(encode(found.outputs, [...secrets, ...this.secrets(call)]));
    // What the provider filled in stays so: the next check would choose another name.
    const { __defaults } = given.values;
    const inputs = kind.plan?.lenient === true ? knownOnly(found.inputs, facts) : found.inputs;
    response.setInputs(encode({ ...inputs, __defaults }, given.secrets));
    return response;
  }

  async update(request: proto.UpdateRequest, peer: string): Promise<proto.UpdateResponse> {
    const { kind, call, facts } = this.about(request, peer);
    const outputs = decode(request.getOlds());
    const old = decode(request.getOldInputs());
    const bag = declared(decode(request.getNews()), facts);
    const next = without(bag.values);
    const response = new proto.UpdateResponse();
    const secrets = [...outputs.secrets, ...bag.secrets, ...this.secrets(call)];
    if (request.getPreview()) {
      const gone = Object.keys(old.values).filter((key) => next[key] === undefined);
      const kept = Object.entries(outputs.values).filter(([key]) => !gone.includes(key));
      const preview = kind.preview?.(next, outputs.values) ?? {
        ...Object.fromEntries(kept),
        ...next,
      };
      response.setProperties(encode(preview, secrets));
      return response;
    }
    const id = request.getId();
    const made = await this.run("update", call, id, bag, () =>
      kind.update(id, outputs.values, old.values, next, call),
    );
    response.setProperties(encode(made, secrets));
    return response;
  }

  async delete(request: proto.DeleteRequest, peer: string): Promise<void> {
    const { kind, call } = this.about(request, peer);
    const id = request.getId();
    const outputs = decode(request.getProperties());
    await this.run("delete", call, id, outputs, () => kind.delete(id, outputs.values, call));
  }

  async invoke(request: proto.InvokeRequest, peer: string): Promise<proto.InvokeResponse> {
    const token = request.getTok();
    const known = Object.keys(this.simulator.functions);
    const act = this.simulator.functions[token];
    if (act === undefined)
      throw new Error(
        `${this.simulator.name}: unknown function ${token}${hint(token, known)}; nothing simulates it`,
      );
    const bag = decode(request.getArgs());
    const call = { type: token, name: "", urn: "", ...this.connection(peer) };
    const result = await this.run("invoke", call, "", bag, () => act(bag.values, call));
    const response = new proto.InvokeResponse();
    response.setReturn(encode(result, bag.secrets));
    return response;
  }

  /** Where a type's outputs are secret by the schema. */
  private secrets({ type }: Call): [string][] {
    return (this.simulator.facts.secrets[type] ?? []).map((key) => [key]);
  }

  /** The same in a preview. */
  private foretold(call: Call): [string][] {
    return this.simulator.foretellsSecrets === true ? this.secrets(call) : [];
  }

  private about(request: About, peer = ""): { kind: Kind; facts: ObjectFacts; call: Call } {
    const urn = request.getUrn();
    const type = request.getType() || (urn.split("::")[2]?.split("$").at(-1) ?? "");
    const name = request.getName() || (urn.split("::").at(-1) ?? "");
    const kind = this.simulator.resources[type];
    const facts = this.simulator.facts.resources[type];
    if (kind === undefined || facts === undefined)
      throw new Error(
        `${this.simulator.name}: unknown resource type ${type}${hint(type, Object.keys(this.simulator.resources))}; nothing simulates it`,
      );
    const timeout = request.getTimeout?.() ?? 0;
    return { kind, facts, call: { type, name, urn, timeout, ...this.connection(peer) } };
  }

  /** The configuration of the provider that asks; a reconnected one is the newest. */
  private connection(peer: string): { config: Properties; signal: AbortSignal } {
    const found = this.connections.get(peer) ?? [...this.connections.values()].at(-1);
    return {
      config: found?.config ?? {},
      signal: found?.abort.signal ?? new AbortController().signal,
    };
  }

  /** Runs an operation; an error remembers the inputs, which a partial failure hands back. */
  private async run<T>(
    op: "create" | "read" | "update" | "delete" | "invoke",
    call: Call,
    id: string,
    bag: Bag,
    act: () => Promise<T> | T,
  ): Promise<T> {
    try {
      return await this.stage.run<Promise<T> | T>(op, call.type, call.name, id, act);
    } catch (error) {
      throw Object.assign(error instanceof Error ? error : new Error(String(error)), { bag });
    }
  }
}

/** Adds what the schema itself calls secret. */
function declared(bag: Bag, facts: ObjectFacts): Bag {
  const secret = Object.keys(bag.values).filter((key) => facts[key]?.secret === true);
  return { values: bag.values, secrets: [...bag.secrets, ...secret.map((key) => [key])] };
}

/** Inputs without the provider's own notes. */
function without(inputs: Properties): Properties {
  return Object.fromEntries(Object.entries(inputs).filter(([key]) => key !== "__defaults"));
}

/** Inputs without those that the facts do not know. */
function knownOnly(inputs: Properties, facts: ObjectFacts): Properties {
  return Object.fromEntries(Object.entries(inputs).filter(([key]) => facts[key] !== undefined));
}

/** SDKs send a provider's lists, objects and switches as JSON texts. */
function parsed(value: unknown): unknown {
  if (typeof value !== "string" || !/^\s*[[{]|^(true|false)$/.test(value)) return value;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return value;
  }
}

/** Seven hexadecimal digits, the same for the same seed. */
function digits(urn: string, seed: Uint8Array | string): string {
  return createHash("sha256").update(urn).update(seed).digest("hex").slice(0, 7);
}

function failure(property: string, reason: string): proto.CheckFailure {
  const made = new proto.CheckFailure();
  made.setProperty(property);
  made.setReason(reason);
  return made;
}

function diffResponse(
  found: { changed: readonly string[]; replaces: readonly string[]; deleteBeforeReplace: boolean },
  old: Properties,
  next: Properties,
): proto.DiffResponse {
  const { DiffResponse, PropertyDiff } = proto;
  const response = new DiffResponse();
  response.setChanges(
    found.changed.length > 0 || found.replaces.length > 0
      ? DiffResponse.DiffChanges.DIFF_SOME
      : DiffResponse.DiffChanges.DIFF_NONE,
  );
  response.setDiffsList([...found.changed]);
  response.setReplacesList([...found.replaces]);
  response.setDeletebeforereplace(found.deleteBeforeReplace);
  response.setHasdetaileddiff(true);
  for (const key of new Set([...found.changed, ...found.replaces])) {
    const replaces = found.replaces.includes(key);
    const { Kind } = PropertyDiff;
    const kind =
      old[key] === undefined && !hasUnknown(old[key])
        ? replaces
          ? Kind.ADD_REPLACE
          : Kind.ADD
        : next[key] === undefined
          ? replaces
            ? Kind.DELETE_REPLACE
            : Kind.DELETE
          : replaces
            ? Kind.UPDATE_REPLACE
            : Kind.UPDATE;
    const detail = new PropertyDiff();
    detail.setKind(kind);
    detail.setInputdiff(true);
    response.getDetaileddiffMap().set(key, detail);
  }
  return response;
}
