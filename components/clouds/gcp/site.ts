import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import type * as cloud from "../cloud";
import { siteFiles } from "../files";
import { physicalName } from "../names";
import { suffix } from "../password";
import { labels, type Home } from "./network";

interface SiteArgs extends cloud.SiteArgs {
  readonly home: Home;
}

/**
 * A bucket behind Google's load balancer and CDN. With a domain: its certificate is issued when the
 * domain's A record points at the site's address, and http redirects to https. Without: plain http.
 */
export class Site extends pulumi.ComponentResource implements cloud.Site {
  readonly url: pulumi.Output<string>;
  readonly records: readonly cloud.DnsRecord[];

  constructor(name: string, args: SiteArgs, opts: pulumi.ComponentResourceOptions) {
    super("berth:gcp:Site", name, {}, opts);
    const { site, tags } = args;
    const { plan, provider } = args.home;
    // Names are unique in the project, so a second one cannot be made beside the first.
    const child = { parent: this, provider, deleteBeforeReplace: true };
    const named = (role: string) => physicalName(plan.prefix, `${site.name}-${role}`);

    const bucket = this.bucket(name, args, child);
    const backend = new gcp.compute.BackendBucket(
      `${name}-backend`,
      {
        name: named("files"),
        bucketName: bucket.name,
        enableCdn: true,
        compressionMode: "AUTOMATIC",
        cdnPolicy: { cacheMode: "USE_ORIGIN_HEADERS" },
      },
      child,
    );
    const map = new gcp.compute.URLMap(
      `${name}-map`,
      {
        name: named("map"),
        defaultService: backend.selfLink,
        ...errors(site, backend.selfLink),
      },
      child,
    );
    const address = new gcp.compute.GlobalAddress(
      `${name}-address`,
      { name: named("address"), labels: labels(tags) },
      // The domain's record points at it.
      { ...child, protect: plan.settings.protect },
    );
    const rule = (role: string, portRange: string, target: pulumi.Input<string>) =>
      new gcp.compute.GlobalForwardingRule(
        `${name}-${role}`,
        {
          name: named(role),
          ipAddress: address.address,
          portRange,
          target,
          loadBalancingScheme: "EXTERNAL_MANAGED",
          labels: labels(tags),
        },
        child,
      );
    const plain = site.domain === undefined ? map : this.redirect(name, named("redirect"), child);
    const http = new gcp.compute.TargetHttpProxy(
      `${name}-http-proxy`,
      { name: named("http"), urlMap: plain.selfLink },
      child,
    );
    rule("http", "80", http.selfLink);
    if (site.domain !== undefined) {
      const certificate = new gcp.compute.ManagedSslCertificate(
        `${name}-certificate`,
        { name: named("certificate"), managed: { domains: [site.domain] } },
        child,
      );
      const policy = new gcp.compute.SSLPolicy(
        `${name}-tls`,
        { name: named("tls"), profile: "MODERN", minTlsVersion: "TLS_1_2" },
        child,
      );
      const https = new gcp.compute.TargetHttpsProxy(
        `${name}-https-proxy`,
        {
          name: named("https"),
          urlMap: map.selfLink,
          sslCertificates: [certificate.selfLink],
          sslPolicy: policy.selfLink,
        },
        child,
      );
      rule("https", "443", https.selfLink);
    }
    // Google issues the certificate when it finds the record.
    this.records =
      site.domain === undefined
        ? []
        : [{ name: site.domain, type: "A", values: [address.address] }];
    this.url =
      site.domain === undefined
        ? pulumi.interpolate`http://${address.address}`
        : pulumi.output(`https://${site.domain}`);
    this.registerOutputs({ url: this.url });
  }

  private bucket(
    name: string,
    { site, tags, home }: SiteArgs,
    child: pulumi.CustomResourceOptions,
  ): gcp.storage.Bucket {
    const { plan, random } = home;
    const bucket = new gcp.storage.Bucket(
      `${name}-files`,
      {
        // Names are shared by all of Google's customers.
        name: pulumi.interpolate`${physicalName(plan.prefix, site.name, 54)}-${suffix(`${name}-suffix`, {}, random, this)}`,
        location: plan.region!.toUpperCase(),
        uniformBucketLevelAccess: true,
        website: {
          mainPageSuffix: "index.html",
          notFoundPage: site.spa ? "index.html" : "404.html",
        },
        // Its files are in the repository.
        forceDestroy: true,
        labels: labels(tags),
      },
      child,
    );
    new gcp.storage.BucketIAMMember(
      `${name}-files-public`,
      // Files alone: the role that is called a viewer's lists the bucket too.
      { bucket: bucket.name, role: "roles/storage.legacyObjectReader", member: "allUsers" },
      // A binding is its role and its member: the new one stands beside the old one.
      { ...child, deleteBeforeReplace: false },
    );
    for (const file of siteFiles(site.path))
      new gcp.storage.BucketObject(
        `${name}-file-${file.key}`,
        {
          bucket: bucket.name,
          name: file.key,
          source: new pulumi.asset.FileAsset(file.path),
          contentType: file.contentType,
          cacheControl: file.cacheControl,
        },
        child,
      );
    return bucket;
  }

  private redirect(
    name: string,
    physical: string,
    child: pulumi.CustomResourceOptions,
  ): gcp.compute.URLMap {
    return new gcp.compute.URLMap(
      `${name}-redirect`,
      {
        name: physical,
        defaultUrlRedirect: {
          httpsRedirect: true,
          stripQuery: false,
          redirectResponseCode: "MOVED_PERMANENTLY_DEFAULT",
        },
      },
      child,
    );
  }
}

/** The bucket says 403 for a file that is not there, since no one may list it, or 404 with its own page. */
function errors({ spa, path }: cloud.SiteArgs["site"], errorService: pulumi.Output<string>) {
  const page = siteFiles(path).some(({ key }) => key === "404.html");
  if (!spa && !page) return {};
  const answer = spa
    ? { overrideResponseCode: 200, path: "/index.html" }
    : { overrideResponseCode: 404, path: "/404.html" };
  const errorResponseRules = [{ matchResponseCodes: ["403", "404"], ...answer }];
  return { defaultCustomErrorResponsePolicy: { errorService, errorResponseRules } };
}
