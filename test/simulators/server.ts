import {
  Server,
  ServerCredentials,
  status,
  type handleUnaryCall,
  type sendUnaryData,
  type ServerUnaryCall,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb.js";
import { Handlers } from "./handlers";
import type { Simulator } from "./simulator";
import { FaultInjection } from "./fault-injection";
import { serviceError } from "./status";
import type { Bag } from "./values";

/** A simulator that listens. */
export interface ServedProvider {
  readonly port: number;
  /** Its operations, and where tests make them fail. */
  readonly stage: FaultInjection;
  /** Says what it was still at, as after a test that ran out of time. */
  close(): Promise<void>;
}

/**
 * Serves a simulated provider package over gRPC on a free local port. The engine attaches to it by
 * `PULUMI_DEBUG_PROVIDERS=<name>:<port>`, several separated by commas. Each explicit provider of
 * the program is a connection of its own with its own configuration.
 */
export async function serve(
  simulator: Simulator,
  stage = new FaultInjection(),
): Promise<ServedProvider> {
  const handlers = new Handlers(simulator, stage);
  const answer =
    <Request, Response>(act: (request: Request, peer: string) => Promise<Response> | Response) =>
    (call: ServerUnaryCall<Request, Response>, reply: sendUnaryData<Response>): void => {
      void (async () => act(call.request, call.getPeer()))().then(
        (response) => {
          reply(null, response);
        },
        (error: unknown) => {
          const inputs = (error as { bag?: Bag } | undefined)?.bag;
          reply(serviceError(error, inputs));
        },
      );
    };
  const known: Record<string, unknown> = {
    getPluginInfo: answer<Empty, PluginInfo>(() => {
      const info = new PluginInfo();
      info.setVersion(simulator.version);
      return info;
    }),
    attach: answer(() => new Empty()),
    handshake: answer(() => {
      const response = new proto.ProviderHandshakeResponse();
      response.setAcceptSecrets(true);
      response.setAcceptResources(true);
      response.setAcceptOutputs(true);
      return response;
    }),
    checkConfig: answer((request: proto.CheckRequest) => handlers.checkConfig(request)),
    diffConfig: answer((request: proto.DiffRequest) => handlers.diffConfig(request)),
    configure: answer((request: proto.ConfigureRequest, peer) => handlers.configure(request, peer)),
    check: answer((request: proto.CheckRequest, peer) => handlers.check(request, peer)),
    diff: answer((request: proto.DiffRequest) => handlers.diff(request)),
    create: answer((request: proto.CreateRequest, peer) => handlers.create(request, peer)),
    read: answer((request: proto.ReadRequest, peer) => handlers.read(request, peer)),
    update: answer((request: proto.UpdateRequest, peer) => handlers.update(request, peer)),
    delete: answer(async (request: proto.DeleteRequest, peer) => {
      await handlers.delete(request, peer);
      return new Empty();
    }),
    invoke: answer((request: proto.InvokeRequest, peer) => handlers.invoke(request, peer)),
    cancel: answer((_: Empty, peer) => {
      handlers.cancel(peer);
      return new Empty();
    }),
  };
  const absent: handleUnaryCall<unknown, unknown> = (_, reply) => {
    reply({ code: status.UNIMPLEMENTED, details: `${simulator.name}: not simulated` });
  };
  const implementation = Object.fromEntries(
    Object.keys(ResourceProviderService).map((method) => [method, known[method] ?? absent]),
  ) as UntypedServiceImplementation;

  const megabytes = 400 * 1024 * 1024;
  const server = new Server({
    "grpc.max_receive_message_length": megabytes,
    "grpc.max_send_message_length": megabytes,
  });
  server.addService(ResourceProviderService, implementation);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) => {
      if (error === null) resolve(bound);
      else reject(error);
    });
  });
  return {
    port,
    stage,
    close: () =>
      new Promise((resolve) => {
        for (const { op, type, name, ended } of stage.steps)
          if (ended === undefined)
            console.error(`${simulator.name} was still at: ${op} ${type} ${name}`);
        server.forceShutdown();
        resolve();
      }),
  };
}
