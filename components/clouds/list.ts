/**
 * Every cloud, by the name of its folder. A new cloud is its folder and its name here; everything else is derived.
 * This file imports nothing, so that the settings can import it.
 */
export const cloudNames = ["aws", "gcp", "digitalocean", "hetzner", "local"] as const;

export type CloudName = (typeof cloudNames)[number];

/** What each cloud's folder brings, by the cloud's name; loaded when it is asked for. */
export function byCloud<T>(load: (name: CloudName) => T): Readonly<Record<CloudName, () => T>> {
  return Object.fromEntries(cloudNames.map((name) => [name, () => load(name)])) as Readonly<
    Record<CloudName, () => T>
  >;
}
