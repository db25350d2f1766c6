import * as pulumi from "@pulumi/pulumi";
import * as debuggable from "@pulumi/pulumi/runtime/debuggable";
import * as state from "@pulumi/pulumi/runtime/state";
import { Monitor, type Call, type Recorded } from "./monitor";

export interface RecordArgs {
  readonly project: string;
  readonly stack: string;
  /** The stack's config by full key (`berth:cloud`); structured values are JSON. */
  readonly config?: Readonly<Record<string, string>>;
  /** Keys that the engine calls secret. */
  readonly secretKeys?: readonly string[];
  /** Runs as a stack's program; what it returns are the stack's outputs. */
  readonly program: () => unknown;
}

interface LogEntry {
  readonly severity: "debug" | "info" | "warning" | "error";
  readonly message: string;
  /** The resource that it is about. */
  readonly urn: string;
}

export interface Recording {
  /** In the order of their registration, without the stack itself. */
  readonly resources: readonly Recorded[];
  /** `Secret` around what is secret. */
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly calls: readonly Call[];
  readonly hooks: ReadonlyMap<string, pulumi.ResourceHook | pulumi.ErrorHook>;
  readonly logs: readonly LogEntry[];
}

const severities = ["debug", "info", "warning", "error"] as const;

/** The part of the SDK's state that a run is given; its own declarations keep it internal. */
interface Store {
  settings: {
    monitor: unknown;
    engine: unknown;
    options: Record<string, unknown>;
    rpcDone: Promise<unknown>;
  };
  /** Every promise of the SDK that is not settled. */
  leakCandidates: Set<{ readonly _debugCtx: string }>;
  callbacks: unknown;
  supportsSecrets: boolean;
  supportsResourceReferences: boolean;
  supportsDeletedWith: boolean;
  supportsReplaceWith: boolean;
  supportsAliasSpecs: boolean;
  supportsParameterization: boolean;
  supportsResourceHooks: boolean;
  supportsErrorHooks: boolean;
}

/** Each run has a state of its own (the Automation API's inline programs are run so). */
const { getStore, withLocalStorage } = state as unknown as {
  getStore: () => Store;
  withLocalStorage: <T>(run: () => T) => T;
};

/**
 * The SDK notes for each of its promises where it was made. Nobody reads that here, and it is half
 * of the time of a run; errors keep their traces.
 */
function traceless(): () => void {
  const sdk = debuggable as { debuggablePromise: (promise: unknown, context: unknown) => unknown };
  const traced = sdk.debuggablePromise;
  sdk.debuggablePromise = (promise, context) => {
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = 0;
    try {
      return traced(promise, context);
    } finally {
      Error.stackTraceLimit = limit;
    }
  };
  return () => {
    sdk.debuggablePromise = traced;
  };
}

/**
 * Runs a program as `pulumi preview` would, with no engine: every registration is kept, and what only
 * a provider would know gets a plausible value, so that everything downstream renders.
 *
 * @throws what the program throws, in `apply` too; Error for a resource registered twice or without
 *   an explicit provider.
 */
export async function record(args: RecordArgs): Promise<Recording> {
  const failures: unknown[] = [];
  const note = (reason: unknown): void => void failures.push(reason);
  process.on("unhandledRejection", note);
  const restore = traceless();
  try {
    return await withLocalStorage(() => orStuck(run(args, failures), failures));
  } finally {
    restore();
    process.off("unhandledRejection", note);
  }
}

/** Fails when the run cannot end: it waits for something that failed, or for a cycle. */
async function orStuck<T>(work: Promise<T>, failures: readonly unknown[]): Promise<T> {
  const { leakCandidates } = getStore();
  let stop: (() => void) | undefined;
  const stuck = new Promise<never>((_, reject) => {
    stop = () => {
      const waiting = [...leakCandidates].map(({ _debugCtx }) => _debugCtx);
      const operations = [...new Set(waiting)].filter((name) => /^resource:/.test(name));
      const circle = new Error(`the program never ends; it waits for\n${operations.join("\n")}`);
      const [failure = circle] = failures;
      reject(failure instanceof Error ? failure : new Error(String(failure)));
    };
    process.once("beforeExit", stop);
  });
  try {
    return await Promise.race([work, stuck]);
  } finally {
    process.off("beforeExit", stop!);
  }
}

