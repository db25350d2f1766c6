import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { catalogs, clouds } from "../../components/clouds";
import { names, tags } from "./contract";
import { cloudArgs, planFor } from "./plan";
import { record, type Registration } from "./record";

for (const cloud of names.filter((name) => catalogs[name]().can.buckets))
  describe(`a bucket for backups on ${cloud}`, () => {
    let made: readonly Registration[];
    let existing: readonly Registration[];
    const said: Record<string, string> = {};
    const bucket = (type: string): boolean =>
      /(s3\/bucket:Bucket|storage\/bucket:Bucket|SpacesBucket)$/.test(type);

    before(async function () {
      this.timeout(120_000);
      const recorded = (found: string | null): Promise<Registration[]> =>
        record(() => {
          const { repository, credentials } = new (clouds[cloud]())(cloudArgs(planFor(cloud, "vm")))
            .bucket!("qa-backups", { existing: found, keepDays: 14, tags, protect: true }, {});
          pulumi.all({ repository, ...credentials }).apply((all) => {
            if (found === null) Object.assign(said, all);
          });
        });
      made = await recorded(null);
      existing = await recorded("mine");
    });

    it("keeps old versions for so many days, and stays when the stack goes", () => {
      const { inputs, protect, retainOnDelete } = made.find(({ type }) => bucket(type))!;
      assert.deepEqual([protect, retainOnDelete], [true, true]);
      const all = JSON.stringify(made.map((one) => one.inputs));
      assert.match(
        all,
        /"(noncurrentDays|daysSinceNoncurrentTime)":14|"noncurrentVersionExpiration":{"days":14}/,
      );
      assert.match(
        all,
        /"versioning":{"enabled":true}|"versioningConfiguration":{"status":"Enabled"}/,
      );
      assert.notEqual(inputs["forceDestroy"], true);
    });

    it("lets the machine's key delete no version, and change nothing of the bucket", () => {
      const all = JSON.stringify(made.map(({ type, inputs }) => [type, inputs]));
      const rights = made.flatMap(({ type, inputs }) =>
        type === "aws:iam/userPolicy:UserPolicy"
          ? (
              JSON.parse(String(inputs["policy"])) as { Statement: { Action: string[] }[] }
            ).Statement.flatMap(({ Action }) => Action)
          : [],
      );
      if (cloud === "aws")
        assert.deepEqual(rights.sort(), [
          "s3:DeleteObject",
          "s3:GetBucketLocation",
          "s3:GetObject",
          "s3:ListBucket",
          "s3:PutObject",
        ]);
      else if (cloud === "gcp") {
        // Those who may delete objects cannot switch soft delete off.
        assert.match(all, /"softDeletePolicy":{"retentionDurationSeconds":1209600}/);
        const roles = made.flatMap(({ inputs }) => inputs["role"] ?? []);
        assert.deepEqual(roles, ["roles/storage.objectUser"]);
      } else {
        assert.match(
          all,
          /\\"Effect\\":\\"Deny\\",\\"Principal\\":\\"\*\\",\\"Action\\":\[\\"s3:DeleteObjectVersion\\"\]/,
        );
        const writer = made.find(({ name }) => name === "qa-backups-writer")!;
        assert.match(JSON.stringify(writer.inputs), /"permission":"readwrite"/);
      }
    });

    it("is opened by restic with what it gives", () => {
      assert.match(said["repository"] ?? "", /^s3:https:\/\/[a-z0-9.-]+\/.+/);
      assert.ok(said["AWS_ACCESS_KEY_ID"]);
      assert.ok(said["AWS_SECRET_ACCESS_KEY"]);
    });

    it("is left alone where it exists already", () => {
      assert.ok(!existing.some(({ type }) => bucket(type)));
      assert.ok(existing.some(({ inputs }) => JSON.stringify(inputs).includes("mine")));
    });
  });
