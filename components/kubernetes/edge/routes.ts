import type * as pulumi from "@pulumi/pulumi";
import { all } from "@pulumi/pulumi";
import { stringify } from "yaml";
import { secretRoutes } from "../../edge/middlewares";
import type { DynamicArgs } from "../../edge/dynamic-args";
import { dynamicConfiguration } from "../../edge/traefik";
import type { Text } from "../../model/reference";
import type { Edge, Plan } from "../../plan/plan";
import { serviceHost } from "../network/aliases";
import type { Scope } from "../scope";
import { stickyName, stickyTargets } from "./sticky";

export interface RoutesArgs {
  /** The edge as Traefik's configuration has it: certificates are files. */
  readonly edge: Edge;
  readonly maintenance: string;
  readonly certificates: readonly { readonly certFile: string; readonly keyFile: string }[];
  /** Where challenges for certificates are answered: `http://host:port`. */
  readonly challenges?: string;
}

/** Traefik's file of routes; a service's name stands for all of its pods. */
export function routesFile(
  scope: Scope,
  args: RoutesArgs,
): { yaml: pulumi.Output<string>; secret: boolean } {
  const { plan } = scope;
  const texts = new Set<Text>();
  configuration(plan, args, (text) => {
    texts.add(text);
    return text;
  });
  const yaml = all([...texts].map((text) => scope.open(text))).apply((values) => {
    const value = new Map([...texts].map((text, index) => [text, values[index]!]));
    return stringify(
      configuration(plan, args, (text) => value.get(text) ?? text),
      { lineWidth: 0, aliasDuplicateObjects: false, sortMapEntries: true },
    );
  });
  return { yaml, secret: secretRoutes(plan.routes) };
}

function configuration(
  plan: Plan,
  { edge, maintenance, certificates, challenges }: RoutesArgs,
  text: DynamicArgs["text"],
): Record<string, unknown> {
  const sticky = stickyTargets(plan);
  const made = dynamicConfiguration({
    edge,
    routes: plan.routes,
    serversOf: (service, port) => {
      const balanced = sticky.find((one) => one.service === service && one.port === port);
      return [
        `${balanced === undefined ? serviceHost(plan, service) : stickyName(balanced)}:${port}`,
      ];
    },
    text,
    maintenance,
  });
  if (challenges !== undefined) answerChallenges(made, challenges);
  return { ...made, ...(certificates.length === 0 ? {} : { tls: { certificates } }) };
}

/** As no route is called: no service has a colon in its name. */
const acmeChallenges = "berth:acme-challenges";

/** Let's Encrypt follows the redirect to HTTPS and accepts any certificate there, so the first one can be issued. */
function answerChallenges(configuration: Record<string, unknown>, at: string): void {
  const http = (configuration["http"] ??= { routers: {}, services: {} }) as Record<
    "routers" | "services",
    Record<string, unknown>
  >;
  http.routers[acmeChallenges] = {
    rule: "PathPrefix(`/.well-known/acme-challenge/`)",
    entryPoints: ["websecure"],
    priority: 1_000_000,
    service: acmeChallenges,
    tls: {},
  };
  http.services[acmeChallenges] = { loadBalancer: { servers: [{ url: at }] } };
}
