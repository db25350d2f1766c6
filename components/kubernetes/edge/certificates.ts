import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { dnsSolvers } from "../../clouds/dns-solvers";
import { secured } from "../../edge/traefik";
import type { Edge, Route } from "../../plan/plan";
import { hasReference, type Text } from "../../model/reference";
import { contentHash } from "../../model/content-name";
import { slug } from "../../model/units";
import { objectName } from "../names";
import { makeContent } from "../pods/content";
import { metadata, opened, options, type Scope } from "../scope";
import { selfSigned } from "../../databases/connection/self-signed";

/** The certificates among the edge's files. */
export interface Certificates {
  /** Secrets whose keys are files in the edge's folder. */
  readonly sources: kubernetes.types.input.core.v1.VolumeProjection[];
  readonly files: { readonly certFile: string; readonly keyFile: string }[];
  readonly challenges?: string;
}

/** The label of pods that answer challenges; cert-manager creates them. */
export const solverLabel = { "acme.cert-manager.io/http01-solver": "true" };
export const solverPort = 8089;
const solverName = "berth-acme";

/** cert-manager's chart; the images it names are its own. */
const chart = { chart: "cert-manager", version: "v1.18.2", repo: "https://charts.jetstack.io" };

/**
 * Certificates for an edge of several replicas. Traefik's own ACME keeps them in a file that one replica alone may
 * write, so cert-manager issues them: one per host, so that a host whose DNS record does not point here yet does
 * not delay the others, in a Secret that every replica mounts and reloads when it changes.
 */
export function makeCertificates(
  scope: Scope,
  edge: Edge,
  folder: string,
  parent: pulumi.Resource,
): Certificates {
  if (!secured(edge)) return { sources: [], files: [] };
  switch (edge.tls.mode) {
    case "files":
      return edge.tls.cert === undefined || edge.tls.key === undefined
        ? { sources: [], files: [] }
        : given(scope, folder, edge.tls.cert, edge.tls.key, parent);
    case "self-signed": {
      const hosts = hostsOf(scope.plan.routes, true).filter((host) => !hasReference(host));
      const { cert, key } = selfSigned(`${scope.name}-edge`, hosts, scope.tls(), parent);
      return given(scope, folder, cert, key, parent);
    }
    default:
      return managed(scope, edge, folder, parent);
  }
}

function given(
  scope: Scope,
  folder: string,
  cert: Text | pulumi.Output<string>,
  key: Text | pulumi.Output<string>,
  parent: pulumi.Resource,
): Certificates {
  const value = (text: Text | pulumi.Output<string>): pulumi.Input<string> =>
    typeof text === "string" ? opened(scope, text) : text;
  const name = makeContent(scope, parent, {
    resource: `${scope.name}-edge-certificate`,
    base: "berth-edge-certificate",
    secret: true,
    text: { "tls.crt": value(cert), "tls.key": value(key) },
  });
  return {
    sources: [{ secret: { name } }],
    files: [{ certFile: `${folder}/tls.crt`, keyFile: `${folder}/tls.key` }],
  };
}

