import assert from "node:assert/strict";
import { clouds } from "../../components/clouds";
import type { CloudName } from "../../components/clouds/list";
import { cloudArgs, planFor } from "./plan";
import { record } from "./record";

/** What each cloud says of its credentials, when the settings name this account. */
const said = async (cloud: CloudName, account?: string): Promise<string | undefined> => {
  let problem: string | undefined;
  await record(async () => {
    const plan = planFor(cloud, "vm", account === undefined ? {} : { account });
    problem = await new (clouds[cloud]())(cloudArgs(plan)).checkAccount?.();
  });
  return problem;
};

const providerOf = async (
  cloud: CloudName,
  provider: Readonly<Record<string, string>>,
): Promise<Readonly<Record<string, unknown>>> => {
  const all = await record(() => {
    new (clouds[cloud]())(cloudArgs(planFor(cloud, "vm", { provider })));
  });
  const found = all.find(({ type }) => type === `pulumi:providers:${cloud}`);
  assert.ok(found);
  return found.inputs;
};

describe("the account of a stack", () => {
  const own = { aws: "123456789012", gcp: "example-project", digitalocean: "owner@example.com" };

  for (const cloud of ["aws", "gcp", "digitalocean"] as const) {
    it(`is not asked for on ${cloud} when the settings name none`, async () => {
      assert.equal(await said(cloud), undefined);
    });

    it(`is the one that the credentials of ${cloud} belong to, or one line says it is not`, async () => {
      assert.equal(await said(cloud, own[cloud]), undefined);
      const problem = await said(cloud, "someone-else");
      assert.match(problem ?? "", /^account: .*, not (to|in) someone-else; /);
      assert.ok(problem?.includes(own[cloud]));
      assert.doesNotMatch(problem ?? "", /\n/);
    });
  }
}).timeout(120_000);

describe("a cloud's provider", () => {
  it("gets every key of its namespace, in the form that it wants", async () => {
    const aws = await providerOf("aws", { profile: "acme", maxRetries: "5", insecure: "false" });
    assert.deepEqual(
      [aws["profile"], aws["maxRetries"], aws["insecure"], aws["region"]],
      ["acme", "5", "false", "eu-central-1"],
    );
    const gcp = await providerOf("gcp", { project: "acme-qa", userProjectOverride: "true" });
    assert.deepEqual(
      [gcp["project"], gcp["userProjectOverride"], gcp["region"], gcp["zone"]],
      ["acme-qa", "true", "europe-west1", "europe-west1-b"],
    );
    const ocean = await providerOf("digitalocean", {
      token: "t",
      httpRetryMax: "9",
      region: "ams3",
    });
    assert.deepEqual([ocean["httpRetryMax"], ocean["region"]], ["9", undefined]);
    assert.match(JSON.stringify(ocean["token"]), /4dabf18193072939515e22adb298388d/);
  }).timeout(120_000);

  it("is refused other accounts by AWS itself", async () => {
    const all = await record(() => {
      new (clouds.aws())(cloudArgs(planFor("aws", "vm", { account: "123456789012" })));
    });
    const { inputs } = all.find(({ type }) => type === "pulumi:providers:aws")!;
    assert.equal(inputs["allowedAccountIds"], '["123456789012"]');
  }).timeout(120_000);
});
