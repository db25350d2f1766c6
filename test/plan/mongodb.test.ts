import assert from "node:assert/strict";
import { plan } from "../../components/plan";
import { formatProblem } from "../../components/problem";
import { app, offer, settings } from "./make";

describe("a managed MongoDB", () => {
  const problems = (environment: Record<string, string>, mode: "managed" | "container"): string[] =>
    plan(
      app({ mongo: { restart: "always", image: "mongo:8", environment } }),
      settings({ databases: { mongo: { mode } } }),
      { ...offer, engines: { mongodb: { ...offer.engines.postgres!, versions: ["8.0", "8"] } } },
    ).problems.map(formatProblem);
  const root = { MONGO_INITDB_ROOT_USERNAME: "root", MONGO_INITDB_ROOT_PASSWORD: "own" };

  it("asks for the user that a container could do without", () => {
    const asked = [
      "services.mongo.environment: a managed MongoDB asks for a user; set MONGO_INITDB_ROOT_USERNAME and MONGO_INITDB_ROOT_PASSWORD, and use them in the application's URL",
    ];
    assert.deepEqual(problems({}, "managed"), asked);
    assert.deepEqual(problems({ MONGO_INITDB_ROOT_USERNAME: "root" }, "managed"), asked);
    assert.deepEqual(problems(root, "managed"), []);
    assert.deepEqual(problems({}, "container"), []);
  });
});
