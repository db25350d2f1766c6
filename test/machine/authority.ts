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
  readonly cert: string;
  private readonly key: string;

  /** @param own A stack's own; without one, another that only has its name. */
  constructor(own?: Pair) {
    this.key = own?.key ?? newKey();
    this.cert = own?.cert ?? selfSigned(this.key);
  }

  /** @param address The machine's address. */
  server(address: string): Pair {
    return this.sign("Docker API", "server_auth", { address });
  }

  /** @param until Days from now; negative: it has expired. @param key Whose certificate it is; default: a new one's. */
  client(until = 365, key = newKey()): Pair {
    return this.sign("Pulumi", "client_auth", { until, key });
  }

  private sign(
    commonName: string,
    use: string,
    {
      address,
      until = 365,
      key = newKey(),
    }: { readonly address?: string; readonly until?: number; readonly key?: string },
  ): Pair {
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

function selfSigned(key: string): string {
  const name = x509.distinguished({ commonName: "Docker API authority" });
  return x509.certificate(
    { name, key: x509.publicDer(key), alternatives: undefined },
    { name, key: createPrivateKey(key) },
    { isCaCertificate: true, allowedUses: ["cert_signing", "crl_signing"] },
    new Date(Date.now() - 30 * day),
    new Date(Date.now() + 3650 * day),
  ).pem;
}
