import assert from "node:assert/strict";
import { clouds } from "../../components/clouds";
import type { Properties } from "../../components/clouds/preview";
import { clusterArgs, only } from "./contract";
import { cloudArgs, planFor } from "./plan";
import { record, type Registration } from "./record";

type Answers = Readonly<Record<string, (inputs: Properties) => Properties>>;

const isControlPlane = /eks\/cluster:/;
const isPool = /eks\/nodeGroup:/;

async function recorded(answers: Answers): Promise<Registration[]> {
  const args = clusterArgs("aws");
  const plan = { ...planFor("aws", "cluster"), cluster: args };
  return record(async () => {
    const made = new (clouds["aws"]())(cloudArgs(plan));
    await made.lookUp!();
    made.cluster!("qa-cluster", args, {});
  }, answers);
}

const fails = (): never => {
  throw new Error("AccessDenied");
};

describe("the versions of a cluster on AWS", function () {
  this.timeout(120_000);
  let name: string;
  let wanted: string;
  const minor = (more: number): string => `1.${Number(wanted.split(".")[1]) + more}`;
  const stands = (version: string): Answers => ({
    "aws:eks/getClusters:getClusters": () => ({ names: [name] }),
    "aws:eks/getCluster:getCluster": () => ({ version }),
  });

  before(async () => {
    const { inputs } = only(await recorded({}), isControlPlane);
    name = String(inputs["name"]);
    wanted = String(inputs["version"]);
  });

  it("go up by one at a time, and never down from what EKS has upgraded to", async () => {
    for (const [now, then, ignored] of [
      [minor(-3), minor(-2), false],
      [minor(0), minor(0), false],
      [minor(2), minor(2), true],
    ] as const) {
      const own = await recorded(stands(now));
      const { inputs, ignoreChanges } = only(own, isControlPlane);
      assert.equal(inputs["version"], then);
      assert.equal(ignoreChanges.includes("version"), ignored);
      assert.equal(only(own, isPool).inputs["version"], then);
    }
  });

  it("of a new cluster are supported ones", async () => {
    const made = async (...versions: string[]): Promise<unknown> => {
      const own = await recorded({
        "aws:eks/getClusterVersions:getClusterVersions": ({ versionStatus }) => ({
          clusterVersions:
            versionStatus === "STANDARD_SUPPORT"
              ? versions.map((clusterVersion) => ({ clusterVersion }))
              : [],
        }),
      });
      return only(own, isControlPlane).inputs["version"];
    };
    assert.equal(await made(minor(1), minor(0), minor(-1)), wanted);
    assert.equal(await made(minor(4), minor(2), minor(3)), minor(2));
  });

  it("of add-ons are the newest for its own version", async () => {
    const own = await recorded({
      ...stands(minor(1)),
      "aws:eks/getAddonVersion:getAddonVersion": (asked) => ({
        version: `${String(asked["addonName"])} ${String(asked["kubernetesVersion"])} ${String(asked["mostRecent"])}`,
      }),
    });
    const addons = own.filter(({ type }) => /eks\/addon:/.test(type));
    assert.equal(addons.length, 4);
    for (const { inputs } of addons)
      assert.equal(inputs["addonVersion"], `${String(inputs["addonName"])} ${minor(1)} true`);
  });

  it("of the nodes' image follow the newest after a month", async () => {
    const made = async (now: string | undefined, newest: string): Promise<unknown> => {
      const own = await recorded({
        "aws:eks/getNodeGroups:getNodeGroups": () => ({ names: now === undefined ? [] : ["a"] }),
        "aws:eks/getNodeGroup:getNodeGroup": () => ({ releaseVersion: now }),
        "aws:ssm/getParameter:getParameter": ({ name: asked }) => ({
          value: String(asked).includes(`/${wanted}/amazon-linux-2023/x86_64/`) ? newest : "other",
        }),
      });
      return only(own, isPool).inputs["releaseVersion"];
    };
    assert.equal(await made(undefined, "1.35.1-20261102"), "1.35.1-20261102");
    assert.equal(await made("1.35.1-20261003", "1.35.2-20261102"), "1.35.1-20261003");
    assert.equal(await made("1.35.1-20261002", "1.35.2-20261102"), "1.35.2-20261102");
    assert.equal(await made("1.34.9-20261101", "1.35.2-20261102"), "1.35.2-20261102");
  });

  it("stay what things were made with where the account does not answer", async () => {
    const own = await recorded({
      "aws:eks/getClusters:getClusters": fails,
      "aws:eks/getAddonVersion:getAddonVersion": fails,
      "aws:ssm/getParameter:getParameter": fails,
    });
    assert.equal(only(own, isControlPlane).inputs["version"], wanted);
    assert.equal(only(own, isPool).inputs["releaseVersion"], undefined);
    for (const { type, inputs } of own)
      if (/eks\/addon:/.test(type)) assert.equal(inputs["addonVersion"], undefined);
  });
});
