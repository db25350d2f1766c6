import assert from "node:assert/strict";
import { enoughSpace } from "../../components/docker/engine/free-space";

const plan = { project: "berth", stack: "qa" };
const table = (available: number): string =>
  `Filesystem 1024-blocks Used Available Capacity Mounted on\noverlay 41152736 1 ${available} 60% /\n`;
const engine = (answer: () => Promise<string>, found = [{ id: "c1", name: "page" }]) => ({
  list: () => Promise.resolve(found),
  exec: answer,
});

describe("the room on a machine's disk", () => {
  it("refuses an update with less than 2 GiB free, with a remedy", async () => {
    await assert.rejects(
      enoughSpace(
        engine(() => Promise.resolve(table(1_363_149))),
        plan,
      ),
      {
        message:
          "docker: the machine's disk has 1.3 GiB free, and an update needs 2; remove images that nothing uses (docker image prune -a), or take a larger berth:disk",
      },
    );
  });

  it("accepts one with 2 GiB", () =>
    enoughSpace(
      engine(() => Promise.resolve(table(2 * 1024 * 1024))),
      plan,
    ));

  it("accepts a machine without containers, or with one that does not answer", async () => {
    const never = (): Promise<string> => Promise.reject(new Error("not running"));
    await enoughSpace(engine(never, []), plan);
    await enoughSpace(engine(never), plan);
  });
});