function zoneOf(config: RecordArgs["config"]): string | undefined {
  const dns = config?.["berth:dns"];
  return dns === undefined ? undefined : (JSON.parse(dns) as { zone?: string }).zone;
}

async function run(args: RecordArgs, failures: unknown[]): Promise<Recording> {
  const monitor = new Monitor(args.project, args.stack, zoneOf(args.config));
  const logs: LogEntry[] = [];
  const hooks = new Map<string, pulumi.ResourceHook | pulumi.ErrorHook>();
  const store = getStore();
  attach(store, args, monitor, logs, hooks);
  pulumi.runtime.setAllConfig({ ...args.config }, [...(args.secretKeys ?? [])]);

  let thrown: { reason: unknown } | undefined;
  await pulumi.runtime
    .runInPulumiStack(() => Promise.resolve(args.program() as pulumi.Inputs))
    .catch((reason: unknown) => {
      thrown = { reason };
    });
  await settled(store);
  if (thrown !== undefined) throw thrown.reason;
  const failure = [...monitor.failures, ...failures][0];
  if (failure !== undefined) throw failure as Error;
  const stack = monitor.resources.find(({ type }) => type === stackType);
  return {
    resources: monitor.resources.filter(({ type }) => type !== stackType),
    outputs: stack?.outputs ?? {},
    calls: monitor.calls,
    hooks,
    logs,
  };
}

const stackType = "pulumi:pulumi:Stack";

function attach(
  store: Store,
  { project, stack }: RecordArgs,
  monitor: Monitor,
  logs: LogEntry[],
  hooks: Map<string, pulumi.ResourceHook | pulumi.ErrorHook>,
): void {
  Object.assign(store.settings.options, {
    project,
    stack,
    dryRun: true,
    organization: "recording",
  });
  store.settings.options["parallel"] = -1;
  store.settings.monitor = monitor;
  store.settings.engine = new Engine(logs);
  const keep = (hook: pulumi.ResourceHook | pulumi.ErrorHook): Promise<void> => {
    if (hooks.has(hook.name))
      monitor.failures.push(new Error(`the hook ${hook.name} is registered twice`));
    hooks.set(hook.name, hook);
    return Promise.resolve();
  };
  store.callbacks = {
    registerResourceHook: keep,
    registerErrorHook: keep,
    awaitStackRegistrations: () => Promise.resolve(),
    shutdown: () => undefined,
  };
  Object.assign(store, {
    supportsSecrets: true,
    supportsResourceReferences: true,
    supportsDeletedWith: true,
    supportsReplaceWith: true,
    supportsAliasSpecs: true,
    supportsParameterization: true,
    supportsResourceHooks: true,
    supportsErrorHooks: true,
  } satisfies Partial<Store>);
}

/** What the SDK logs to. */
class Engine {
  private root = "";

  constructor(private readonly logs: LogEntry[]) {}

  log(
    request: { getSeverity(): number; getMessage(): string; getUrn(): string },
    done: (error: null, response: unknown) => void,
  ): void {
    this.logs.push({
      severity: severities[request.getSeverity()] ?? "info",
      message: request.getMessage(),
      urn: request.getUrn(),
    });
    done(null, {});
  }

  setRootResource(
    request: { getUrn(): string },
    done: (error: null, response: unknown) => void,
  ): void {
    this.root = request.getUrn();
    done(null, {});
  }

  getRootResource(_request: unknown, done: (error: null, response: unknown) => void): void {
    done(null, { getUrn: () => this.root });
  }
}

/** Until no registration is under way and none has followed from the last. */
async function settled(store: Store): Promise<void> {
  let before: unknown;
  while (before !== store.settings.rpcDone) {
    before = store.settings.rpcDone;
    await store.settings.rpcDone;
    for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
  }
}
