/* eslint-disable @typescript-eslint/no-require-imports -- a package loads when it is asked for */
import type { Knowledge, Properties } from "./known";

/** Each package's knowledge loads when a resource of that package is seen. */
const packages: Readonly<Record<string, () => Knowledge>> = {
  aws: () => (require("./aws") as typeof import("./aws")).aws,
  digitalocean: () => (require("./digitalocean") as typeof import("./digitalocean")).digitalocean,
  docker: () => (require("./docker") as typeof import("./docker")).docker,
  gcp: () => (require("./gcp") as typeof import("./gcp")).gcp,
  kubernetes: () => (require("./kubernetes") as typeof import("./kubernetes")).kubernetes,
  random: () => (require("./random") as typeof import("./random")).random,
  tls: () => (require("./tls") as typeof import("./tls")).tls,
};

/**
 * What the provider would add to a resource's inputs once it is made: plausible values, the same
 * on every run. The state of a resource is `{ ...outputsOf(type, name, inputs), ...inputs }`;
 * `id` is the resource's id. The offline preview and the simulated clouds share this knowledge.
 *
 * @param type Type token, such as `digitalocean:index/droplet:Droplet`.
 * @param name The resource's name in the program.
 * @param inputs Plain inputs, secrets unwrapped.
 * @returns At least `id`, also for a type that nothing is known of.
 */
export function outputsOf(type: string, name: string, inputs: Properties): Properties {
  const known = packages[type.split(":")[0] ?? ""]?.().resources[type];
  return { id: `${name}-id`, ...known?.(name, inputs) };
}

/**
 * What a provider's function returns.
 *
 * @param token Function token, such as `digitalocean:index/getAccount:getAccount`.
 * @param args Plain arguments, secrets unwrapped.
 * @throws Error when nothing is known of the function: a made-up answer would mislead.
 */
export function callOf(token: string, args: Properties): Properties {
  const pkg = token.split(":")[0] ?? "";
  const known = packages[pkg]?.().functions[token];
  if (known === undefined)
    throw new Error(
      `${token}: no answer of this function is known; add it to cli/recording/outputs/${pkg}.ts`,
    );
  return { ...args, ...known(args) };
}
