import { createHash, createPrivateKey, createPublicKey, randomBytes, sign } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { isIP } from "node:net";
import type { Properties } from "../values";
import * as der from "./der";

const attributes: Readonly<Record<string, string>> = {
  country: "2.5.4.6",
  organization: "2.5.4.10",
  organizationalUnit: "2.5.4.11",
  locality: "2.5.4.7",
  province: "2.5.4.8",
  postalCode: "2.5.4.17",
  commonName: "2.5.4.3",
  serialNumber: "2.5.4.5",
};

/** Bits of the key usage extension (RFC 5280, 4.2.1.3). */
const usages = [
  "digital_signature",
  "content_commitment",
  "key_encipherment",
  "data_encipherment",
  "key_agreement",
  "cert_signing",
  "crl_signing",
  "encipher_only",
  "decipher_only",
];

const purposes: Readonly<Record<string, string>> = {
  any_extended: "2.5.29.37.0",
  server_auth: "1.3.6.1.5.5.7.3.1",
  client_auth: "1.3.6.1.5.5.7.3.2",
  code_signing: "1.3.6.1.5.5.7.3.3",
  email_protection: "1.3.6.1.5.5.7.3.4",
  ipsec_end_system: "1.3.6.1.5.5.7.3.5",
  ipsec_tunnel: "1.3.6.1.5.5.7.3.6",
  ipsec_user: "1.3.6.1.5.5.7.3.7",
  timestamping: "1.3.6.1.5.5.7.3.8",
  ocsp_signing: "1.3.6.1.5.5.7.3.9",
};

/** Every value that `allowedUses` takes. */
export const allowedUses: readonly string[] = [...usages, ...Object.keys(purposes)];

interface Subject {
  readonly name: Buffer;
  readonly key: Buffer;
  /** The content of the subjectAltName extension. */
  readonly alternatives?: Buffer | undefined;
}

/** How the certificate is signed: by whom, and the issuer's key identifier. */
interface Issuer {
  readonly name: Buffer;
  readonly key: KeyObject;
  readonly identifier?: Buffer | undefined;
}

export function distinguished(subject: unknown): Buffer {
  const given = (subject ?? {}) as Properties;
  const parts = Object.entries(attributes)
    .filter(([key]) => typeof given[key] === "string")
    .map(([key, id]) => der.set(der.sequence(der.oid(id), der.utf8(given[key] as string))));
  return der.sequence(...parts);
}

/** The content of subjectAltName, or nothing when no name is given. */
export function alternatives(inputs: Properties): Buffer | undefined {
  const names = (key: string): string[] => (inputs[key] ?? []) as string[];
  const parts = [
    ...names("dnsNames").map((name) => der.implicit(2, Buffer.from(name))),
    ...names("uris").map((uri) => der.implicit(6, Buffer.from(uri))),
    ...names("ipAddresses").map((ip) => der.implicit(7, address(ip))),
  ];
  return parts.length === 0 ? undefined : der.sequence(...parts);
}

function address(ip: string): Buffer {
  if (isIP(ip) === 4) return Buffer.from(ip.split(".").map(Number));
  if (isIP(ip) !== 6) throw new Error(`ipAddresses: ${ip} is not an IP address`);
  const [head = "", tail] = ip.split("::");
  const groups = (text: string): string[] => (text === "" ? [] : text.split(":"));
  const [left, right] = [groups(head), groups(tail ?? "")];
  const middle = new Array<string>(8 - left.length - right.length).fill("0");
  const all = tail === undefined ? left : [...left, ...middle, ...right];
  return Buffer.from(all.map((group) => group.padStart(4, "0")).join(""), "hex");
}

export function publicDer(privatePem: string): Buffer {
  return createPublicKey(privatePem).export({ type: "spki", format: "der" });
}

/** RFC 5280, 4.2.1.2, method 1. */
function identifier(key: Buffer): Buffer {
  const [, bits] = der.elements(der.elements(key)[0]!.content);
  return createHash("sha1").update(bits!.content.subarray(1)).digest();
}

function algorithm(key: KeyObject): { id: Buffer; hash: string | null } {
  if (key.asymmetricKeyType === "rsa")
    return { id: der.sequence(der.oid("1.2.840.113549.1.1.11"), der.nothing), hash: "sha256" };
  if (key.asymmetricKeyType === "ed25519")
    return { id: der.sequence(der.oid("1.3.101.112")), hash: null };
  const curve = key.asymmetricKeyDetails?.namedCurve ?? "";
  const [last, hash] =
    curve === "secp384r1" ? [3, "sha384"] : curve === "secp521r1" ? [4, "sha512"] : [2, "sha256"];
  return { id: der.sequence(der.oid(`1.2.840.10045.4.3.${last}`)), hash };
}

