import {
  hex,
  letters,
  moment,
  pem,
  text,
  type PreviewAnswers,
  type Properties,
} from "../../../components/clouds/preview";

/** Sizes in bytes of real keys and certificates, so that what embeds them has its real size. */
function key(name: string, inputs: Properties): Properties {
  const seed = `tls/${name}`;
  const algorithm = text(inputs, "algorithm", "RSA");
  const bits = typeof inputs.rsaBits === "number" ? inputs.rsaBits : 2048;
  const [label, secret, open] =
    algorithm === "RSA"
      ? ["RSA PRIVATE KEY", Math.round(bits * 0.58), Math.round(bits / 8) + 38]
      : algorithm === "ED25519"
        ? ["PRIVATE KEY", 48, 44]
        : ["EC PRIVATE KEY", 121, 91];
  return {
    id: hex(`${seed}/id`, 40),
    ecdsaCurve: "P224",
    rsaBits: 2048,
    privateKeyPem: pem(label, `${seed}/private`, secret),
    privateKeyPemPkcs8: pem("PRIVATE KEY", `${seed}/private`, secret + 26),
    privateKeyOpenssh: pem("OPENSSH PRIVATE KEY", `${seed}/private`, secret + 100),
    publicKeyPem: pem("PUBLIC KEY", `${seed}/public`, open),
    publicKeyOpenssh: `ssh-rsa ${letters(`${seed}/public`, 372)}\n`,
    publicKeyFingerprintMd5: hex(`${seed}/md5`, 32).replace(/(..)(?=.)/g, "$1:"),
    publicKeyFingerprintSha256: `SHA256:${letters(`${seed}/sha256`, 43)}`,
  };
}

function certificate(name: string, inputs: Properties): Properties {
  const hours = typeof inputs.validityPeriodHours === "number" ? inputs.validityPeriodHours : 0;
  return {
    id: BigInt(`0x${hex(`tls/${name}/serial`, 32)}`).toString(),
    certPem: pem("CERTIFICATE", `tls/${name}/certificate`, 780),
    earlyRenewalHours: 0,
    isCaCertificate: false,
    maxPathLength: -1,
    setSubjectKeyId: false,
    readyForRenewal: false,
    validityStartTime: moment,
    validityEndTime: new Date(Date.parse(moment) + hours * 3_600_000)
      .toISOString()
      .replace(".000Z", "Z"),
  };
}

/** What tls makes: blocks of the right form and size, not keys that work. */
export const tls: PreviewAnswers = {
  replaces: { "*": ["*"] },
  resources: {
    "tls:index/privateKey:PrivateKey": key,
    "tls:index/certRequest:CertRequest": (name) => ({
      id: hex(`tls/${name}/request`, 40),
      keyAlgorithm: "ECDSA",
      certRequestPem: pem("CERTIFICATE REQUEST", `tls/${name}/request`, 640),
    }),
    "tls:index/selfSignedCert:SelfSignedCert": (name, inputs) => ({
      ...certificate(name, inputs),
      keyAlgorithm: "ECDSA",
      setAuthorityKeyId: false,
    }),
    "tls:index/locallySignedCert:LocallySignedCert": (name, inputs) => ({
      ...certificate(name, inputs),
      caKeyAlgorithm: "ECDSA",
    }),
  },
  functions: {
    "tls:index/getPublicKey:getPublicKey": (args) => {
      const made = key(hex(JSON.stringify(args), 8), { algorithm: "ECDSA" });
      return {
        id: made.id,
        algorithm: "ECDSA",
        publicKeyPem: made.publicKeyPem,
        publicKeyOpenssh: made.publicKeyOpenssh,
        publicKeyFingerprintMd5: made.publicKeyFingerprintMd5,
        publicKeyFingerprintSha256: made.publicKeyFingerprintSha256,
      };
    },
  },
};
