import { createHash, createPrivateKey, createPublicKey } from "node:crypto";
import { factsOf, withValues } from "../facts";
import type { Kind, Made, Simulator } from "../simulator";
import type { Properties } from "../values";
import { algorithmOf, curveNames, makeKey, publicOutputs } from "./keys";
import * as x509 from "./x509";

const hour = 3_600_000;
const stamp = (at: Date): string => at.toISOString().replace(/\.\d+Z$/, "Z");
const digest = (text: unknown): string => createHash("sha1").update(String(text)).digest("hex");

/** Made once: every change of its inputs but those `inPlace` makes another. */
function once(
  computed: readonly string[],
  make: (inputs: Properties) => Made,
  more: Partial<Kind> = {},
  inPlace: readonly string[] = [],
): Kind {
  return {
    autoname: false,
    computed: () => computed,
    replaces: (_old, _next, changed) => changed.filter((key) => !inPlace.includes(key)),
    create: (inputs) => {
      const made = make(inputs);
      return { id: made.id, outputs: { ...made.outputs, ...inputs } };
    },
    read: (id, outputs, inputs) => ({ id, outputs, inputs }),
    update: (_id, outputs, _old, next) => ({ ...outputs, ...next }),
    delete: () => undefined,
    ...more,
  };
}

/** How certificates age: ready for renewal from `earlyRenewalHours` before their end. */
function aging(now: () => Date): Partial<Kind> {
  const due = (outputs: Properties, early: unknown): boolean =>
    now().getTime() >=
    Date.parse(String(outputs.validityEndTime)) - (typeof early === "number" ? early : 0) * hour;
  return {
    read: (id, outputs, inputs) => ({
      id,
      inputs,
      outputs: { ...outputs, readyForRenewal: due(outputs, inputs.earlyRenewalHours) },
    }),
    drifted: (outputs, next) => (due(outputs, next.earlyRenewalHours) ? ["readyForRenewal"] : []),
  };
}

const certificateOutputs = ["certPem", "readyForRenewal", "validityStartTime", "validityEndTime"];

/**
 * The tls provider: real keys and certificates that Docker, OpenSSL and Node accept.
 *
 * @param now The clock, so that a test can let certificates age.
 */
export function tls(now: () => Date = () => new Date()): Simulator {
  const issue = (
    subject: Parameters<typeof x509.certificate>[0],
    by: Parameters<typeof x509.certificate>[1],
    inputs: Properties,
  ): Made => {
    const from = now();
    const until = new Date(from.getTime() + Number(inputs.validityPeriodHours) * hour);
    const { pem, serial } = x509.certificate(subject, by, inputs, from, until);
    return {
      id: serial,
      outputs: {
        earlyRenewalHours: 0,
        isCaCertificate: false,
        maxPathLength: -1,
        setSubjectKeyId: false,
        certPem: pem,
        readyForRenewal: false,
        validityStartTime: stamp(from),
        validityEndTime: stamp(until),
      },
    };
  };
  return {
    name: "tls",
    version: "5.6.1",
    facts: withValues(factsOf("tls"), {
      "tls:index/privateKey:PrivateKey.algorithm": ["RSA", "ECDSA", "ED25519"],
      "tls:index/privateKey:PrivateKey.ecdsaCurve": curveNames,
      "tls:index/selfSignedCert:SelfSignedCert.allowedUses": x509.allowedUses,
      "tls:index/locallySignedCert:LocallySignedCert.allowedUses": x509.allowedUses,
    }),
    config: ["proxy"],
    resources: {
      "tls:index/privateKey:PrivateKey": once(
        [
          "privateKeyPem",
          "privateKeyPemPkcs8",
          "privateKeyOpenssh",
          "publicKeyPem",
          "publicKeyOpenssh",
          "publicKeyFingerprintMd5",
          "publicKeyFingerprintSha256",
        ],
        (inputs) => {
          const outputs = makeKey(inputs);
          return { id: digest(outputs.publicKeyPem), outputs };
        },
      ),
      "tls:index/certRequest:CertRequest": once(["certRequestPem", "keyAlgorithm"], (inputs) => {
        const certRequestPem = x509.request(inputs);
        const keyAlgorithm = algorithmOf(inputs.privateKeyPem as string);
        return { id: digest(certRequestPem), outputs: { certRequestPem, keyAlgorithm } };
      }),
      "tls:index/selfSignedCert:SelfSignedCert": once(
        [...certificateOutputs, "keyAlgorithm"],
        (inputs) => {
          const privatePem = inputs.privateKeyPem as string;
          const name = x509.distinguished(inputs.subject);
          const made = issue(
            { name, key: x509.publicDer(privatePem), alternatives: x509.alternatives(inputs) },
            { name, key: createPrivateKey(privatePem) },
            inputs,
          );
          const keyAlgorithm = algorithmOf(privatePem);
          return { ...made, outputs: { ...made.outputs, setAuthorityKeyId: false, keyAlgorithm } };
        },
        aging(now),
        ["earlyRenewalHours"],
      ),
      "tls:index/locallySignedCert:LocallySignedCert": once(
        [...certificateOutputs, "caKeyAlgorithm"],
        (inputs) => {
          const caKey = inputs.caPrivateKeyPem as string;
          const by = x509.issuer(inputs.caCertPem as string, caKey);
          const made = issue(x509.requested(inputs.certRequestPem as string), by, inputs);
          return { ...made, outputs: { ...made.outputs, caKeyAlgorithm: algorithmOf(caKey) } };
        },
        aging(now),
        ["earlyRenewalHours"],
      ),
    },
    functions: {
      "tls:index/getPublicKey:getPublicKey": (args) => {
        const given = String(args.privateKeyPem ?? args.privateKeyOpenssh);
        const outputs = publicOutputs(createPublicKey(given));
        return {
          ...args,
          id: digest(outputs.publicKeyPem),
          algorithm: algorithmOf(given),
          ...outputs,
        };
      },
    },
  };
}
