import type * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";

/**
 * A certificate that nobody else vouches for, one for all replicas of what shows it. Its key is RSA: MySQL's clients
 * without TLS seal their passwords with it, which other keys cannot do.
 */
export function selfSigned(
  name: string,
  hosts: readonly string[],
  provider: pulumi.ProviderResource,
  parent: pulumi.Resource,
): { cert: pulumi.Output<string>; key: pulumi.Output<string> } {
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
