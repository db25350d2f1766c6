import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type * as cloud from "../cloud";
import { physicalName } from "../names";
import type { Home } from "./network";

/** A versioned bucket in S3, and a user of IAM that cannot delete versions. */
export class Bucket extends pulumi.ComponentResource implements cloud.Bucket {
  readonly repository: pulumi.Output<string>;
  readonly credentials: cloud.Bucket["credentials"];

  constructor(
    name: string,
    args: cloud.BucketArgs & { readonly home: Home },
    opts: pulumi.ComponentResourceOptions,
  ) {
    super("berth:aws:Bucket", name, {}, opts);
    const { plan, provider } = args.home;
    const { tags } = args;
    const child = { parent: this, provider };
    const { bucket, arn } =
      args.existing === null
        ? this.make(name, args)
        : { bucket: args.existing, arn: `arn:aws:s3:::${args.existing}` };
    // Names of users are made up, so a new one can stand beside it.
    const user = new aws.iam.User(
      `${name}-writer`,
      { forceDestroy: true, tags },
      { ...child, deleteBeforeReplace: false },
    );
    const rights = new aws.iam.UserPolicy(
      `${name}-writer-policy`,
      {
        user: user.name,
        policy: pulumi.jsonStringify({
          Version: "2012-10-17",
          Statement: pulumi.output(arn).apply(writerRights),
        }),
      },
      { ...child, deleteBeforeReplace: false },
    );
    const key = new aws.iam.AccessKey(
      `${name}-key`,
      { user: user.name },
      // A key in use is deleted after the new one is made.
      { ...child, deleteBeforeReplace: false, dependsOn: rights },
    );
    this.repository = pulumi.interpolate`s3:https://s3.${plan.region!}.amazonaws.com/${bucket}`;
    this.credentials = {
      AWS_ACCESS_KEY_ID: pulumi.secret(key.id),
      AWS_SECRET_ACCESS_KEY: pulumi.secret(key.secret),
      AWS_DEFAULT_REGION: pulumi.output(plan.region!),
    };
    this.registerOutputs({ repository: this.repository });
  }

  /** What backups need outlives the stack. */
  private make(
    name: string,
    {
      home: { plan, provider },
      keepDays,
      protect,
      tags,
    }: cloud.BucketArgs & { readonly home: Home },
  ): aws.s3.Bucket {
    const kept = { parent: this, provider, retainOnDelete: true };
    // S3 encrypts by itself, and refuses access control lists (defaults since 2023).
    const bucket = new aws.s3.Bucket(
      `${name}-files`,
      { bucketPrefix: `${physicalName(plan.prefix, "backups", 36)}-`, tags },
      // Its name is made up: a new one can stand beside it.
      { ...kept, protect, deleteBeforeReplace: false },
    );
    // A bucket has one of each.
    const only = { ...kept, deleteBeforeReplace: true };
    new aws.s3.BucketPublicAccessBlock(
      `${name}-private`,
      {
        bucket: bucket.id,
        blockPublicAcls: true,
        blockPublicPolicy: true,
        ignorePublicAcls: true,
        restrictPublicBuckets: true,
      },
      only,
    );
    const versions = new aws.s3.BucketVersioning(
      `${name}-versions`,
      { bucket: bucket.id, versioningConfiguration: { status: "Enabled" } },
      only,
    );
    new aws.s3.BucketLifecycleConfiguration(
      `${name}-expiry`,
      {
        bucket: bucket.id,
        rules: [
          {
            id: "deleted",
            status: "Enabled",
            filter: {},
            noncurrentVersionExpiration: { noncurrentDays: keepDays },
            expiration: { expiredObjectDeleteMarker: true },
            abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
          },
        ],
      },
      { ...only, dependsOn: versions },
    );
    new aws.s3.BucketPolicy(
      `${name}-tls`,
      {
        bucket: bucket.id,
        policy: pulumi.jsonStringify({
          Version: "2012-10-17",
          Statement: [
            {
              Effect: "Deny",
              Principal: "*",
              Action: "s3:*",
              Resource: [bucket.arn, pulumi.interpolate`${bucket.arn}/*`],
              Condition: { Bool: { "aws:SecureTransport": "false" } },
            },
          ],
        }),
      },
      only,
    );
    return bucket;
  }
}

/**
 * What restic does in a bucket: list, read, write and delete objects. Where versions are kept, a deletion hides an
 * object; without `s3:DeleteObjectVersion`, and without the right to change the bucket, nothing is lost by it.
 *
 * @param arn Of the bucket.
 */
export function writerRights(arn: string) {
  return [
    { Effect: "Allow", Action: ["s3:GetBucketLocation", "s3:ListBucket"], Resource: [arn] },
    {
      Effect: "Allow",
      Action: ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"],
      Resource: [`${arn}/*`],
    },
  ];
}
