import type * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { Service } from "../../plan/plan";
import { containerArguments } from "../container/arguments";
import type { ContainerContext } from "../container/container-context";
import { type EngineApi, plainError } from "../engine/engine-api";
import { type Host, physicalName } from "../host";
import { makeContainer } from "../container/make-container";
import type { ContainerSpec } from "../container/container-spec";
import { speaksToDocker } from "../engine/skip-docker";

/**
 * A one-shot: a container that runs to its end. It is replaced, and so runs again, when its image, command,
 * environment or mounts change (decisions.md: one-shot); one that failed is started again by the next `up`.
 */
export class Job extends pulumi.ComponentResource {
  readonly container: docker.Container;
  /** The container, once it ended with 0. In a preview nothing is waited for. Rejects when it failed. */
  readonly done: pulumi.Output<pulumi.Resource>;

  constructor(
    host: Host,
    service: Service,
    at: ContainerContext,
    after: readonly pulumi.Input<pulumi.Resource>[],
    opts: pulumi.ComponentResourceOptions,
  ) {
    const name = `${host.name}-${service.name}`;
    super("berth:docker:Job", name, {}, opts);
    const { args, filled } = containerArguments(host, service, at, this);
    const { container, done } = runToEnd(host, this, {
      resource: `${name}-job`,
      base: physicalName(host.plan.prefix, service.name, "job"),
      args,
      dependsOn: [...after, ...filled],
      service: service.name,
      timeout: service.timeout,
    });
    this.container = container;
    this.done = done;
    this.registerOutputs({});
  }
}

/** A container that ends by itself; `service` and `timeout` (seconds) are for the message of a failure. */
type OneShot = Pick<ContainerSpec, "resource" | "base" | "args" | "dependsOn"> &
  Pick<Run, "service" | "timeout">;

/** Makes a container and waits for its end; in a preview nothing is waited for. `done` rejects when it failed. */
export function runToEnd(
  host: Host,
  parent: pulumi.Resource,
  { service, timeout, args, ...spec }: OneShot,
): { readonly container: docker.Container; readonly done: pulumi.Output<pulumi.Resource> } {
  let fresh = false;
  const container = makeContainer(host, parent, {
    ...spec,
    args: { ...args, mustRun: false },
    // A migration must not run twice at the same time.
    stopFirst: true,
    afterCreate: () => {
      fresh = true;
      return Promise.resolve();
    },
  });
  const done = container.id.apply(async (id): Promise<pulumi.Resource> => {
    if (speaksToDocker())
      await finish(host.engine, {
        id,
        service,
        timeout,
        retry: () => !fresh,
        say: (line) => void pulumi.log.info(line, container),
      });
    return container;
  });
  return { container, done };
}

export interface Run {
  readonly id: string;
  readonly service: string;
  /** Seconds. */
  readonly timeout: number;
  /** Whether a failure that is found at once is from an earlier update: then the job is started again. */
  readonly retry: () => boolean;
  readonly say: (line: string) => void;
}

const pause = (seconds: number): Promise<void> =>
  new Promise((done) => {
    setTimeout(done, seconds * 1000);
  });

/**
 * Waits for a job's end.
 *
 * @throws Error with the job's last lines when it fails or does not end in time.
 */
export async function finish(engine: EngineApi, run: Run): Promise<void> {
  const { id, service, timeout } = run;
  const started = Date.now();
  let told = 0;
  let retried = false;
  for (let wait = 0.2; ; wait = Math.min(wait * 1.5, 2)) {
    const found = await engine.inspect(id);
    if (found === undefined)
      throw plainError(
        `services.${service}: its container is gone; run pulumi refresh, then pulumi up`,
      );
    const { Running, Restarting, Status, ExitCode, Error: error } = found.State;
    const over = !Running && Restarting !== true;
    if (over && Status !== "created" && ExitCode === 0) return;
    if (over && !retried && (Status === "created" || run.retry())) {
      retried = true;
      if (Status !== "created")
        run.say(`${service}: the last run failed with ${ExitCode}; running it again`);
      await engine.start(id);
    } else if (over)
      throw await failure(
        engine,
        run,
        error === undefined || error === "" ? `it failed with exit code ${ExitCode}` : error,
      );
    const seconds = Math.round((Date.now() - started) / 1000);
    if (seconds > timeout)
      throw await failure(
        engine,
        run,
        `it did not end within ${timeout} seconds; set berth:timeouts.${service}`,
      );
    if (seconds >= told + 10) {
      told = seconds;
      run.say(`${service}: running for ${seconds} seconds`);
    }
    await pause(wait);
  }
}

async function failure(engine: EngineApi, { id, service }: Run, what: string): Promise<Error> {
  const lines = await engine.logs(id, 20);
  return plainError(
    [
      `services.${service}: ${what}; nothing that waits for it was changed${lines.length === 0 ? "" : "; its last lines:"}`,
      ...lines.map((line) => `  ${line}`),
    ].join("\n"),
  );
}
