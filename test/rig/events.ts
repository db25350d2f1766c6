import { existsSync, readFileSync } from "node:fs";

/** One step of the engine, in the order in which it began. */
export interface Step {
  /** `same`, `create`, `update`, `delete`, `replace`, `create-replacement`, `delete-replaced`, `refresh`… */
  readonly op: string;
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  /** Properties that differ, as the provider named them. */
  readonly diffs: readonly string[];
  /** Properties whose change replaces the resource. */
  readonly keys: readonly string[];
  /** `begun`: the engine had heard no end of it when the log ended. In a preview all are `done`. */
  readonly outcome: "begun" | "done" | "failed";
}

/** A message of the engine, of a provider or of the program; debug messages are left out. */
interface Diagnostic {
  readonly severity: string;
  /** Empty where the message is about no resource. */
  readonly urn: string;
  readonly message: string;
}

/** What the engine wrote into the event log of one operation. */
export interface Events {
  readonly steps: readonly Step[];
  readonly diagnostics: readonly Diagnostic[];
  /** Steps by op as the engine's own summary counts them, such as `{ same: 3, create: 1 }`; empty when the operation never got there. */
  readonly changes: Readonly<Record<string, number>>;
}

interface Metadata {
  op: string;
  urn: string;
  type: string;
  diffs?: string[];
  keys?: string[];
}

/** The parts of an engine event that are read here. */
interface EngineEvent {
  diagnosticEvent?: { urn?: string; message: string; severity: string };
  resourcePreEvent?: { metadata: Metadata };
  resOutputsEvent?: { metadata: Metadata };
  resOpFailedEvent?: { metadata: Metadata };
  summaryEvent?: { resourceChanges?: Record<string, number> };
}

/** The events in `file`: none when the engine made no log, all whole lines when it is still writing. */
export function readEvents(file: string): Events {
  const steps: (Step & { outcome: Step["outcome"] })[] = [];
  const diagnostics: Diagnostic[] = [];
  let changes: Record<string, number> = {};
  const end = ({ op, urn }: Metadata, outcome: Step["outcome"]): void => {
    const begun = steps.findIndex((step) => step.op === op && step.urn === urn);
    if (begun >= 0) steps[begun] = { ...steps[begun]!, outcome };
  };
  for (const event of parsed(file)) {
    if (event.resourcePreEvent) {
      const { op, urn, type, diffs, keys } = event.resourcePreEvent.metadata;
      const name = urn.split("::").slice(3).join("::");
      steps.push({ op, urn, type, name, diffs: diffs ?? [], keys: keys ?? [], outcome: "begun" });
    }
    if (event.resOutputsEvent) end(event.resOutputsEvent.metadata, "done");
    if (event.resOpFailedEvent) end(event.resOpFailedEvent.metadata, "failed");
    if (event.diagnosticEvent && event.diagnosticEvent.severity !== "debug") {
      const { severity, urn, message } = event.diagnosticEvent;
      diagnostics.push({ severity, urn: urn ?? "", message: message.trimEnd() });
    }
    if (event.summaryEvent) changes = event.summaryEvent.resourceChanges ?? {};
  }
  return { steps, diagnostics, changes };
}

function parsed(file: string): EngineEvent[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, "utf8").split("\n");
  // What follows the last line break is a line that is still being written, or nothing.
  return lines.slice(0, -1).map((line) => JSON.parse(line) as EngineEvent);
}
