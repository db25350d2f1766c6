import type { Knowledge } from "./known";

/** What only kubernetes computes, by type token. */
export const kubernetes: Knowledge = { resources: {}, functions: {} };
