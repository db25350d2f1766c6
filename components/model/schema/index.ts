export * from "./scalars";
export * from "./structures";
export type { Type } from "./type";
