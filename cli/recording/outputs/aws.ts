import type { Knowledge } from "./known";

/** What only aws computes, by type token. */
export const aws: Knowledge = { resources: {}, functions: {} };
