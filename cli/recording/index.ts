export { record, type LogEntry, type RecordArgs, type Recording } from "./engine";
export type { Call, Recorded } from "./monitor";
export { hasSecret, revealed, Secret, shown, unknown } from "./values";
