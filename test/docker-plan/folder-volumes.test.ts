import assert from "node:assert/strict";
import type { VolumeMount } from "../../components/compose/app";
import { planOf, snapshot } from "../plan/make";
import { deploy, type Deployment } from "./deploy";

const bind = (source: string, target: string, read_only = false): VolumeMount => ({
  type: "bind",
  source,
  target,
  read_only,
});

/** A shop that writes pictures, what makes small ones in a folder of them, and what reads them all. */
function shop(): Promise<Deployment> {
  const files = Object.fromEntries(
    ["/project/pictures", "/project/pictures/small"].map((path) => [
      path,
      snapshot({ ignored: true }),
    ]),
  );
  return deploy(
    planOf(
      {
        front: { image: "nginx:1.29", volumes: [bind("/project/pictures", "/html", true)] },
        resize: { image: "resize:1", volumes: [bind("/project/pictures/small", "/out")] },
        shop: { image: "shop:1", volumes: [bind("/project/pictures", "/shop/pictures")] },
      },
      {},
      { files },
    ),
  );
}

const volume = "box-volume-pictures-752f50";
const last = (urn: string): string => urn.split("::").pop()!;

describe("the volume of a folder on a Docker host", function () {
  this.timeout(120_000);

  it("is one that an older stack has, under the name it has there", async () => {
    const { aliases, ignoreChanges, protect, inputs } = (await shop()).of(volume);
    assert.deepEqual(
      aliases.map((alias) => last(alias)),
      ["box-volume-shop-shop-pictures", "box-volume-front-html"],
    );
    assert.deepEqual(ignoreChanges, ["labels", "name"]);
    assert.equal(protect, true);
    assert.equal(inputs["name"], "shop-qa-pictures-752f50");
  });

  it("is mounted by all, and by a folder of it where one is inside of it", async () => {
    const made = await shop();
    const { name } = made.of(volume).inputs;
    const volumes = (service: string) => made.of(`box-${service}-1`).inputs["volumes"];
    assert.deepEqual(volumes("shop"), [
      { volumeName: name, containerPath: "/shop/pictures", readOnly: false },
    ]);
    assert.deepEqual(volumes("front"), [
      { volumeName: name, containerPath: "/html", readOnly: true },
    ]);
    assert.deepEqual(made.of("box-resize-1").inputs["mounts"], [
      {
        type: "volume",
        source: name,
        target: "/out",
        readOnly: false,
        volumeOptions: { subpath: "small" },
      },
    ]);
  });

  it("has its folders before a container mounts one, and its first user's files before these", async () => {
    const made = await shop();
    const before = (resource: string): string[] => made.of(resource).dependencies.map(last);
    assert.ok(before("box-resize-1").includes(`${volume}-folders`));
    assert.ok(!before("box-shop-1").includes(`${volume}-folders`));
    assert.ok(before(`${volume}-folders`).includes(`${volume}-folders-holder`));
    const { name } = made.of(volume).inputs;
    const folders = made.of(`${volume}-folders`).inputs;
    assert.equal((folders["command"] as string[]).at(-1), "small");
    assert.deepEqual(folders["volumes"], [{ volumeName: name, containerPath: "/volume" }]);
    const holder = made.of(`${volume}-folders-holder`).inputs;
    assert.equal(holder["start"], false);
    assert.equal(holder["image"], made.of("box-shop-1").inputs["image"]);
    assert.deepEqual(holder["volumes"], [{ volumeName: name, containerPath: "/shop/pictures" }]);
  });
});
