import { spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline";
import {
  Server,
  ServerCredentials,
  status,
  type handleUnaryCall,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb.js";

/** A provider plugin that runs. */
export interface Plugin {
  readonly port: number;
  stop(): void;
}

/** A plugin's program: the one on PATH, else the newest in Pulumi's plugin cache. */
export function findPlugin(name: string): string | undefined {
  const program = `pulumi-resource-${name}`;
  const cache = join(process.env.PULUMI_HOME ?? join(homedir(), ".pulumi"), "plugins");
  const cached = existsSync(cache)
    ? readdirSync(cache)
        .filter((folder) => folder.startsWith(`resource-${name}-v`))
        .sort((a, b) => b.localeCompare(a, "en", { numeric: true }))
    : [];
  return [
    ...(process.env.PATH ?? "").split(delimiter),
    ...cached.map((folder) => join(cache, folder)),
  ]
    .map((folder) => join(folder, program))
    .find((file) => existsSync(file));
}

/** Starts a plugin's program, which says its port in its first line. */
export async function startPlugin(program: string): Promise<Plugin> {
  const engine = await serveEngine();
  // What the user's own Docker is must not decide what is recorded.
  const { DOCKER_HOST: _, DOCKER_CONTEXT: _context, ...env } = process.env;
  const child = spawn(program, [`127.0.0.1:${engine.port}`], {
    stdio: ["ignore", "pipe", "inherit"],
    env,
  });
  const port = await new Promise<number>((resolve, reject) => {
    createInterface(child.stdout).once("line", (line) => resolve(Number(line)));
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`${program} ended with ${String(code)}`)));
  });
  return {
    port,
    stop() {
      child.kill();
      engine.server.forceShutdown();
    },
  };
}

/** The engine as far as a plugin calls it: to log. Some break where nobody listens. */
async function serveEngine(): Promise<{ server: Server; port: number }> {
  const server = new Server();
  const log: handleUnaryCall<unknown, Empty> = (_, reply) => reply(null, new Empty());
  const absent: handleUnaryCall<unknown, unknown> = (_, reply) =>
    reply({ code: status.UNIMPLEMENTED });
  const methods = Object.keys(EngineService).map((name) => [name, name === "log" ? log : absent]);
  server.addService(EngineService, Object.fromEntries(methods) as UntypedServiceImplementation);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) => {
      if (error === null) resolve(bound);
      else reject(error);
    });
  });
  return { server, port };
}
