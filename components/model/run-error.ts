import * as pulumi from "@pulumi/pulumi";

/**
 * What the engine prints as it is. It has no stack: the SDK has Node colour the stack of every error that ends a
 * program, printed or not, and over a frame such as `node_modules/@pulumi/resource.ts` Node 20 fills all memory first,
 * which takes up to a minute.
 */
export function runError(message: string): pulumi.RunError {
  const error = new pulumi.RunError(message);
  error.stack = `RunError: ${message}`;
  return error;
}