function managed(
  scope: Scope,
  { tls }: Edge,
  folder: string,
  parent: pulumi.Resource,
): Certificates {
  const { name } = scope;
  const manager = new kubernetes.helm.v3.Release(
    `${name}-edge-cert-manager`,
    {
      name: "cert-manager",
      chart: chart.chart,
      version: chart.version,
      repositoryOpts: { repo: chart.repo },
      namespace: "cert-manager",
      createNamespace: true,
      // One challenge at a time: whichever pod answers challenges is the right one.
      values: { crds: { enabled: true }, maxConcurrentChallenges: 1 },
    },
    options(scope, parent),
  );
  const after = options(scope, parent, { dependsOn: [manager] });
  const issuer = new kubernetes.apiextensions.CustomResource(
    `${name}-edge-issuer`,
    {
      apiVersion: "cert-manager.io/v1",
      kind: "Issuer",
      metadata: metadata(scope, "berth"),
      spec: {
        acme: {
          server:
            tls.mode === "staging"
              ? "https://acme-staging-v02.api.letsencrypt.org/directory"
              : "https://acme-v02.api.letsencrypt.org/directory",
          ...(tls.email === undefined ? {} : { email: tls.email }),
          privateKeySecretRef: { name: `berth-acme-${tls.mode}` },
          solvers: [solver(scope, tls, parent)],
        },
      },
    },
    after,
  );
  const viaDns = tls.dnsProvider !== undefined;
  if (!viaDns)
    new kubernetes.core.v1.Service(
      `${name}-edge-challenges`,
      {
        metadata: metadata(scope, solverName, {
          annotations: { "pulumi.com/skipAwait": "true" },
        }),
        spec: { selector: solverLabel, ports: [{ name: "http", port: solverPort }] },
      },
      options(scope, parent),
    );
  const certificates = hostsOf(scope.plan.routes, viaDns)
    .sort()
    .map((host) => {
      const file = certificateName(host);
      const secretName = `berth-${file}`;
      new kubernetes.apiextensions.CustomResource(
        `${name}-edge-${hasReference(host) ? file : `certificate-${host.replace("*", "any")}`}`,
        {
          apiVersion: "cert-manager.io/v1",
          kind: "Certificate",
          metadata: metadata(scope, secretName),
          spec: {
            secretName,
            dnsNames: [opened(scope, host)],
            issuerRef: { name: "berth", kind: "Issuer" },
            privateKey: { algorithm: "ECDSA", size: 256, rotationPolicy: "Always" },
          },
        },
        { ...after, dependsOn: [manager, issuer] },
      );
      return { secretName, file };
    });
  return {
    sources: certificates.map(({ secretName, file }) => ({
      secret: {
        name: secretName,
        // Until it is issued, the edge answers with a self-signed certificate.
        optional: true,
        items: [
          { key: "tls.crt", path: `${file}.crt` },
          { key: "tls.key", path: `${file}.key` },
        ],
      },
    })),
    files: certificates.map(({ file }) => ({
      certFile: `${folder}/${file}.crt`,
      keyFile: `${folder}/${file}.key`,
    })),
    ...(viaDns ? {} : { challenges: `http://${solverName}:${solverPort}` }),
  };
}

/** By its host and not by its place in the list: a new host leaves the certificates of the others alone. */
function certificateName(host: Text): string {
  return objectName(`certificate-${slug(host)}-${contentHash(host)}`, 57);
}

function solver(scope: Scope, tls: Edge["tls"], parent: pulumi.Resource): Record<string, unknown> {
  if (tls.dnsProvider === undefined)
    return {
      http01: {
        // An ingress class without a controller: the edge's own routes lead to the pod.
        ingress: { ingressClassName: "berth", serviceType: "ClusterIP" },
      },
    };
  const variables = tls.dnsVariables ?? {};
  const secret = makeContent(scope, parent, {
    resource: `${scope.name}-edge-dns`,
    base: "berth-edge-dns",
    secret: true,
    text: Object.fromEntries(
      Object.entries(variables).map(([key, value]) => [key, opened(scope, value)]),
    ),
  });
  const ref = (...keys: string[]): Record<string, unknown> => ({
    name: secret,
    key: keys.find((key) => key in variables) ?? keys[0]!,
  });
  const { dns01 } = dnsSolvers.get(tls.dnsProvider)!;
  const value = (variable: string): pulumi.Input<string> | undefined => {
    const text = variables[variable];
    return text === undefined ? undefined : opened(scope, text);
  };
  // The plan has refused every other provider.
  return { dns01: { [tls.dnsProvider]: dns01(ref, value) } };
}

/** The host names of routes, those of rules too; a wildcard needs a challenge over DNS. */
export function hostsOf(routes: readonly Route[], wildcards: boolean): Text[] {
  const found = routes.flatMap(({ host, rule }) =>
    rule === undefined || host !== ""
      ? [host]
      : [...rule.matchAll(/(?<!!)\bHost\(`([^`]+)`\)/g)].map(([, name]) => name!),
  );
  return [...new Set(found)].filter(
    (host) =>
      host !== "" &&
      host !== "*" &&
      host !== "localhost" &&
      (wildcards || !host.startsWith("*.")) &&
      !/^[\d.]+$/.test(host),
  );
}
