import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";

/** PEM: the authority, and the certificates and keys of the machine's Docker and of its clients. */
export interface Certificates {
  readonly ca: pulumi.Output<string>;
  readonly server: pulumi.Output<string>;
  readonly serverKey: pulumi.Output<string>;
  readonly client: pulumi.Output<string>;
  readonly clientKey: pulumi.Output<string>;
}

const tenYears = 10 * 365 * 24;
const oneYear = 365 * 24;
const sixtyDays = 60 * 24;

/**
 * An authority of the stack's own, a server certificate for the machine's static address and a client
 * certificate for Pulumi. The authority and the server's certificate last ten years and are never
 * renewed in between, since they are part of the machine's user-data: renewing them would replace the
 * machine. The client's lasts a year and is renewed 60 days before its end; that changes only the provider.
 */
export function certificates(
  name: string,
  address: pulumi.Input<string>,
  provider: pulumi.ProviderResource,
  parent: pulumi.Resource,
): Certificates {
  const opts = { parent, provider };
  const key = (role: string) =>
    new tls.PrivateKey(`${name}-${role}-key`, { algorithm: "ECDSA", ecdsaCurve: "P256" }, opts);

  const caKey = key("ca");
  const ca = new tls.SelfSignedCert(
    `${name}-ca`,
    {
      privateKeyPem: caKey.privateKeyPem,
      subject: { commonName: "Docker API authority" },
      isCaCertificate: true,
      allowedUses: ["cert_signing", "crl_signing"],
      validityPeriodHours: tenYears,
      earlyRenewalHours: 0,
    },
    opts,
  );

  const sign = (
    role: string,
    request: Pick<tls.CertRequestArgs, "subject" | "ipAddresses">,
    lifetime: Pick<
      tls.LocallySignedCertArgs,
      "allowedUses" | "validityPeriodHours" | "earlyRenewalHours"
    >,
  ) => {
    const privateKey = key(role);
    const asked = new tls.CertRequest(
      `${name}-${role}-request`,
      { ...request, privateKeyPem: privateKey.privateKeyPem },
      opts,
    );
    const signed = new tls.LocallySignedCert(
      `${name}-${role}`,
      {
        ...lifetime,
        certRequestPem: asked.certRequestPem,
        caPrivateKeyPem: caKey.privateKeyPem,
        caCertPem: ca.certPem,
      },
      opts,
    );
    return { cert: signed.certPem, key: pulumi.secret(privateKey.privateKeyPem) };
  };

  const server = sign(
    "server",
    { subject: { commonName: "Docker API" }, ipAddresses: [address] },
    {
      allowedUses: ["digital_signature", "server_auth"],
      validityPeriodHours: tenYears,
      earlyRenewalHours: 0,
    },
  );
  const client = sign(
    "client",
    { subject: { commonName: "Pulumi" } },
    {
      allowedUses: ["digital_signature", "client_auth"],
      validityPeriodHours: oneYear,
      earlyRenewalHours: sixtyDays,
    },
  );
  return {
    ca: ca.certPem,
    server: server.cert,
    serverKey: server.key,
    client: client.cert,
    clientKey: client.key,
  };
}
