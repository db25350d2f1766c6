import { createHash, createPrivateKey } from "node:crypto";
import { bridged, type Bridged, type Plan } from "../bridge";
import { amended, factsOf, type Fact } from "../facts";
import type { Kind, Made, Simulator } from "../simulator";
import type { Properties } from "../values";
import { algorithmOf, curveNames, keyOutputs, makeKey } from "./keys";
import * as x509 from "./x509";

const hour = 3_600_000;
const stamp = (at: Date): string => at.toISOString().replace(/\.\d+Z$/, "Z");
const digest = (text: unknown): string => createHash("sha1").update(String(text)).digest("hex");

/** Made once: every change of its inputs but those `inPlace` makes another. */
function once(
  computed: readonly string[],
  defaults: (inputs: Properties) => Properties,
  make: Bridged["make"],
  more: Partial<Plan> = {},
): Kind {
  return bridged({
    autoname: false,
    plan: { computed, defaults, lenient: true, ...more },
    replaces: (changed) =>
      changed.filter(
        (key) => !computed.includes(key) && !["earlyRenewalHours", "id"].includes(key),
      ),
    make,
    delete: () => undefined,
  });
}

const certificateOutputs = ["certPem", "maxPathLength", "validityStartTime", "validityEndTime"];

/** How certificates age: ready for renewal from `earlyRenewalHours` before their end. */
function aging(now: () => Date): Partial<Plan> {
  return {
    drifted: (outputs, next) =>
      now().getTime() >=
      Date.parse(String(outputs.validityEndTime)) - Number(next.earlyRenewalHours ?? 0) * hour
        ? ["readyForRenewal"]
        : [],
  };
}

const certificateDefaults = (inputs: Properties): Properties => ({
  earlyRenewalHours: 0,
  isCaCertificate: false,
  setSubjectKeyId: false,
  readyForRenewal: Number(inputs.validityPeriodHours) <= Number(inputs.earlyRenewalHours ?? 0),
});

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
      outputs: { certPem: pem, validityStartTime: stamp(from), validityEndTime: stamp(until) },
    };
  };
  return {
    name: "tls",
    version: "5.6.1",
    facts: amended(factsOf("tls"), {
      "tls:index/privateKey:PrivateKey.algorithm": { values: ["RSA", "ECDSA", "ED25519"] },
      "tls:index/privateKey:PrivateKey.ecdsaCurve": { values: curveNames },
      ...Object.fromEntries(
        ["selfSignedCert:SelfSignedCert", "locallySignedCert:LocallySignedCert"].flatMap(
          (type): [string, Partial<Fact>][] => [
            [`tls:index/${type}.allowedUses`, { values: x509.allowedUses }],
            [`tls:index/${type}.validityPeriodHours`, { least: 0 }],
            [`tls:index/${type}.earlyRenewalHours`, { least: 0 }],
          ],
        ),
      ),
    }),
    config: ["proxy"],
    resources: {
      "tls:index/privateKey:PrivateKey": once(
        keyOutputs,
        () => ({ ecdsaCurve: "P224", rsaBits: 2048 }),
        (inputs) => {
          const outputs = makeKey(inputs);
          return { id: digest(outputs.publicKeyPem), outputs };
        },
        {
          // Its plan does not know the values that it keeps.
          drifted: (outputs, next) =>
            ["algorithm", "ecdsaCurve", "rsaBits"].some(
              (key) => next[key] !== undefined && next[key] !== outputs[key],
            )
              ? ["id", ...keyOutputs]
              : [],
        },
      ),
      "tls:index/certRequest:CertRequest": once(
        ["certRequestPem", "keyAlgorithm"],
        () => ({}),
        (inputs) => {
          const certRequestPem = x509.request(inputs);
          const keyAlgorithm = algorithmOf(inputs.privateKeyPem as string);
          return { id: digest(certRequestPem), outputs: { certRequestPem, keyAlgorithm } };
        },
      ),
      "tls:index/selfSignedCert:SelfSignedCert": once(
        [...certificateOutputs, "keyAlgorithm"],
        (inputs) => ({ ...certificateDefaults(inputs), setAuthorityKeyId: false }),
        (inputs) => {
          const privatePem = inputs.privateKeyPem as string;
          const name = x509.distinguished(inputs.subject);
          const made = issue(
            { name, key: x509.publicDer(privatePem), alternatives: x509.alternatives(inputs) },
            { name, key: createPrivateKey(privatePem) },
            inputs,
          );
          return { ...made, outputs: { ...made.outputs, keyAlgorithm: algorithmOf(privatePem) } };
        },
        aging(now),
      ),
      "tls:index/locallySignedCert:LocallySignedCert": once(
        [...certificateOutputs, "caKeyAlgorithm"],
        certificateDefaults,
        (inputs) => {
          const caKey = inputs.caPrivateKeyPem as string;
          const by = x509.issuer(inputs.caCertPem as string, caKey);
          const made = issue(x509.requested(inputs.certRequestPem as string), by, inputs);
          return { ...made, outputs: { ...made.outputs, caKeyAlgorithm: algorithmOf(caKey) } };
        },
        aging(now),
      ),
    },
    functions: {},
  };
}
