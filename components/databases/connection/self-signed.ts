import type * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import type { Proxy } from "../proxy";

/** A certificate and its key, in PEM. */
export interface Shown {
  readonly cert: pulumi.Output<string>;
  readonly key: pulumi.Output<string>;
}

/** What a database's proxy shows to clients that ask for TLS; undefined for proxies that offer none. */
export function proxyCertificate(
  name: string,
  { service, proxy }: { readonly service: string; readonly proxy: Proxy },
  provider: () => pulumi.ProviderResource,
  parent: pulumi.Resource,
): Shown | undefined {
  return proxy.offersTls ? selfSigned(`${name}-proxy`, [service], provider(), parent) : undefined;
}

/**
 * A self-signed certificate, the same for all replicas of a proxy. Its key is RSA: MySQL's clients without TLS
 * encrypt their passwords with it, which needs RSA.
 */
export function selfSigned(
  name: string,
  hosts: readonly string[],
  provider: pulumi.ProviderResource,
  parent: pulumi.Resource,
): Shown {
  const key = new tls.PrivateKey(
    `${name}-key`,
    { algorithm: "RSA", rsaBits: 2048 },
    { parent, provider },
  );
  const cert = new tls.SelfSignedCert(
    `${name}-self-signed`,
    {
      privateKeyPem: key.privateKeyPem,
      subject: { commonName: hosts[0] ?? "berth" },
      dnsNames: [...hosts],
      allowedUses: ["digital_signature", "key_encipherment", "server_auth"],
      validityPeriodHours: 10 * 365 * 24,
      earlyRenewalHours: 60 * 24,
    },
    { parent, provider },
  );
  return { cert: cert.certPem, key: key.privateKeyPem };
}
