import { type ChildProcess, spawn, type StdioOptions } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "node:tls";
import * as pulumi from "@pulumi/pulumi";
import type { DockerEndpoint } from "../../components/clouds/cloud";
import { reasonOf } from "../../components/docker/engine/wait-for-docker";
import { EngineApi } from "../../components/docker/engine/engine-api";
import { BadInput } from "../options";
import { type Access, type MachineStack, missing } from "./stack";

/** The stack's Docker. @throws BadInput of one line when it does not answer. */
export async function engineOf({ docker }: MachineStack): Promise<EngineApi> {
  const endpoint: DockerEndpoint =
    docker === undefined
      ? {}
      : {
          host: pulumi.output(docker.host),
          ca: pulumi.output(docker.ca),
          cert: pulumi.output(docker.cert),
          key: pulumi.output(docker.key),
        };
  const engine = new EngineApi(endpoint);
  const refusal = await engine.ping();
  if (refusal === undefined) return engine;
  throw new BadInput([
    docker === undefined
      ? `docker: does not answer on this computer (${refusal.message}); start it, or set DOCKER_HOST`
      : await reasonOf(endpoint, docker.host, refusal),
  ]);
}

/**
 * Runs what needs a Docker CLI on a stack's Docker. A machine's is behind a socket of this user's own for as
 * long as that takes: its key is never written to disk.
 */
export async function onDocker<T>(
  { docker }: MachineStack,
  use: (env: NodeJS.ProcessEnv) => Promise<T>,
): Promise<T> {
  if (docker === undefined) return use(process.env);
  // Readable by this user only.
  const folder = mkdtempSync(join(tmpdir(), "berth-"));
  const socket = join(folder, "docker.sock");
  const server = gate(docker);
  try {
    await new Promise<void>((done, fail) => {
      server.once("error", fail).listen(socket, done);
    });
    const others = Object.entries(process.env).filter(([name]) => !name.startsWith("DOCKER_"));
    return await use({ ...Object.fromEntries(others), DOCKER_HOST: `unix://${socket}` });
  } finally {
    server.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Forwards connections over mutual TLS. */
function gate({ host, ca, cert, key }: Access) {
  const { hostname, port } = new URL(host);
  // Half-open: one direction may end before the other, as in docker exec with its input from a file.
  return createServer({ allowHalfOpen: true }, (from) => {
    const to = connect({ host: hostname, port: Number(port), ca, cert, key });
    from.pipe(to).pipe(from);
    for (const [one, other] of [
      [from, to],
      [to, from],
    ] as const)
      one.on("error", () => other.destroy()).on("close", () => other.destroy());
  });
}

/**
 * Runs a program on this terminal; gives its exit code.
 *
 * @throws BadInput when it is not installed.
 */
export function run(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  { stdio = "inherit", cwd }: { readonly stdio?: StdioOptions; readonly cwd?: string } = {},
  started: (child: ChildProcess) => void = () => undefined,
): Promise<number> {
  return new Promise((done, fail) => {
    const child = spawn(program, args, { stdio, env, cwd });
    // Ctrl-C reaches the program by itself, and what was opened for it is closed after it.
    const interrupted = (): void => undefined;
    const ended = (signal: NodeJS.Signals): void => void child.kill(signal);
    process.on("SIGINT", interrupted).on("SIGTERM", ended).on("SIGHUP", ended);
    const off = (): void => {
      process.off("SIGINT", interrupted).off("SIGTERM", ended).off("SIGHUP", ended);
    };
    child.once("error", (error) => {
      off();
      fail(missing(program, error));
    });
    child.once("close", (code, signal) => {
      off();
      done(code ?? 128 + constants.signals[signal!]);
    });
    started(child);
  });
}
