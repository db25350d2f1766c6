import assert from "node:assert/strict";
import { credentials } from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import type { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb.js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb.js";
import { decode, type Bag, type Properties } from "./values";

/** A resource that was made but is broken, as the engine would learn of it. */
export class Partial extends Error {
  constructor(
    message: string,
    readonly id: string,
    readonly outputs: Properties,
  ) {
    super(message);
  }
}

type Answer<T> = (error: Error | null, response: T) => void;

const struct = (values: Properties): Struct =>
  Struct.fromJavaScript(values as Record<string, JavaScriptValue>);

/** What a plugin says of a change. */
export interface Difference {
  readonly changed: string[];
  readonly replaces: string[];
  readonly deleteBeforeReplace: boolean;
}

/** Speaks to a plugin or a served simulator as the engine does: one connection, one configured provider. */
export class Client {
  private readonly client: ResourceProviderClient;

  constructor(
    port: number,
    /** Name of the package, for the configuration's older form. */
    private readonly pkg = "",
  ) {
    this.client = new ResourceProviderClient(
      `127.0.0.1:${port}`,
      credentials.createInsecure(),
      // Its own channel: simulators tell providers apart by their connections.
      { "grpc.use_local_subchannel_pool": 1 },
    );
  }

  /** The plugin's own version. */
  async version(): Promise<string> {
    const info = await this.call<PluginInfo>((answer) =>
      this.client.getPluginInfo(new Empty(), answer),
    );
    return info.getVersion();
  }

  async configure(config: Properties): Promise<void> {
    const request = new proto.ConfigureRequest();
    request.setArgs(struct(config));
    const variables = request.getVariablesMap();
    for (const [key, value] of Object.entries(config))
      variables.set(
        `${this.pkg}:config:${key}`,
        typeof value === "string" ? value : JSON.stringify(value),
      );
    request.setAcceptsecrets(true);
    request.setAcceptresources(true);
    await this.call<proto.ConfigureResponse>((answer) => this.client.configure(request, answer));
  }

  async checkConfig(config: Properties): Promise<readonly string[]> {
    const request = new proto.CheckRequest();
    request.setUrn("urn:pulumi:qa::berth::pulumi:providers:some::provider");
    request.setNews(struct(config));
    const response = await this.call<proto.CheckResponse>((answer) =>
      this.client.checkConfig(request, answer),
    );
    return response.getFailuresList().map((failure) => failure.getReason());
  }

  async diffConfig(old: Properties, next: Properties): Promise<proto.DiffResponse.AsObject> {
    const request = new proto.DiffRequest();
    request.setUrn("urn:pulumi:qa::berth::pulumi:providers:some::provider");
    request.setOldInputs(struct(old));
    request.setOlds(struct(old));
    request.setNews(struct(next));
    const response = await this.call<proto.DiffResponse>((answer) =>
      this.client.diffConfig(request, answer),
    );
    return response.toObject();
  }

  async check(
    type: string,
    inputs: Properties,
    old: Properties = {},
  ): Promise<{ inputs: Bag; failures: readonly string[] }> {
    const request = this.about(new proto.CheckRequest(), type);
    request.setNews(struct(inputs));
    request.setOlds(struct(old));
    request.setRandomseed(Buffer.from("seed"));
    const response = await this.call<proto.CheckResponse>((answer) =>
      this.client.check(request, answer),
    );
    return {
      inputs: decode(response.getInputs()),
      failures: response.getFailuresList().map((failure) => failure.getReason()),
    };
  }

  async diff(
    type: string,
    old: Properties,
    next: Properties,
    outputs: Properties = old,
    id = "id",
  ): Promise<Difference> {
    const request = this.about(new proto.DiffRequest(), type);
    request.setId(id);
    request.setOldInputs(struct(old));
    request.setOlds(struct(outputs));
    request.setNews(struct(next));
    const response = await this.call<proto.DiffResponse>((answer) =>
      this.client.diff(request, answer),
    );
    const detailed = response.getDetaileddiffMap().keys() as unknown as Iterable<string>;
    const paths = [...response.getDiffsList(), ...detailed];
    return {
      changed: [...new Set(paths.map((path) => path.split(/[.[]/)[0]!))],
      replaces: response.getReplacesList(),
      deleteBeforeReplace: response.getDeletebeforereplace(),
    };
  }

  async create(
    type: string,
    inputs: Properties,
    options: { preview?: boolean; name?: string } = {},
  ): Promise<{ id: string; outputs: Properties; secrets: Bag["secrets"] }> {
    const request = this.about(new proto.CreateRequest(), type, options.name);
    request.setProperties(struct(inputs));
    request.setPreview(options.preview ?? false);
    const response = await this.call<proto.CreateResponse>((answer) =>
      this.client.create(request, answer),
    );
    const { values, secrets } = decode(response.getProperties());
    return { id: response.getId(), outputs: values, secrets };
  }

  /** Checks and creates, as an update does. @throws AssertionError where the check finds something. */
  async make(type: string, inputs: Properties, name = "thing") {
    const { failures, inputs: checked } = await this.check(type, inputs);
    assert.deepEqual(failures, []);
    return { type, inputs: checked.values, ...(await this.create(type, checked.values, { name })) };
  }

  /** The properties for which a change replaces the resource. */
  async replaces(type: string, old: Properties, next: Properties): Promise<readonly string[]> {
    return (await this.diff(type, old, next)).replaces;
  }

  async read(
    type: string,
    id: string,
    outputs: Properties,
    inputs: Properties,
  ): Promise<{ id: string; outputs: Properties; inputs: Properties }> {
    const request = this.about(new proto.ReadRequest(), type);
    request.setId(id);
    request.setProperties(struct(outputs));
    request.setInputs(struct(inputs));
    const response = await this.call<proto.ReadResponse>((answer) =>
      this.client.read(request, answer),
    );
    return {
      id: response.getId(),
      outputs: decode(response.getProperties()).values,
      inputs: decode(response.getInputs()).values,
    };
  }

  async update(
    type: string,
    id: string,
    outputs: Properties,
    old: Properties,
    next: Properties,
    preview = false,
  ): Promise<Properties> {
    const request = this.about(new proto.UpdateRequest(), type);
    request.setPreview(preview);
    request.setId(id);
    request.setOlds(struct(outputs));
    request.setOldInputs(struct(old));
    request.setNews(struct(next));
    const response = await this.call<proto.UpdateResponse>((answer) =>
      this.client.update(request, answer),
    );
    return decode(response.getProperties()).values;
  }

  async delete(type: string, id: string, outputs: Properties = {}): Promise<void> {
    const request = this.about(new proto.DeleteRequest(), type);
    request.setId(id);
    request.setProperties(struct(outputs));
    await this.call<Empty>((answer) => this.client.delete(request, answer));
  }

  async invoke(token: string, args: Properties): Promise<Properties> {
    const request = new proto.InvokeRequest();
    request.setTok(token);
    request.setArgs(struct(args));
    const response = await this.call<proto.InvokeResponse>((answer) =>
      this.client.invoke(request, answer),
    );
    return decode(response.getReturn()).values;
  }

  async cancel(): Promise<void> {
    await this.call<Empty>((answer) => this.client.cancel(new Empty(), answer));
  }

  close(): void {
    this.client.close();
  }

  private about<
    Request extends {
      setUrn(value: string): unknown;
      setType(value: string): unknown;
      setName(value: string): unknown;
    },
  >(request: Request, type: string, name = "thing"): Request {
    request.setUrn(`urn:pulumi:qa::berth::${type}::${name}`);
    request.setType(type);
    request.setName(name);
    return request;
  }

  private call<T>(act: (answer: Answer<T>) => unknown): Promise<T> {
    return new Promise((resolve, reject) => {
      act((error, response) => {
        if (error === null) resolve(response);
        else reject(opened(error));
      });
    });
  }
}

/** A gRPC error, or the broken resource in its details. */
function opened(error: Error): Error {
  const { details, metadata } = error as Error & {
    details?: string;
    metadata?: { get(key: string): unknown[] };
  };
  const [packed] = metadata?.get("grpc-status-details-bin") ?? [];
  if (!(packed instanceof Buffer)) return new Error(details ?? error.message);
  const [any] = Status.deserializeBinary(packed).getDetailsList();
  const failed = any?.unpack(
    (bytes) => proto.ErrorResourceInitFailed.deserializeBinary(bytes),
    "pulumirpc.ErrorResourceInitFailed",
  );
  if (failed === undefined || failed === null) return new Error(details ?? error.message);
  return new Partial(
    failed.getReasonsList().join("; "),
    failed.getId(),
    decode(failed.getProperties()).values,
  );
}
