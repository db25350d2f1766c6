import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";

/** CloudFront takes certificates from this region alone. */
const region = "us-east-1";

/** A certificate that is proven by a record in the domain's Route 53 zone, and renews itself there. */
export function makeCertificate(
  name: string,
  domain: string,
  zone: string,
  tags: Readonly<Record<string, string>>,
  child: { readonly parent: pulumi.Resource; readonly provider: pulumi.ProviderResource },
): pulumi.Output<string> {
  const certificate = new aws.acm.Certificate(
    `${name}-certificate`,
    { region, domainName: domain, validationMethod: "DNS", tags },
    // In use until the distribution has the new one.
    { ...child, deleteBeforeReplace: false },
  );
  const proof = certificate.domainValidationOptions.apply((options) => options[0]!);
  const { zoneId } = aws.route53.getZoneOutput({ name: zone }, { provider: child.provider });
  const record = new aws.route53.Record(
    `${name}-certificate-proof`,
    {
      zoneId,
      name: proof.resourceRecordName,
      type: proof.resourceRecordType,
      records: [proof.resourceRecordValue],
      ttl: 300,
      // Another stack of the same domain may have made the very same record.
      allowOverwrite: true,
    },
    { ...child, deleteBeforeReplace: true },
  );
  return new aws.acm.CertificateValidation(
    `${name}-certificate-proven`,
    { region, certificateArn: certificate.arn, validationRecordFqdns: [record.fqdn] },
    { ...child, deleteBeforeReplace: false },
  ).certificateArn;
}
