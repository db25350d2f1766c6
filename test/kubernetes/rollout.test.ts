import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { at } from "../rig/kube/at";
import { ClusterBench, said, shop } from "./rig";

interface Release {
  readonly web: string;
  readonly migrate?: string;
}

const file = ({ web, migrate = "shop/migrate:1" }: Release): string => `
name: shop
services:
  migrate:
    image: ${migrate}
    command: [migrate]
    restart: "no"
    depends_on: { db: { condition: service_started } }
  web:
    image: ${web}
    restart: unless-stopped
    ports: ["8000:8000"]
    healthcheck: { test: [CMD, /web, check], interval: 1s }
    depends_on: { migrate: { condition: service_completed_successfully } }
    deploy: { replicas: 3, update_config: { order: start-first } }
  db:
    image: postgres:17
    restart: unless-stopped
    environment: { POSTGRES_PASSWORD: secret }
    volumes: ["data:/var/lib/postgresql/data"]
volumes: { data: {} }
`;

describe("a release on a cluster", function () {
  this.timeout(300_000);
  const folder = mkdtempSync(join(tmpdir(), "berth-cluster-"));
  const compose = join(folder, "compose.yaml");
  let bench: ClusterBench | undefined;

  const release = (what: Release): void => {
    writeFileSync(compose, file(what));
  };

  /** Names of the pods that are ready, by image. */
  const serving = async (): Promise<Record<string, string[]>> => {
    const found: Record<string, string[]> = {};
    for (const pod of await bench!.objects("v1", "Pod")) {
      const [container] = at(pod, "spec.containers") as { image: string }[];
      const conditions = (at(pod, "status.conditions") ?? []) as Record<string, string>[];
      if (conditions.some(({ type, status }) => type === "Ready" && status === "True"))
        (found[container!.image] ??= []).push(pod.metadata.name);
    }
    return found;
  };

  before(async function () {
    release({ web: "shop/web:1" });
    bench = await ClusterBench.create(this, {
      project: "impatient",
      config: {
        ...shop(compose),
        databases: { db: "container" },
      },
    });
  });

  after(async () => {
    await bench?.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  it("runs the migration first, then the service", async () => {
    const run = await bench!.stack.up();
    assert.equal(run.code, 0, said(run));
    assert.equal((await serving())["shop/web:1"]?.length, 3);
    const [job] = await bench!.objects("batch/v1", "Job");
    const [web] = (await bench!.objects("apps/v1", "Deployment")).filter(({ metadata }) =>
      metadata.name.includes("web"),
    );
    const ended = Date.parse(String(at(job, "status.completionTime")));
    assert.ok(ended <= Date.parse(String(at(web, "metadata.creationTimestamp"))));
  });

  it("replaces every pod by one of the new version", async () => {
    release({ web: "shop/web:2" });
    const run = await bench!.stack.up();
    assert.equal(run.code, 0, said(run));
    const pods = await serving();
    assert.equal(pods["shop/web:2"]?.length, 3);
    assert.equal(pods["shop/web:1"], undefined);
    const touched = run.steps.filter(({ op }) => op !== "same");
    assert.deepEqual(
      [...new Set(touched.map(({ type }) => type))],
      ["kubernetes:apps/v1:Deployment"],
    );
  });

  it("fails with a version that no registry has, with that reason, and the old pods stay", async () => {
    const before = (await serving())["shop/web:2"];
    release({ web: "shop/no-such-image:3" });
    const run = await bench!.stack.up();
    assert.notEqual(run.code, 0, "it went green");
    assert.match(said(run), /Back-off pulling image shop\/no-such-image:3/);
    assert.deepEqual((await serving())["shop/web:2"], before);
  });

  it("fails with a migration that fails, shows its last lines, and rolls nothing out", async () => {
    release({ web: "shop/web:4", migrate: "shop/always-fails:2" });
    const run = await bench!.stack.up();
    assert.notEqual(run.code, 0, "it went green");
    assert.match(said(run), /cannot find the flux capacitor/);
    const pods = await serving();
    assert.equal(pods["shop/web:2"]?.length, 3);
    assert.equal(pods["shop/web:4"], undefined);
  });

  it("recovers with a version that works", async () => {
    release({ web: "shop/web:5", migrate: "shop/migrate:3" });
    const run = await bench!.stack.up();
    assert.equal(run.code, 0, said(run));
    assert.deepEqual(await bench!.unready(), []);
    assert.equal((await serving())["shop/web:5"]?.length, 3);
    const again = await bench!.stack.up();
    assert.deepEqual(Object.keys(again.changes), ["same"], said(again));
  });

  it("destroys all but what is protected", async () => {
    const run = await bench!.stack.destroy({ args: ["--exclude-protected"] });
    assert.equal(run.code, 0, said(run));
    assert.deepEqual(await bench!.objects("apps/v1", "Deployment"), []);
    const claims = await bench!.objects("v1", "PersistentVolumeClaim");
    assert.equal(claims.length, 1);
    assert.equal(at(claims[0], "status.phase"), "Bound");
  });
});
