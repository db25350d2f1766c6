import * as pulumi from "@pulumi/pulumi";
import { callOf, outputsOf } from "../../cli/recording/outputs";
import type { Properties } from "../../components/clouds/preview";

/** What the engine would have been asked to register. */
export interface Registration {
  readonly type: string;
  readonly name: string;
  /** The parent's name; empty for what stands directly under the stack. */
  readonly parent: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly protect: boolean;
  readonly deleteBeforeReplace: boolean | undefined;
  readonly provider: string;
  readonly retainOnDelete: boolean;
  readonly ignoreChanges: readonly string[];
  readonly replaceOnChanges: readonly string[];
  /** Names of the resources that each input comes from. */
  readonly inputDependencies: Readonly<Record<string, readonly string[]>>;
  /** Inputs that are secret, whole or in a part. */
  readonly secrets: readonly string[];
  readonly custom: boolean;
}

/** Of functions whose answer decides what these tests look at. */
const answers: Readonly<Record<string, Properties>> = {
  "gcp:dns/getManagedZones:getManagedZones": {
    managedZones: [{ name: "acme", dnsName: "acme.example.", visibility: "public" }],
  },
};

/** Where a provider adds to an object that the program gave it. */
const outputs: Readonly<Record<string, Properties>> = {
  "aws:eks/cluster:Cluster": { vpcConfig: { clusterSecurityGroupId: "sg-0123456789abcdef0" } },
};

/** What a test says that a function answers: always the same, or by what is asked. */
const answered = (
  answer: Properties | ((inputs: Properties) => Properties) | undefined,
  inputs: Properties,
): Properties | undefined => (typeof answer === "function" ? answer(inputs) : answer);

const secretMark = "4dabf18193072939515e22adb298388d";

interface Request {
  getType(): string;
  getName(): string;
  getParent(): string;
  getProtect(): boolean;
  getCustom(): boolean;
  getProvider(): string;
  getDeletebeforereplace(): boolean;
  getDeletebeforereplacedefined(): boolean;
  getRetainondelete(): boolean;
  getIgnorechangesList(): string[];
  getReplaceonchangesList(): string[];
  getObject(): { toJavaScript(): Record<string, unknown> } | undefined;
  getPropertydependenciesMap(): { toArray(): [string, unknown][] };
}

/** A list of URNs, in whichever of the two forms the map gives it. */
const urnsOf = (list: unknown): string[] =>
  Array.isArray(list)
    ? list.flat(2).map(String)
    : (list as { getUrnsList(): string[] }).getUrnsList();

const last = (urn: string): string => urn.split("::").pop() ?? "";

/**
 * Runs `program` as a stack against mocks and returns all that it registered, in order.
 *
 * @param more Answers of functions, in place of those that every test gets.
 */
export async function record(
  program: () => unknown,
  more: Readonly<Record<string, Properties | ((inputs: Properties) => Properties)>> = {},
): Promise<Registration[]> {
  const found: Registration[] = [];
  const failures: unknown[] = [];
  let fail: (reason: unknown) => void = () => undefined;
  const failed = new Promise<never>((_, reject) => (fail = reject));
  const note = (reason: unknown): void => {
    failures.push(reason);
    fail(reason);
  };
  process.on("unhandledRejection", note);
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs }) => {
        const state: Properties = outputsOf(type, name, inputs as Properties);
        return {
          id: String(state["id"]),
          state: { ...state, ...(inputs as Properties), ...outputs[type] },
        };
      },
      call: ({ token, inputs }) =>
        answered(more[token], inputs as Properties) ??
        answers[token] ??
        callOf(token, inputs as Properties),
    },
    "berth",
    "qa",
  );
  const monitor = pulumi.runtime.getMonitor() as unknown as {
    registerResource(request: Request, callback: unknown): unknown;
    registerResourceHook(request: unknown, callback: (error: null) => void): void;
  };
  // Mocks know no hooks, which nobody calls here.
  monitor.registerResourceHook = (_request, callback) => {
    callback(null);
  };
  const register = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request, callback) => {
    const inputs = request.getObject()?.toJavaScript() ?? {};
    found.push({
      type: request.getType(),
      name: request.getName(),
      parent: /pulumi:pulumi:Stack::/.test(request.getParent()) ? "" : last(request.getParent()),
      inputs,
      protect: request.getProtect(),
      deleteBeforeReplace: request.getDeletebeforereplacedefined()
        ? request.getDeletebeforereplace()
        : undefined,
      provider: request.getProvider().split("::").slice(-2)[0] ?? "",
      retainOnDelete: request.getRetainondelete(),
      ignoreChanges: request.getIgnorechangesList(),
      replaceOnChanges: request.getReplaceonchangesList(),
      inputDependencies: Object.fromEntries(
        request
          .getPropertydependenciesMap()
          .toArray()
          .map(([key, urns]) => [key, urnsOf(urns).map(last).sort()]),
      ),
      secrets: Object.keys(inputs).filter((key) =>
        JSON.stringify(inputs[key] ?? null).includes(secretMark),
      ),
      custom: request.getCustom(),
    });
    return register(request, callback);
  };
  try {
    await pulumi.runtime.runInPulumiStack(async () => {
      await program();
    });
    // A resource that waits for what failed would keep the other one waiting for ever.
    await Promise.race([pulumi.runtime.disconnect(), failed]);
    await new Promise(setImmediate);
  } finally {
    process.off("unhandledRejection", note);
  }
  if (failures.length > 0) throw failures[0] as Error;
  const urns = found.map(({ parent, type, name }) => [parent, type, name].join("::"));
  const twice = urns.find((urn, index) => urns.indexOf(urn) !== index);
  if (twice !== undefined) throw new Error(`${twice} is registered twice`);
  return found.filter(({ type }) => type !== "pulumi:pulumi:Stack");
}
