import * as digitalocean from "@pulumi/digitalocean";
import * as pulumi from "@pulumi/pulumi";
import type * as cloud from "../cloud";
import { physicalName } from "../names";
import { suffix } from "../password";
import { providerArgs } from "../provider";
import type { Home } from "./network";

/**
 * A versioned Space, and a key for it alone. Only a key of Spaces can make a Space, and the API's token can make
 * that key: it is for this program, and never on the machine.
 */
export class Bucket extends pulumi.ComponentResource implements cloud.Bucket {
  readonly repository: pulumi.Output<string>;
  readonly credentials: cloud.Bucket["credentials"];

  constructor(
    name: string,
    args: cloud.BucketArgs & { readonly home: Home },
    opts: pulumi.ComponentResourceOptions,
  ) {
    super("berth:digitalocean:Bucket", name, {}, opts);
    const { plan, provider } = args.home;
    const region = plan.region!;
    const child = { parent: this, provider };
    const key = (role: string, bucket: pulumi.Input<string>, permission: string) =>
      new digitalocean.SpacesKey(
        `${name}-${role}`,
        { name: physicalName(plan.prefix, `backups-${role}`), grants: [{ bucket, permission }] },
        // Names need not be unique; a key in use is deleted after the new one is made.
        { ...child, deleteBeforeReplace: false, additionalSecretOutputs: ["secretKey"] },
      );
    const bucket = args.existing ?? this.make(name, args, key("maker", "", "fullaccess"));
    const writer = key("writer", bucket, "readwrite");
    this.repository = pulumi.interpolate`s3:https://${region}.digitaloceanspaces.com/${bucket}`;
    this.credentials = {
      AWS_ACCESS_KEY_ID: pulumi.secret(writer.accessKey),
      AWS_SECRET_ACCESS_KEY: pulumi.secret(writer.secretKey),
    };
    this.registerOutputs({ repository: this.repository });
  }

  /** @param maker A key that may make Spaces. */
  private make(
    name: string,
    { home, keepDays, protect }: cloud.BucketArgs & { readonly home: Home },
    maker: digitalocean.SpacesKey,
  ): pulumi.Output<string> {
    const { plan, random, open } = home;
    const region = plan.region!;
    const spaces = new digitalocean.Provider(
      `${name}-spaces`,
      {
        ...providerArgs("digitalocean", plan, open, [], ["region"]),
        spacesAccessId: maker.accessKey,
        spacesSecretKey: pulumi.secret(maker.secretKey),
      },
      { parent: this },
    );
    // Backups outlive the stack.
    const kept = { parent: this, provider: spaces, retainOnDelete: true };
    const bucket = new digitalocean.SpacesBucket(
      `${name}-files`,
      {
        // Names are shared by all of DigitalOcean's customers in a region.
        name: pulumi.interpolate`${physicalName(plan.prefix, "backups", 54)}-${suffix(`${name}-suffix`, {}, random, this)}`,
        region,
        acl: "private",
        versioning: { enabled: true },
        lifecycleRules: [
          {
            id: "deleted",
            enabled: true,
            noncurrentVersionExpiration: { days: keepDays },
            abortIncompleteMultipartUploadDays: 7,
          },
        ],
      },
      { ...kept, protect, deleteBeforeReplace: true },
    );
    // Keys of Spaces know no finer right than to write: the bucket itself refuses to delete versions.
    new digitalocean.SpacesBucketPolicy(
      `${name}-policy`,
      {
        region,
        bucket: bucket.name,
        policy: pulumi.jsonStringify({
          Version: "2012-10-17",
          Statement: [
            {
              Sid: "KeepVersions",
              Effect: "Deny",
              Principal: "*",
              Action: ["s3:DeleteObjectVersion"],
              Resource: [pulumi.interpolate`arn:aws:s3:::${bucket.name}/*`],
            },
          ],
        }),
      },
      { ...kept, deleteBeforeReplace: true },
    );
    return bucket.name;
  }
}
