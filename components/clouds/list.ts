/**
 * Every cloud, by the name of its folder here: the folder and its name in this list are all that a cloud is
 * known by. This file imports nothing, so that the settings can read it.
 */
export const cloudNames = ["aws", "gcp", "digitalocean", "hetzner", "local"] as const;

export type CloudName = (typeof cloudNames)[number];
