import assert from "node:assert/strict";
import { clouds } from "../../components/clouds";
import type { CloudName } from "../../components/clouds/list";
import type { Properties } from "../../components/clouds/preview";
import type { Plan } from "../../components/plan/plan";
import { clusterArgs } from "./contract";
import { cloudArgs, planFor } from "./plan";
import { record, type Registration } from "./record";

const ship = "arn:aws:iam::210987654321:role/ci/ship";
const ada = "arn:aws:iam::210987654321:user/ada";

/** What a cluster with these administrators registers; `answers` are those of functions. */
async function recorded(
  cloud: CloudName,
  admins: readonly string[],
  answers: Readonly<Record<string, (inputs: Properties) => Properties>> = {},
): Promise<Registration[]> {
  const args = { ...clusterArgs(cloud), admins };
  const plan: Plan = { ...planFor(cloud, "cluster"), cluster: args };
  return record(async () => {
    const made = new (clouds[cloud]())(cloudArgs(plan));
    await made.lookUp?.();
    made.cluster!("qa-cluster", args, {});
  }, answers);
}

const granted = (all: readonly Registration[]): string[] =>
  all.filter(({ name }) => name.includes("-admin-")).map(({ name }) => name);

const without = (all: readonly Registration[]): string[] =>
  all.filter(({ name }) => !name.includes("-admin-")).map((one) => JSON.stringify(one.inputs));

describe("the administrators of a cluster", function () {
  this.timeout(120_000);

  it("each have an entry on EKS, with the policy, and one more changes no other", async () => {
    const one = await recorded("aws", [ship]);
    const both = await recorded("aws", [ada, ship]);
    const names = ["role-ship", "role-ship-policy"].map(
      (role) => `qa-cluster-admin-210987654321-${role}`,
    );
    assert.deepEqual(granted(one), names);
    assert.deepEqual(
      granted(both).filter((name) => !names.includes(name)),
      ["user-ada", "user-ada-policy"].map((role) => `qa-cluster-admin-210987654321-${role}`),
    );
    assert.deepEqual(without(one), without(both));
    const [entry, policy] = names.map((name) => both.find((found) => found.name === name)!);
    assert.equal(entry!.inputs["principalArn"], ship);
    assert.deepEqual(policy!.inputs, {
      clusterName: entry!.inputs["clusterName"],
      principalArn: ship,
      policyArn: "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy",
      accessScope: { type: "cluster" },
    });
    assert.equal(entry!.deleteBeforeReplace, true);
  });

  it("get no second entry when they are who makes the cluster now", async () => {
    const arn = "arn:aws:sts::210987654321:assumed-role/ship/run-7";
    const found = await recorded("aws", [ada, ship], {
      "aws:index/getCallerIdentity:getCallerIdentity": () => ({ arn }),
    });
    assert.deepEqual(granted(found), [
      "qa-cluster-admin-210987654321-user-ada",
      "qa-cluster-admin-210987654321-user-ada-policy",
    ]);
  });

  it("get no second entry when they made a cluster that stands, and keep their own", async () => {
    const cluster = (await recorded("aws", [])).find(({ type }) => /eks\/cluster:/.test(type))!;
    const found = await recorded("aws", [ada, ship], {
      "aws:eks/getClusters:getClusters": () => ({ names: [cluster.inputs["name"]] }),
      // The caller is an administrator by an entry that this stack made.
      "aws:index/getCallerIdentity:getCallerIdentity": () => ({ arn: ada }),
      "aws:eks/getAccessEntry:getAccessEntry": ({ principalArn }) => ({
        tags: principalArn === ada ? { Name: "qa-cluster-admin" } : {},
      }),
    });
    assert.deepEqual(granted(found), [
      "qa-cluster-admin-210987654321-user-ada",
      "qa-cluster-admin-210987654321-user-ada-policy",
    ]);
  });

  it("have full rights on clusters on Google Cloud, each by its own binding", async () => {
    const members = ["group:ops@acme.example", "serviceAccount:ci@acme.iam.gserviceaccount.com"];
    const found = await recorded("gcp", members);
    const bound = found.filter(({ name }) => name.includes("-admin-"));
    assert.deepEqual(
      bound.map(({ name, inputs }) => [name, inputs["role"], inputs["member"]]),
      members.map((member) => [
        `qa-cluster-admin-${member.replace(":", "-")}`,
        "roles/container.admin",
        member,
      ]),
    );
    assert.deepEqual(without(found), without(await recorded("gcp", [])));
  });
});
