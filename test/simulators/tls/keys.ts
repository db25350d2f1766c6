import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  type KeyObject,
} from "node:crypto";
import type { Properties } from "../values";
import { pem } from "./der";

const curves: Readonly<Record<string, string>> = {
  P224: "secp224r1",
  P256: "prime256v1",
  P384: "secp384r1",
  P521: "secp521r1",
};

/** The values of `ecdsaCurve`. */
export const curveNames: readonly string[] = Object.keys(curves);

/** What is known of a private key once it is made. */
export const keyOutputs = [
  "privateKeyPem",
  "privateKeyPemPkcs8",
  "privateKeyOpenssh",
  "publicKeyPem",
  "publicKeyOpenssh",
  "publicKeyFingerprintMd5",
  "publicKeyFingerprintSha256",
];

/** All of them. */
export function makeKey(inputs: Properties): Properties {
  const key = generate(inputs);
  const own =
    key.asymmetricKeyType === "rsa" ? "pkcs1" : key.asymmetricKeyType === "ec" ? "sec1" : "pkcs8";
  return {
    privateKeyPem: key.export({ type: own, format: "pem" }),
    privateKeyPemPkcs8: key.export({ type: "pkcs8", format: "pem" }),
    privateKeyOpenssh: opensshPrivate(key),
    ...publicOutputs(createPublicKey(key)),
  };
}

/** What tells of a public key. */
function publicOutputs(key: KeyObject): Properties {
  const wire = opensshWire(key);
  const md5 = createHash("md5").update(wire).digest("hex");
  return {
    publicKeyPem: key.export({ type: "spki", format: "pem" }),
    publicKeyOpenssh: wire.length === 0 ? "" : `${wireName(wire)} ${wire.toString("base64")}\n`,
    publicKeyFingerprintMd5: wire.length === 0 ? "" : md5.replace(/(..)(?=.)/g, "$1:"),
    publicKeyFingerprintSha256:
      wire.length === 0
        ? ""
        : `SHA256:${createHash("sha256").update(wire).digest("base64").replace(/=+$/, "")}`,
  };
}

/** `RSA`, `ECDSA` or `ED25519`. */
export function algorithmOf(privatePem: string): string {
  const type = createPrivateKey(privatePem).asymmetricKeyType;
  return type === "rsa" ? "RSA" : type === "ec" ? "ECDSA" : "ED25519";
}

function generate(inputs: Properties): KeyObject {
  if (inputs.algorithm === "RSA") {
    const modulusLength = typeof inputs.rsaBits === "number" ? inputs.rsaBits : 2048;
    return generateKeyPairSync("rsa", { modulusLength }).privateKey;
  }
  if (inputs.algorithm === "ED25519") return generateKeyPairSync("ed25519").privateKey;
  const curve = typeof inputs.ecdsaCurve === "string" ? inputs.ecdsaCurve : "P224";
  return generateKeyPairSync("ec", { namedCurve: curves[curve]! }).privateKey;
}

function field(...parts: readonly (Buffer | string)[]): Buffer {
  const content = Buffer.concat(parts.map((part) => Buffer.from(part)));
  const size = Buffer.alloc(4);
  size.writeUInt32BE(content.length);
  return Buffer.concat([size, content]);
}

/** A number as SSH has it: no leading zero byte but where the sign needs one. */
function number(base64url: string | undefined): Buffer {
  const bytes = Buffer.from(base64url ?? "", "base64url");
  return field(bytes[0]! >= 0x80 ? Buffer.from([0]) : "", bytes);
}

const wireName = (wire: Buffer): string => wire.subarray(4, 4 + wire.readUInt32BE(0)).toString();

/** RFC 4253, 6.6; empty for a curve that SSH has not. */
function opensshWire(key: KeyObject): Buffer {
  if (key.asymmetricKeyDetails?.namedCurve === "secp224r1") return Buffer.alloc(0);
  const jwk = key.export({ format: "jwk" });
  if (jwk.kty === "RSA") return Buffer.concat([field("ssh-rsa"), number(jwk.e), number(jwk.n)]);
  const x = Buffer.from(jwk.x ?? "", "base64url");
  if (jwk.kty === "OKP") return Buffer.concat([field("ssh-ed25519"), field(x)]);
  const curve = `nistp${(jwk.crv ?? "").slice(2)}`;
  const point = field(Buffer.from([4]), x, Buffer.from(jwk.y ?? "", "base64url"));
  return Buffer.concat([field(`ecdsa-sha2-${curve}`), field(curve), point]);
}

/** The private key in OpenSSH's own form, without a passphrase. */
function opensshPrivate(key: KeyObject): string {
  const wire = opensshWire(createPublicKey(key));
  if (wire.length === 0) return "";
  const jwk = key.export({ format: "jwk" });
  const secret =
    jwk.kty === "RSA"
      ? Buffer.concat([
          field("ssh-rsa"),
          ...[jwk.n, jwk.e, jwk.d, jwk.qi, jwk.p, jwk.q].map(number),
        ])
      : jwk.kty === "OKP"
        ? Buffer.concat([
            wire,
            field(Buffer.from(jwk.d ?? "", "base64url"), Buffer.from(jwk.x ?? "", "base64url")),
          ])
        : Buffer.concat([wire, number(jwk.d)]);
  const check = randomBytes(4);
  const plain = Buffer.concat([check, check, secret, field("")]);
  const padding = Buffer.from(
    Array.from({ length: (8 - (plain.length % 8)) % 8 }, (_, n) => n + 1),
  );
  return pem(
    "OPENSSH PRIVATE KEY",
    Buffer.concat([
      Buffer.from("openssh-key-v1\0"),
      field("none"),
      field("none"),
      field(""),
      Buffer.from([0, 0, 0, 1]),
      field(wire),
      field(plain, padding),
    ]),
  );
}
