import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { keyOutputs } from "../../simulators/tls/keys";
import type { Properties } from "../../simulators/values";
import type { Case, Cases, Step, Subject, World } from "../subject";

const one = (inputs: Properties, ...steps: Step[]): Case => ({ inputs, steps });

const key: Cases = {
  plainest: one({ algorithm: "ECDSA", ecdsaCurve: "P256" }, { change: { ecdsaCurve: "P384" } }),
  "ECDSA alone": one({ algorithm: "ECDSA" }, { change: { ecdsaCurve: "P224" } }),
  RSA: one({ algorithm: "RSA", rsaBits: 2048 }, { change: { rsaBits: 4096 } }),
  "RSA alone": one({ algorithm: "RSA" }, { change: { rsaBits: 2048 } }),
  ED25519: one({ algorithm: "ED25519" }),
  "no algorithm": one({}),
  "an algorithm that there is none of": one({ algorithm: "DSA" }),
  "a curve that there is none of": one({ algorithm: "ECDSA", ecdsaCurve: "P255" }),
  "a property that there is none of": one({ algorithm: "ECDSA", moon: 1 }),
};

const selfSigned = {
  privateKeyPem: "<key>",
  subject: { commonName: "db" },
  dnsNames: ["db"],
  allowedUses: ["digital_signature", "key_encipherment", "server_auth"],
  validityPeriodHours: 87600,
  earlyRenewalHours: 1440,
};

const self: Cases = {
  plainest: one(
    selfSigned,
    { change: { subject: { commonName: "other" } } },
    { change: { dnsNames: ["other"] } },
    { change: { dnsNames: undefined } },
    { change: { allowedUses: ["server_auth"] } },
    { change: { validityPeriodHours: 100000 } },
    { change: { earlyRenewalHours: 720 } },
    { change: { earlyRenewalHours: undefined } },
    { change: { privateKeyPem: "<other key>" } },
  ),
  "an authority": one(
    {
      privateKeyPem: "<key>",
      subject: { commonName: "Docker API authority" },
      isCaCertificate: true,
      allowedUses: ["cert_signing", "crl_signing"],
      validityPeriodHours: 87600,
      earlyRenewalHours: 0,
    },
    { change: { isCaCertificate: false } },
  ),
  "due for renewal": one({ ...selfSigned, validityPeriodHours: 1, earlyRenewalHours: 2 }),
  "nothing but what it must have": one({
    privateKeyPem: "<key>",
    allowedUses: [],
    validityPeriodHours: 1,
  }),
  "a use that there is none of": one({ ...selfSigned, allowedUses: ["moon"] }),
  "a key that is none": one({ ...selfSigned, privateKeyPem: "moon" }),
  "an address that is none": one({ ...selfSigned, ipAddresses: ["moon"] }),
  "a negative validity": one({ ...selfSigned, validityPeriodHours: -1 }),
  "a negative renewal": one({ ...selfSigned, earlyRenewalHours: -1 }),
  "no key": one({ allowedUses: [], validityPeriodHours: 1 }),
  "a property that there is none of": one({ ...selfSigned, moon: 1 }),
};

const asked = {
  privateKeyPem: "<key>",
  subject: { commonName: "Docker API" },
  ipAddresses: ["203.0.113.10"],
};

const request: Cases = {
  plainest: one(
    asked,
    { change: { ipAddresses: ["203.0.113.11"] } },
    { change: { ipAddresses: undefined } },
    { change: { subject: { commonName: "Pulumi" } } },
    { change: { privateKeyPem: "<other key>" } },
  ),
  "a subject alone": one({ privateKeyPem: "<key>", subject: { commonName: "Pulumi" } }),
  "a key alone": one({ privateKeyPem: "<key>" }),
  "an address that is none": one({ ...asked, ipAddresses: ["moon"] }),
  "no key": one({ subject: { commonName: "Pulumi" } }),
};

const toSign = {
  certRequestPem: "<request>",
  caPrivateKeyPem: "<key>",
  caCertPem: "<authority>",
  allowedUses: ["digital_signature", "server_auth"],
  validityPeriodHours: 8760,
  earlyRenewalHours: 1440,
};

const locallySigned: Cases = {
  plainest: one(
    toSign,
    { change: { allowedUses: ["client_auth"] } },
    { change: { validityPeriodHours: 8761 } },
    { change: { earlyRenewalHours: 720 } },
    { change: { earlyRenewalHours: undefined } },
    { change: { caPrivateKeyPem: "<other key>" } },
  ),
  "as the machine's server has it": one({
    ...toSign,
    validityPeriodHours: 87600,
    earlyRenewalHours: 0,
  }),
  "due for renewal": one({ ...toSign, validityPeriodHours: 1, earlyRenewalHours: 2 }),
  "a use that there is none of": one({ ...toSign, allowedUses: ["moon"] }),
  "a request that is none": one({ ...toSign, certRequestPem: "moon" }),
  "no request": one({
    caPrivateKeyPem: "<key>",
    caCertPem: "<authority>",
    allowedUses: [],
    validityPeriodHours: 1,
  }),
};

/** The tls plugin, with keys and an authority that OpenSSL makes. */
export const tls: Subject = {
  plugin: "tls",
  configs: { nothing: {}, "a key that there is none of": { moon: "x" } },
  volatile: [...keyOutputs, "certPem", "certRequestPem", "validityStartTime", "validityEndTime"],
  unordered: [],
  cases: {
    "tls:index/privateKey:PrivateKey": key,
    "tls:index/selfSignedCert:SelfSignedCert": self,
    "tls:index/certRequest:CertRequest": request,
    "tls:index/locallySignedCert:LocallySignedCert": locallySigned,
  },
  begin,
};

function begin(): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), "transcript-"));
  const openssl = (...args: string[]): string =>
    execFileSync("openssl", args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  const newKey = (): string => openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout");
  try {
    const mine = newKey();
    const file = join(folder, "key.pem");
    writeFileSync(file, mine);
    const subject = ["-key", file, "-subj", "/CN=transcript"];
    openssl("req", "-new", "-x509", "-days", "9", ...subject, "-out", join(folder, "ca.pem"));
    return Promise.resolve({
      config: {},
      named: {
        key: mine,
        "other key": newKey(),
        request: openssl("req", "-new", ...subject),
        authority: readFileSync(join(folder, "ca.pem"), "utf8"),
      },
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}
