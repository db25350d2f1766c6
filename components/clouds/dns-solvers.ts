import type { DnsSolver } from "../model/catalog";
import { catalogs } from "./catalogs";
import { cloudNames } from "./list";

/** Holds zones of every cloud's customers, and runs nothing of theirs. */
const cloudflare: DnsSolver = {
  provider: "cloudflare",
  variables: [["CF_DNS_API_TOKEN", "CLOUDFLARE_DNS_API_TOKEN", "CF_API_TOKEN"]],
  dns01: (reference) => ({
    apiTokenSecretRef: reference("CF_DNS_API_TOKEN", "CLOUDFLARE_DNS_API_TOKEN", "CF_API_TOKEN"),
  }),
};

/** The solvers of cert-manager that Berth sets up, by the name of their provider. */
export const dnsSolvers: ReadonlyMap<string, DnsSolver> = new Map(
  [cloudflare, ...cloudNames.flatMap((name) => catalogs[name]().solver ?? [])]
    .sort((a, b) => a.provider.localeCompare(b.provider))
    .map((solver) => [solver.provider, solver]),
);
