import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { catalogs } from "../../components/clouds";
import type { CloudName } from "../../components/clouds/list";
import { names, root } from "./contract";

describe("loading a cloud", () => {
  const sdkOf = (cloud: CloudName): string => {
    const { namespace } = catalogs[cloud]().config;
    return typeof namespace === "string" ? namespace : namespace.vm;
  };
  const sdks = [...names.map(sdkOf), "kubernetes", "docker"];
  const loaded = (code: string): string[] => {
    const script = `${code}; console.log(JSON.stringify(Object.keys(require.cache)))`;
    const said = execFileSync(process.execPath, ["-r", "ts-node/register", "-e", script], {
      cwd: root,
      encoding: "utf8",
    });
    const files = JSON.parse(said.trim().split("\n").pop()!) as string[];
    return sdks.filter((sdk) => files.some((file) => file.includes(`/@pulumi/${sdk}/`)));
  };

  for (const cloud of [...names, "local"] as const)
    it(`of ${cloud} loads no other cloud's SDK`, () => {
      const code = `require("./components/clouds").clouds[${JSON.stringify(cloud)}]()`;
      assert.deepEqual(loaded(code), cloud === "local" ? [] : [sdkOf(cloud)]);
    }).timeout(120_000);

  it("loads no SDK for what the clouds offer", () => {
    const code = `for (const catalog of Object.values(require("./components/clouds").catalogs)) catalog()`;
    assert.deepEqual(loaded(code), []);
  }).timeout(120_000);
});
