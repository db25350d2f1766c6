/**
 * Every cloud, by the name of its folder. A new cloud is its folder and its name here; everything else is derived.
 * This file imports nothing, so that the settings can import it.
 */
export const cloudNames = ["aws", "gcp", "digitalocean", "hetzner", "local"] as const;

export type CloudName = (typeof cloudNames)[number];
