import assert from "node:assert/strict";
import { clouds } from "../../components/clouds";
import type { Properties } from "../../components/clouds/preview";
import { machineArgs, only } from "./contract";
import { cloudArgs, planFor } from "./plan";
import { record, type Registration } from "./record";

type Answers = Readonly<Record<string, (inputs: Properties) => Properties>>;

async function instance(answers: Answers): Promise<Registration> {
  const found = await record(async () => {
    const made = new (clouds["aws"]())(cloudArgs(planFor("aws", "vm")));
    await made.lookUp!();
    made.machine("qa-machine", machineArgs("aws"), {});
  }, answers);
  return only(found, /ec2\/instance:/);
}

const address = (instanceId: string): Answers => ({
  "aws:ec2/getEips:getEips": ({ tags }) => ({
    allocationIds: (tags as Properties)["Name"] === "bigga-qa-machine" ? ["eipalloc-7"] : [],
  }),
  "aws:ec2/getElasticIp:getElasticIp": () => ({ instanceId }),
  "aws:ec2/getInstances:getInstances": () => ({ ids: [] }),
});
const standing = (userData: string): Answers => ({
  ...address("i-7"),
  "aws:ec2/getInstance:getInstance": ({ instanceId }) => ({
    ami: instanceId === "i-7" ? "ami-old" : "ami-other",
    userDataBase64: Buffer.from(userData).toString("base64"),
  }),
});

describe("the image of a machine on AWS", function () {
  this.timeout(120_000);
  let current: unknown;
  let userData: string;

  before(async () => {
    const { inputs, ignoreChanges } = await instance({});
    current = inputs["ami"];
    const secret = inputs["userData"];
    userData = typeof secret === "string" ? secret : String((secret as Properties)["value"]);
    // What stands is not known: no image replaces it.
    assert.ok(ignoreChanges.includes("ami"));
  });

  it("stays that of a machine that stays", async () => {
    const { inputs, ignoreChanges, secrets } = await instance(standing(userData));
    assert.equal(inputs["ami"], "ami-old");
    assert.ok(!ignoreChanges.includes("ami"));
    assert.ok(!secrets.includes("ami"));
  });

  it("is the current one where its user-data replaces the machine", async () => {
    const { inputs, ignoreChanges } = await instance(standing(`${userData}# more`));
    assert.equal(inputs["ami"], current);
    assert.ok(!ignoreChanges.includes("ami"));
  });

  it("is the current one where the machine is gone, so that a withdrawn image is no end", async () => {
    const { inputs, ignoreChanges } = await instance(address(""));
    assert.equal(inputs["ami"], current);
    assert.ok(!ignoreChanges.includes("ami"));
  });
});
