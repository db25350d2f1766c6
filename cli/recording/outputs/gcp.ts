import type { Knowledge } from "./known";

/** What only gcp computes, by type token. */
export const gcp: Knowledge = { resources: {}, functions: {} };
