import { createPrivateKey } from "node:crypto";
import { makeKey } from "../simulators/tls/keys";
import * as x509 from "../simulators/tls/x509";

/** A certificate and its key, PEM. */
export interface Pair {
  readonly cert: string;
  readonly key: string;
}

const day = 24 * 3_600_000;
const newKey = (): string =>
  String(makeKey({ algorithm: "ECDSA", ecdsaCurve: "P256" }).privateKeyPem);

/** An authority that signs what the program's own would sign, and what it would not. */
export class Authority {
  private readonly key = newKey();
  private readonly name = x509.distinguished({ commonName: "Docker API authority" });
  readonly cert = x509.certificate(
    { name: this.name, key: x509.publicDer(this.key), alternatives: undefined },
    { name: this.name, key: createPrivateKey(this.key) },
    { isCaCertificate: true, allowedUses: ["cert_signing", "crl_signing"] },
    new Date(Date.now() - 30 * day),
    new Date(Date.now() + 3650 * day),
  ).pem;

  /** @param address The machine's address. */
  server(address: string): Pair {
    return this.sign("Docker API", "server_auth", { address });
  }

  /** @param until Days from now; negative: it has expired. */
  client(until = 365): Pair {
    return this.sign("Pulumi", "client_auth", { until });
  }

  private sign(
    commonName: string,
    use: string,
    { address, until = 365 }: { readonly address?: string; readonly until?: number },
  ): Pair {
    const key = newKey();
    const { pem } = x509.certificate(
      {
        name: x509.distinguished({ commonName }),
        key: x509.publicDer(key),
        alternatives: x509.alternatives(address === undefined ? {} : { ipAddresses: [address] }),
      },
      x509.issuer(this.cert, this.key),
      { allowedUses: ["digital_signature", use] },
      new Date(Date.now() - 20 * day),
      new Date(Date.now() + until * day),
    );
    return { cert: pem, key };
  }
}