function signed(content: Buffer, key: KeyObject): Buffer {
  const { id, hash } = algorithm(key);
  return der.sequence(content, id, der.bits(sign(hash, content, key)));
}

/** A certificate request (PKCS #10), PEM. */
export function request(inputs: Properties): string {
  const privatePem = inputs.privateKeyPem as string;
  const names = alternatives(inputs);
  const extensions =
    names === undefined
      ? []
      : [
          der.sequence(
            der.oid("1.2.840.113549.1.9.14"),
            der.set(der.sequence(extension("2.5.29.17", names))),
          ),
        ];
  const content = der.sequence(
    der.integer(0n),
    distinguished(inputs.subject),
    publicDer(privatePem),
    der.explicit(0, ...extensions),
  );
  return der.pem("CERTIFICATE REQUEST", signed(content, createPrivateKey(privatePem)));
}

/** Who asks, by a certificate request. */
export function requested(text: string): Subject {
  const [outer] = der.elements(der.unpem(text));
  const [info] = der.elements(outer!.content);
  const [, name, key, attribute] = der.elements(info!.content);
  const found = attribute === undefined ? [] : der.elements(attribute.content);
  const extensions = found.flatMap((item) =>
    der.elements(der.elements(der.elements(item.content)[1]!.content)[0]!.content),
  );
  const names = extensions
    .map((item) => der.elements(item.content))
    .find(([id]) => id!.bytes.equals(der.oid("2.5.29.17")));
  return { name: name!.bytes, key: key!.bytes, alternatives: names?.at(-1)?.content };
}

/** Who signs, by the signer's certificate and key. */
export function issuer(certificatePem: string, privatePem: string): Issuer {
  const [outer] = der.elements(der.unpem(certificatePem));
  const [info] = der.elements(outer!.content);
  const fields = der.elements(info!.content);
  const key = createPrivateKey(privatePem);
  const owner = fields[6]!.bytes;
  if (!owner.equals(publicDer(privatePem)))
    throw new Error("caPrivateKeyPem: it is not the key of caCertPem");
  return { name: fields[5]!.bytes, key, identifier: identifier(owner) };
}

function extension(id: string, content: Buffer, critical = false): Buffer {
  return der.sequence(der.oid(id), ...(critical ? [der.boolean(true)] : []), der.octets(content));
}

function usage(uses: readonly string[]): Buffer {
  let flags = 0;
  for (const use of uses) if (usages.includes(use)) flags |= 0x8000 >> usages.indexOf(use);
  const bytes = flags & 0xff ? [flags >> 8, flags & 0xff] : [flags >> 8];
  let unused = 0;
  while (unused < 7 && (bytes.at(-1)! & (1 << unused)) === 0) unused++;
  return der.bits(Buffer.from(bytes), unused);
}

/** A certificate: PEM, and its serial number in decimal digits. */
export function certificate(
  subject: Subject,
  by: Issuer,
  inputs: Properties,
  from: Date,
  until: Date,
): { pem: string; serial: string } {
  const serial = BigInt(`0x${randomBytes(16).toString("hex")}`) >> 1n;
  const uses = inputs.allowedUses as string[];
  const authority = inputs.isCaCertificate === true;
  const extended = uses.filter((use) => purposes[use] !== undefined);
  const depth = typeof inputs.maxPathLength === "number" ? inputs.maxPathLength : -1;
  const constraints = authority
    ? der.sequence(der.boolean(true), ...(depth >= 0 ? [der.integer(BigInt(depth))] : []))
    : der.sequence();
  const extensions = [
    ...(uses.some((use) => usages.includes(use))
      ? [extension("2.5.29.15", usage(uses), true)]
      : []),
    ...(extended.length > 0
      ? [extension("2.5.29.37", der.sequence(...extended.map((use) => der.oid(purposes[use]!))))]
      : []),
    extension("2.5.29.19", constraints, true),
    ...(authority || inputs.setSubjectKeyId === true
      ? [extension("2.5.29.14", der.octets(identifier(subject.key)))]
      : []),
    ...(by.identifier === undefined
      ? []
      : [extension("2.5.29.35", der.sequence(der.implicit(0, by.identifier)))]),
    ...(subject.alternatives === undefined ? [] : [extension("2.5.29.17", subject.alternatives)]),
  ];
  const content = der.sequence(
    der.explicit(0, der.integer(2n)),
    der.integer(serial),
    algorithm(by.key).id,
    by.name,
    der.sequence(der.time(from), der.time(until)),
    subject.name,
    subject.key,
    der.explicit(3, der.sequence(...extensions)),
  );
  return { pem: der.pem("CERTIFICATE", signed(content, by.key)), serial: serial.toString() };
}
