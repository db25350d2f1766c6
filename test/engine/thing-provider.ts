import { Server, ServerCredentials, status } from "@grpc/grpc-js";
import type { sendUnaryData, ServerUnaryCall, UntypedServiceImplementation } from "@grpc/grpc-js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as messages from "@pulumi/pulumi/proto/provider_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";

type Properties = Record<string, unknown>;

/** What the engine asked the provider to do. */
export interface ThingProvider {
  readonly port: number;
  /** Milliseconds that each creation takes; set it to have time for an interruption. */
  delay: number;
  /** How many creations were asked for. */
  begun: number;
  readonly created: string[];
  readonly deleted: string[];
  stop(): void;
}

const properties = (struct: Struct | undefined): Properties => struct?.toJavaScript() ?? {};

/**
 * Serves `rig:index:Thing` from this process: a changed `place` replaces a thing, any other
 * change updates it, and `address` is known after creation only.
 */
export async function serveThings(): Promise<ThingProvider> {
  const server = new Server();
  const created: string[] = [];
  const deleted: string[] = [];
  const stop = (): void => {
    server.forceShutdown();
  };
  const provider = { delay: 0, begun: 0, created, deleted, stop };

  const check = (call: ServerUnaryCall<messages.CheckRequest, unknown>) => {
    const response = new messages.CheckResponse();
    response.setInputs(call.request.getNews());
    return response;
  };
  const diff = ({ request }: ServerUnaryCall<messages.DiffRequest, unknown>) => {
    const olds = properties(request.getOldInputs());
    const news = properties(request.getNews());
    const keys = [...new Set([...Object.keys(olds), ...Object.keys(news)])];
    const diffs = keys.filter((key) => JSON.stringify(olds[key]) !== JSON.stringify(news[key]));
    const response = new messages.DiffResponse();
    const { DIFF_SOME, DIFF_NONE } = messages.DiffResponse.DiffChanges;
    response.setChanges(diffs.length > 0 ? DIFF_SOME : DIFF_NONE);
    response.setDiffsList(diffs);
    response.setReplacesList(diffs.filter((key) => key === "place"));
    return response;
  };
  const create = async ({ request }: ServerUnaryCall<messages.CreateRequest, unknown>) => {
    const response = new messages.CreateResponse();
    const inputs = properties(request.getProperties());
    if (request.getPreview()) {
      response.setProperties(Struct.fromJavaScript(inputs as never));
      return response;
    }
    provider.begun++;
    const id = `${request.getUrn().split("::").pop() ?? ""}-${created.length}`;
    created.push(id);
    await new Promise((resolve) => setTimeout(resolve, provider.delay));
    response.setId(id);
    response.setProperties(Struct.fromJavaScript({ ...inputs, address: `${id}.example.test` }));
    return response;
  };
  const update = ({ request }: ServerUnaryCall<messages.UpdateRequest, unknown>) => {
    const response = new messages.UpdateResponse();
    const state = { ...properties(request.getOlds()), ...properties(request.getNews()) };
    response.setProperties(Struct.fromJavaScript(state as never));
    return response;
  };
  const read = ({ request }: ServerUnaryCall<messages.ReadRequest, unknown>) => {
    const response = new messages.ReadResponse();
    response.setId(request.getId());
    response.setInputs(request.getInputs());
    response.setProperties(request.getProperties());
    return response;
  };
  const remove = ({ request }: ServerUnaryCall<messages.DeleteRequest, unknown>) => {
    deleted.push(request.getId());
    return new Empty();
  };
  const configure = () => {
    const response = new messages.ConfigureResponse();
    response.setAcceptsecrets(false);
    response.setSupportspreview(true);
    response.setAcceptresources(true);
    response.setAcceptoutputs(false);
    return response;
  };
  const getPluginInfo = () => {
    const info = new PluginInfo();
    info.setVersion("1.0.0");
    return info;
  };
  const empty = () => new Empty();
  const handshake = () => new messages.ProviderHandshakeResponse();
  const diffConfig = () => new messages.DiffResponse();
  const answers: Record<string, (call: never) => unknown> = {
    ...{ getPluginInfo, handshake, configure, diffConfig, checkConfig: check, check, diff },
    ...{ create, read, update, delete: remove, attach: empty, cancel: empty },
  };

  const service: UntypedServiceImplementation = {};
  for (const method of Object.keys(ResourceProviderService)) {
    service[method] = (call: unknown, reply: sendUnaryData<unknown>): void => {
      const answer = answers[method];
      if (answer === undefined) reply({ code: status.UNIMPLEMENTED, details: method });
      else
        void Promise.resolve(answer(call as never)).then((value) => {
          reply(null, value);
        });
    };
  }
  server.addService(ResourceProviderService, service);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) => {
      if (error === null) resolve(bound);
      else reject(error);
    });
  });
  return Object.assign(provider, { port });
}
