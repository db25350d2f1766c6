import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { bring, call, deepTwice, eventually, touched, up } from "./example";
import { needsDocker, type Bench } from "./rig";

interface Campaign {
  readonly id: number;
  readonly report: object | null;
  readonly worker: string | null;
}

describe("Qwaya on Docker, through the real engine", function () {
  this.timeout(600_000);
  const host = "localhost";
  let bench: Bench;

  before(async function () {
    needsDocker(this);
    bench = await bring("qwaya");
  });
  after(async () => {
    await (bench as Bench | undefined)?.dispose();
  });

  const only = (service: string): string =>
    bench.containers().find((name) => name.includes(`-${service}-`))!;

  it("comes up, reads and writes MySQL and Redis, and sends a mail to the catcher", async () => {
    await up(bench);
    await deepTwice(bench, host, ["mysql", "redis", "mail"]);
  });

  it("serves static files that the backend's image brought into the volume", async () => {
    const { status, body } = await call(bench, host, "/static/version.txt");
    assert.equal(status, 200, body);
    assert.equal(bench.docker("exec", only("web"), "cat", "/srv/static/version.txt"), body.trim());
    assert.match((await call(bench, host, "/")).body, /\/static\/site\.css/);
  });

  it("has reports made by workers, two of them, and a mail for each", async () => {
    const { status, body } = await call(bench, host, "/api/campaigns", {
      name: "by a test",
      budget: "40000",
    });
    assert.equal(status, 201, body);
    const { id } = JSON.parse(body) as Campaign;
    let campaign: Campaign | undefined;
    await eventually(30, async () => {
      const answer = await call(bench, host, `/api/campaigns/${id}`);
      campaign = JSON.parse(answer.body) as Campaign;
      return campaign.report !== null;
    });
    const workers = bench.containers().filter((name) => name.includes("-worker-"));
    assert.equal(workers.length, 2);
    const hosts = workers.map((name) =>
      bench.docker("inspect", "-f", "{{.Config.Hostname}}", name),
    );
    assert.ok(hosts.includes(String(campaign?.worker)), JSON.stringify(campaign));
    assert.ok(
      await eventually(30, async () =>
        (await call(bench, "mail.localhost", "/api/v1/messages")).body.includes(
          "Report: by a test",
        ),
      ),
      "the worker's mail did not arrive",
    );
  });

  it("reaches the database by its link's name, with the character set of the mounted file", () => {
    const database = bench.docker("exec", only("backend"), "printenv", "MYSQL_HOST");
    assert.equal(database, "database");
    const set = bench.docker(
      ...["exec", only("databasemaster"), "sh", "-c"],
      'mysql -uroot -p"$MYSQL_ROOT_PASSWORD" -N -e "SELECT @@character_set_server" 2>/dev/null',
    );
    assert.equal(set, "utf8mb4");
  });

  it("changes nothing the second time", async () => {
    await up(bench, { unchanged: true });
  });

  it("brings the new static files when the backend alone is deployed again", async () => {
    const before = [only("web"), only("databasemaster"), only("redis")];
    writeFileSync(join(bench.folder, "qwaya/backend/static/version.txt"), "of the test\n");
    const run = await up(bench);
    assert.equal((await call(bench, host, "/static/version.txt")).body, "of the test\n");
    assert.deepEqual([only("web"), only("databasemaster"), only("redis")], before);
    assert.deepEqual(
      touched(run).filter((name) => /-(web|databasemaster|redis|mail)(-|$)/.test(name)),
      [],
    );
    await deepTwice(bench, host, ["mysql", "redis", "mail"]);
  });

  it("shows its maintenance page when no backend of the route is up", async () => {
    bench.docker("stop", "-t", "1", only("web"));
    let answer = await call(bench, host, "/");
    await eventually(20, async () => {
      answer = await call(bench, host, "/");
      return answer.status === 503;
    });
    assert.equal(answer.status, 503, answer.body);
    assert.match(answer.body, /Qwaya/i);
    bench.docker("start", only("web"));
    assert.ok(await eventually(20, async () => (await call(bench, host, "/")).status === 200));
  });
});
