import assert from "node:assert/strict";
import { newEnough } from "../../components/docker/engine/api-version";
import { planOf, type Loose } from "../plan/make";

const asking: Record<string, Loose> = {
  db: { volumes: [{ type: "volume", source: "data", target: "/d", volume: { nocopy: true } }] },
  web: { healthcheck: { test: ["CMD", "true"], start_interval: "1s" } },
};
const more = { volumes: { data: { name: "shop_data" } } };
const docker = (version: string): { version: () => Promise<string> } => ({
  version: () => Promise.resolve(version),
});

describe("a Docker that is too old for what the file asks", () => {
  it("is reported for every key at once, before anything is changed", async () => {
    await assert.rejects(newEnough(docker("1.41"), planOf(asking, {}, more)), {
      message: [
        "services.db.volumes: nocopy or subpath of a volume, or a folder inside another mounted one, needs Docker 26 (API 1.45), and this one speaks 1.41; update Docker, or remove the key",
        "services.web.healthcheck.start_interval: needs Docker 25 (API 1.44), and this one speaks 1.41; update Docker, or remove the key",
      ].join("\n"),
    });
    await assert.rejects(
      newEnough(docker("1.44"), planOf(asking, {}, more)),
      /^Error: services\.db/,
    );
  });

  it("is none when it speaks the API that has them, or when nothing asks", async () => {
    await newEnough(docker("1.45"), planOf(asking, {}, more));
    const never = { version: () => Promise.reject(new Error("asked")) };
    await newEnough(never, planOf({ web: {} }));
  });
});
