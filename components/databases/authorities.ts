import { rootCertificates } from "node:tls";

/** The authorities that a proxy trusts: the given ones, else all that Mozilla's list has. */
export function authorities(ca: string | undefined): string {
  return ca === undefined || ca === "" ? `${rootCertificates.join("\n")}\n` : ca;
}
