/**
 * Every cloud, once: its name, and by shape the namespace of the stack config that belongs to its provider.
 * What a cloud makes is in components/clouds/<name>.
 */
export const clouds = {
  aws: { vm: "aws", cluster: "aws" },
  gcp: { vm: "gcp", cluster: "gcp" },
  digitalocean: { vm: "digitalocean", cluster: "digitalocean" },
  local: { vm: "docker", cluster: "kubernetes" },
} as const;

export type CloudName = keyof typeof clouds;

export const cloudNames = Object.keys(clouds) as CloudName[];

/** The clouds that are not this computer. */
export const hostedClouds = cloudNames.filter((name) => name !== "local");

/** The namespaces of all providers. */
export const providerNamespaces: readonly string[] = [
  ...new Set(Object.values(clouds).flatMap((namespaces) => Object.values(namespaces))),
];
