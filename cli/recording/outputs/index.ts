/* eslint-disable @typescript-eslint/no-require-imports -- a package loads when it is asked for */
import { previews } from "../../../components/clouds";
import { cloudOfPackage } from "../../../components/clouds/catalogs";
import type { PreviewAnswers, Properties } from "../../../components/clouds/preview";

/** Packages that are no cloud's. */
const packages: Readonly<Record<string, () => PreviewAnswers>> = {
  docker: () => (require("./docker") as typeof import("./docker")).docker,
  kubernetes: () => (require("./kubernetes") as typeof import("./kubernetes")).kubernetes,
  random: () => (require("./random") as typeof import("./random")).random,
  tls: () => (require("./tls") as typeof import("./tls")).tls,
};

/** What is known of a package; it loads when a resource of that package is seen. */
export function answersOf(pkg: string): PreviewAnswers | undefined {
  const cloud = cloudOfPackage(pkg);
  return cloud === undefined ? packages[pkg]?.() : previews[cloud]();
}

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
  const known = answersOf(type.split(":")[0] ?? "")?.resources[type];
  return { id: `${name}-id`, ...known?.(name, inputs) };
}

/**
 * What a provider's function returns.
 *
 * @param token Function token, such as `digitalocean:index/getAccount:getAccount`.
 * @param args Plain arguments, secrets unwrapped.
 * @param zone The zone of the stack's `berth:dns`.
 * @throws Error when nothing is known of the function: a made-up answer would mislead.
 */
export function callOf(token: string, args: Properties, zone?: string): Properties {
  const pkg = token.split(":")[0] ?? "";
  const known = answersOf(pkg)?.functions[token];
  if (known === undefined) {
    const cloud = cloudOfPackage(pkg);
    const place =
      cloud === undefined ? "cli/recording/outputs" : `components/clouds/${cloud}/preview`;
    throw new Error(`${token}: no answer of this function is known; add it to ${place}`);
  }
  return { ...args, ...known(args, zone) };
}
