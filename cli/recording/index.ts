export { record, type Recording } from "./engine";
export type { Recorded } from "./monitor";
export { revealed, Secret, secretsIn, shown } from "./values";
