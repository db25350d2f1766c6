export { record, type Recording } from "./engine";
export type { Recorded } from "./monitor";
export { revealed, Secret, shown } from "./values";
