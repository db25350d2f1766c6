import { parse } from "yaml";

/** How an API server is reached. */
export interface Access {
  /** `https://…` */
  readonly server: string;
  /** Base64 of the PEM of the server's authority. */
  readonly authority: string;
  readonly token: string;
}

interface Kubeconfig {
  readonly "current-context": string;
  readonly clusters: readonly { name: string; cluster: Record<string, string> }[];
  readonly users: readonly { name: string; user: Record<string, unknown> }[];
  readonly contexts: readonly { name: string; context: { cluster: string; user: string } }[];
}

/** @throws Error when the current context holds no server, authority and token. */
export function accessOf(kubeconfig: string): Access {
  const config = parse(kubeconfig) as Kubeconfig;
  const context = config.contexts.find(({ name }) => name === config["current-context"])?.context;
  const cluster = config.clusters.find(({ name }) => name === context?.cluster)?.cluster;
  const user = config.users.find(({ name }) => name === context?.user)?.user;
  const authority = cluster?.["certificate-authority-data"];
  if (cluster?.server === undefined || authority === undefined || typeof user?.token !== "string")
    throw new Error("kubeconfig: the tests need a server, its authority's data and a token");
  return { server: cluster.server, authority, token: user.token };
}
