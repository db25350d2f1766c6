import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import type * as cloud from "../cloud";
import { physicalName } from "../names";
import { suffix } from "../password";
import { labels, type Home } from "./network";

const day = 86_400;

/**
 * A versioned bucket in Cloud Storage with soft delete, which no one who can delete objects can switch off, and an
 * HMAC key of a service account of its own: organisations refuse keys of service accounts by default, and restic
 * reaches the bucket over S3's protocol with it.
 */
export class Bucket extends pulumi.ComponentResource implements cloud.Bucket {
  readonly repository: pulumi.Output<string>;
  readonly credentials: cloud.Bucket["credentials"];

  constructor(
    name: string,
    args: cloud.BucketArgs & { readonly home: Home },
    opts: pulumi.ComponentResourceOptions,
  ) {
    super("berth:gcp:Bucket", name, {}, opts);
    const { plan, provider, random } = args.home;
    const { keepDays, protect, tags } = args;
    const child = { parent: this, provider };
    const bucket =
      args.existing ??
      new gcp.storage.Bucket(
        `${name}-files`,
        {
          // Names are shared by all of Google's customers.
          name: pulumi.interpolate`${physicalName(plan.prefix, "backups", 54)}-${suffix(`${name}-suffix`, {}, random, this)}`,
          location: plan.region!,
          uniformBucketLevelAccess: true,
          publicAccessPrevention: "enforced",
          versioning: { enabled: true },
          lifecycleRules: [
            { action: { type: "Delete" }, condition: { daysSinceNoncurrentTime: keepDays } },
          ],
          // Between 7 and 90 days (https://cloud.google.com/storage/docs/soft-delete).
          softDeletePolicy: { retentionDurationSeconds: Math.min(90, Math.max(7, keepDays)) * day },
          labels: labels(tags),
        },
        // Backups outlive the stack.
        { ...child, protect, retainOnDelete: true, deleteBeforeReplace: true },
      ).name;
    const account = new gcp.serviceaccount.Account(
      `${name}-writer`,
      {
        accountId: physicalName(plan.prefix, "backups", 30),
        displayName: `Backups of ${plan.prefix}`,
      },
      // Its name is unique in the project.
      { ...child, deleteBeforeReplace: true },
    );
    const rights = new gcp.storage.BucketIAMMember(
      `${name}-writer-rights`,
      // Objects alone: neither the bucket's settings nor who may use it.
      { bucket, role: "roles/storage.objectUser", member: account.member },
      { ...child, deleteBeforeReplace: true },
    );
    const key = new gcp.storage.HmacKey(
      `${name}-key`,
      { serviceAccountEmail: account.email },
      // A key in use is deleted after the new one is made.
      { ...child, deleteBeforeReplace: false, dependsOn: rights },
    );
    this.repository = pulumi.interpolate`s3:https://storage.googleapis.com/${bucket}`;
    this.credentials = {
      AWS_ACCESS_KEY_ID: pulumi.secret(key.accessId),
      AWS_SECRET_ACCESS_KEY: pulumi.secret(key.secret),
    };
    this.registerOutputs({ repository: this.repository });
  }
}
