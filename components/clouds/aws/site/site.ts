import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type * as cloud from "../../cloud";
import { siteFiles } from "../../files";
import { physicalName } from "../../names";
import type { Home } from "../network";
import { makeCertificate } from "./certificate";

interface SiteArgs extends cloud.SiteArgs {
  readonly home: Home;
}

/** AWS's own policy for files that their names or headers keep fresh (CachingOptimized). */
const cachingOptimized = "658327ea-f89d-4fab-a63d-7e88639e58f6";

/**
 * A private bucket with CloudFront before it. A domain is served where its zone is in Route 53, since
 * the certificate has to be proven there; without one the site answers on CloudFront's own name.
 */
export class Site extends pulumi.ComponentResource implements cloud.Site {
  readonly url: pulumi.Output<string>;

  constructor(name: string, args: SiteArgs, opts: pulumi.ComponentResourceOptions) {
    super("berth:aws:Site", name, {}, opts);
    const { site, tags } = args;
    const { plan, provider } = args.home;
    const child = { parent: this, provider };
    const dns = plan.settings.dns;
    const zone = dns?.cloud === "aws" && site.domain !== undefined ? dns.zone : undefined;

    const bucket = this.bucket(name, args);
    const access = new aws.cloudfront.OriginAccessControl(
      `${name}-access`,
      {
        name: physicalName(plan.prefix, site.name, 64),
        originAccessControlOriginType: "s3",
        signingBehavior: "always",
        signingProtocol: "sigv4",
      },
      // Its name is unique in the account.
      { ...child, deleteBeforeReplace: true },
    );
    const certificate =
      zone === undefined ? undefined : makeCertificate(name, site.domain!, zone, tags, child);
    const distribution = new aws.cloudfront.Distribution(
      `${name}-distribution`,
      {
        enabled: true,
        comment: `${site.name} of ${plan.prefix}`,
        httpVersion: "http2and3",
        isIpv6Enabled: true,
        defaultRootObject: "index.html",
        priceClass: "PriceClass_100",
        origins: [
          {
            originId: "files",
            domainName: bucket.bucketRegionalDomainName,
            originAccessControlId: access.id,
          },
        ],
        defaultCacheBehavior: {
          targetOriginId: "files",
          viewerProtocolPolicy: "redirect-to-https",
          allowedMethods: ["GET", "HEAD", "OPTIONS"],
          cachedMethods: ["GET", "HEAD"],
          cachePolicyId: cachingOptimized,
          compress: true,
          ...(!site.spa && {
            functionAssociations: [
              { eventType: "viewer-request", functionArn: this.folders(name, args).arn },
            ],
          }),
        },
        customErrorResponses: errors(site),
        restrictions: { geoRestriction: { restrictionType: "none" } },
        ...(certificate === undefined
          ? { viewerCertificate: { cloudfrontDefaultCertificate: true } }
          : {
              aliases: [site.domain!],
              viewerCertificate: {
                acmCertificateArn: certificate,
                sslSupportMethod: "sni-only",
                minimumProtocolVersion: "TLSv1.2_2021",
              },
            }),
        tags,
      },
      // A domain is served by one distribution.
      { ...child, deleteBeforeReplace: true },
    );
    this.admit(name, bucket, distribution, child);
    if (zone !== undefined) {
      const { zoneId } = aws.route53.getZoneOutput({ name: zone }, { provider });
      for (const type of ["A", "AAAA"])
        new aws.route53.Record(
          `${name}-record-${type.toLowerCase()}`,
          {
            zoneId,
            name: site.domain!,
            type,
            aliases: [
              {
                name: distribution.domainName,
                zoneId: distribution.hostedZoneId,
                evaluateTargetHealth: false,
              },
            ],
          },
          // A name has one record of a type.
          { ...child, deleteBeforeReplace: true },
        );
    }
    this.url =
      zone === undefined
        ? pulumi.interpolate`https://${distribution.domainName}`
        : pulumi.output(`https://${site.domain!}`);
    this.registerOutputs({ url: this.url });
  }

  private bucket(name: string, { site, tags, home }: SiteArgs): aws.s3.Bucket {
    const { plan, provider } = home;
    const child = { parent: this, provider };
    const bucket = new aws.s3.Bucket(
      `${name}-files`,
      {
        bucketPrefix: `${physicalName(plan.prefix, site.name, 36)}-`,
        // Its files are in the repository.
        forceDestroy: true,
        tags,
      },
      // Its name is made up: the new one is filled before the old one goes.
      { ...child, deleteBeforeReplace: false },
    );
    new aws.s3.BucketPublicAccessBlock(
      `${name}-files-private`,
      {
        bucket: bucket.id,
        blockPublicAcls: true,
        blockPublicPolicy: true,
        ignorePublicAcls: true,
        restrictPublicBuckets: true,
      },
      { ...child, deleteBeforeReplace: true },
    );
    for (const file of siteFiles(site.path))
      new aws.s3.BucketObjectv2(
        `${name}-file-${file.key}`,
        {
          bucket: bucket.id,
          key: file.key,
          source: new pulumi.asset.FileAsset(file.path),
          contentType: file.contentType,
          cacheControl: file.cacheControl,
        },
        { ...child, deleteBeforeReplace: true },
      );
    return bucket;
  }

  /** `/about/` is the file `about/index.html`, which S3 does not know by itself. */
  private folders(name: string, { site, home }: SiteArgs): aws.cloudfront.Function {
    return new aws.cloudfront.Function(
      `${name}-folders`,
      {
        name: physicalName(home.plan.prefix, `${site.name}-folders`, 64),
        runtime: "cloudfront-js-2.0",
        publish: true,
        code: [
          "function handler(event) {",
          "  var request = event.request;",
          '  if (request.uri.endsWith("/")) request.uri += "index.html";',
          '  else if (!request.uri.split("/").pop().includes(".")) request.uri += "/index.html";',
          "  return request;",
          "}",
        ].join("\n"),
      },
      // Its name is unique in the account.
      { parent: this, provider: home.provider, deleteBeforeReplace: true },
    );
  }

  private admit(
    name: string,
    bucket: aws.s3.Bucket,
    distribution: aws.cloudfront.Distribution,
    child: pulumi.CustomResourceOptions,
  ): void {
    new aws.s3.BucketPolicy(
      `${name}-files-policy`,
      {
        bucket: bucket.id,
        policy: pulumi.jsonStringify({
          Version: "2012-10-17",
          Statement: [
            {
              Effect: "Allow",
              Principal: { Service: "cloudfront.amazonaws.com" },
              Action: "s3:GetObject",
              Resource: pulumi.interpolate`${bucket.arn}/*`,
              Condition: { StringEquals: { "AWS:SourceArn": distribution.arn } },
            },
          ],
        }),
      },
      // A bucket has one policy.
      { ...child, deleteBeforeReplace: true },
    );
  }
}

/** S3 says 403 for a file that is not there, since no one may list the bucket. */
function errors({ spa, path }: cloud.SiteArgs["site"]) {
  if (spa)
    return [403, 404].map((errorCode) => ({
      errorCode,
      responseCode: 200,
      responsePagePath: "/index.html",
    }));
  const page = siteFiles(path).some(({ key }) => key === "404.html");
  return page ? [{ errorCode: 403, responseCode: 404, responsePagePath: "/404.html" }] : [];
}
