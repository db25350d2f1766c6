import assert from "node:assert/strict";
import { planOf } from "../plan/make";
import { deploy, type Deployment } from "./deploy";

const target = "/srv/static";

/** A backend whose image has files for a volume that a web server reads. */
function shop(nocopy = false): Promise<Deployment> {
  const mount = { type: "volume", source: "static", target, volume: { nocopy } } as const;
  return deploy(
    planOf(
      {
        backend: { image: "backend", build: { context: "/work" }, volumes: [mount] },
        web: { image: "nginx:1.29", volumes: [{ ...mount, read_only: true }] },
      },
      {},
      { volumes: { static: { name: "static" } } },
    ),
  );
}

const part = "box-backend-image-files-static";

describe("what an image has for a volume that others only read", function () {
  this.timeout(120_000);

  it("is put there by Docker and BusyBox, before the service starts", async () => {
    const made = await shop();
    const { image, start, volumes } = made.of(`${part}-holder`).inputs;
    assert.equal(start, false);
    assert.equal(image, made.of("box-backend-1").inputs.image);
    assert.deepEqual(volumes, [{ volumeName: made.of(part).inputs.name, containerPath: target }]);
    const copied = made.of(`${part}-copy`).inputs.volumes as { volumeName: string }[];
    assert.deepEqual(
      copied.map(({ volumeName }) => volumeName),
      [made.of(part).inputs.name, made.of("box-volume-static").inputs.name],
    );
    const before = made.of("box-backend-1").dependencies.map((urn) => urn.split("::").pop());
    assert.ok(before.includes(`${part}-copy`));
  });

  it("stays out of a volume with nocopy", async () => {
    const made = await shop(true);
    assert.deepEqual(
      made.resources.filter(({ name }) => name.includes("image-files")),
      [],
    );
  });
});
