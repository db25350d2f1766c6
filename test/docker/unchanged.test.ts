import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { touched, up } from "./example";
import { Bench, needsDocker, said } from "./rig";

const sleeper = `
    image: busybox:1.37
    stop_grace_period: 1s
    command: &sleep ["sh", "-c", "trap 'exit 0' TERM; while :; do sleep 0.2; done"]`;

/** Says which words it was started with. */
const words = `#!/bin/sh
for word in "$@"; do printf '[%s]' "$word"; done
echo
trap 'exit 0' TERM
while :; do sleep 0.2; done
`;

/** Each key that Docker may read back in other words than the file's, at values that it does so with. */
const file = `
services:
  one:${sleeper}
    healthcheck: { test: ["CMD", "true"], interval: 1s, timeout: 1500ms, start_period: 60s, retries: 90 }
    mem_limit: 64m
    mem_reservation: 16m
    cpus: 1
    cpuset: 0-1
    cpu_shares: 512
    platform: linux/amd64
    extra_hosts: ["six=fd00::1", "bracketed=[fd00::2]", "four=192.0.2.1", "gateway=host-gateway"]
    hostname: a-name
    domainname: shop.example
    dns: [192.0.2.53, 192.0.2.54]
    dns_search: [shop.example]
    dns_opt: ["ndots:2"]
    tmpfs: ["/scratch:size=1m,mode=1770", /other]
    logging: { driver: json-file, options: { max-size: 5m, labels: "a,b" } }
  two:${sleeper}
    healthcheck: { test: "true", interval: 1s, timeout: 90s }
    mem_limit: 64m
    memswap_limit: 96m
    cpu_period: 50000
    cpu_quota: 25000
    cap_add: [net_admin, SYS_TIME]
    cap_drop: [ALL]
    security_opt: ["no-new-privileges:true", "seccomp:unconfined"]
    group_add: [daemon, "1000"]
    user: "1000:1000"
    working_dir: /tmp/
    sysctls: { net.core.somaxconn: 1024 }
    ulimits: { nproc: 512, nofile: { soft: 1024, hard: 2048 } }
    shm_size: 128m
    init: true
    devices: ["/dev/null:/dev/nothing", "/dev/zero:/dev/zero:r"]
    tty: true
    stdin_open: true
    stop_signal: SIGINT
    labels: { one: "1", two: "" }
    environment: { EMPTY: "", SPACED: " a b ", LINES: "a\\nb" }
  three:${sleeper}
    healthcheck: { disable: true }
    memswap_limit: -1
    deploy: { replicas: 2, resources: { limits: { cpus: "0.50", memory: 1.5g }, reservations: { memory: 8m } } }
    volumes:
      - data:/data
      - data:/again:ro
      - ./settings.conf:/etc/settings.conf:ro
      - /tmp:/host
      - { type: bind, source: /tmp, target: /host2/, bind: { propagation: rprivate } }
      - { type: tmpfs, target: /third, tmpfs: { size: 1m, mode: 0700 } }
    configs: [{ source: words, target: /etc/words, mode: 0400 }]
    networks: { addressed: { aliases: [other, another] }, plain: {} }
  four:${sleeper}
    networks: { addressed: { ipv4_address: 10.97.3.9 } }
    volumes_from: ["three:ro"]
    depends_on: [three]
    ipc: shareable
    pid: host
    read_only: true
  guest:${sleeper}
    network_mode: "service:four"
    ipc: "service:four"
    depends_on: [four]
  empty-in-command:
    image: berth-test-words:1
    stop_grace_period: 1s
    command: ["--save", "", "--appendonly", "no"]
  empty-after-entrypoint:
    image: berth-test-words:1
    stop_grace_period: 1s
    entrypoint: ["/words", "first"]
    command: ["", "last"]
  empty-command:
    image: berth-test-words:2
    stop_grace_period: 1s
    command: []
  no-entrypoint:
    image: berth-test-words:1
    stop_grace_period: 1s
    entrypoint: []
    command: ["/words", "alone"]
  no-entrypoint-nor-command:
    image: berth-test-words:2
    stop_grace_period: 1s
    entrypoint: []
networks:
  plain: { driver_opts: { com.docker.network.bridge.enable_icc: "true" }, internal: true }
  addressed: { ipam: { config: [{ subnet: 10.97.3.0/24 }] } }
volumes:
  data: { driver_opts: { type: tmpfs, device: tmpfs, o: "size=1m,uid=1000" } }
configs: { words: { content: "a b" } }
`;

describe("a Compose file that states every key that Docker reads back, on Docker", function () {
  this.timeout(600_000);
  let bench: Bench;
  const container = (service: string): string =>
    bench.containers().find((name) => name.startsWith(`${bench.prefix}-${service}-1-`))!;
  const inspect = (service: string, format: string): string =>
    bench.docker("inspect", "-f", format, container(service));

  const unchanged = async (): Promise<void> => {
    const run = await up(bench);
    assert.deepEqual(touched(run), [], said(run));
  };

  before(async function () {
    needsDocker(this);
    bench = await Bench.alone("keys");
    writeFileSync(join(bench.folder, "settings.conf"), "colour = green\n");
    const folder = join(bench.folder, "words");
    mkdirSync(folder);
    writeFileSync(join(folder, "words"), words, { mode: 0o755 });
    for (const [tag, more] of Object.entries({ 1: "", 2: 'CMD ["/words", "command"]\n' })) {
      const lines = `FROM busybox:1.37\nCOPY words /words\nENTRYPOINT ["/words", "image"]\n${more}`;
      writeFileSync(join(folder, "Dockerfile"), lines);
      bench.docker("build", "-q", "-t", `berth-test-words:${tag}`, folder);
    }
    bench.compose(file);
  });
  after(async () => {
    await (bench as Bench | undefined)?.dispose();
  });

  it("comes up, and each command line is the file's word for word", async () => {
    await up(bench);
    const words = (service: string): string => bench.docker("logs", container(service));
    assert.equal(words("empty-in-command"), "[image][--save][][--appendonly][no]");
    assert.equal(words("empty-after-entrypoint"), "[first][][last]");
    assert.equal(words("empty-command"), "[image][/words][command]");
    assert.equal(words("no-entrypoint"), "[alone]");
    assert.equal(words("no-entrypoint-nor-command"), "[command]");
  });

  it("has what the file says where the plugin has no property for it", () => {
    const mounts = inspect("four", '{{range .Mounts}}{{.Destination}} {{.RW}}{{"\\n"}}{{end}}');
    assert.match(mounts, /^\/data false$/m, "volumes_from: …:ro");
    const hosts = inspect("one", "{{.HostConfig.ExtraHosts}}");
    for (const line of ["six:fd00::1", "bracketed:fd00::2"]) assert.ok(hosts.includes(line), hosts);
  });

  it("changes nothing the second time", async () => {
    await unchanged();
  });

  it("refreshes, and changes nothing after that", async () => {
    const refresh = await bench.stack.refresh();
    assert.equal(refresh.code, 0, said(refresh));
    await unchanged();
  });

  it("replaces a container with the file's new keys, and without those that it removed", async () => {
    const other = file
      .replace("memswap_limit: 96m", "")
      .replace("six=fd00::1", "six=fd00::6")
      .replace("cpus: 1\n", "cpus: 0.75\n")
      .replace("working_dir: /tmp/", "working_dir: /");
    bench.compose(other);
    const run = await up(bench);
    assert.deepEqual(touched(run).sort(), ["berth-local-docker-one-1", "berth-local-docker-two-1"]);
    assert.equal(inspect("two", "{{.HostConfig.MemorySwap}}"), String(128 * 1024 * 1024));
    assert.equal(inspect("two", "{{.Config.WorkingDir}}"), "/");
    assert.match(inspect("one", "{{.HostConfig.ExtraHosts}}"), /six:fd00::6/);
    assert.equal(inspect("one", "{{.HostConfig.NanoCpus}}"), "750000000");
    await unchanged();
  });

  it("mounts a volume with nocopy where Docker is new enough, and else says which it needs", async () => {
    bench.compose(
      file.replace(
        "- data:/data\n",
        "- { type: volume, source: data, target: /data, volume: { nocopy: true } }\n",
      ),
    );
    const run = await bench.stack.up();
    const [, minor] = bench.docker("version", "-f", "{{.Server.APIVersion}}").split(".");
    if (Number(minor) >= 45) assert.equal(run.code, 0, said(run));
    else {
      assert.match(
        said(run),
        /compose\.yaml:\d+:\d+: services\.three\.volumes: .* needs Docker 26/,
      );
      assert.deepEqual(touched(run), []);
      bench.compose(file);
      await up(bench);
    }
    await unchanged();
  });

  it("heals what was stopped, removed or changed by hand, after a refresh", async () => {
    bench.docker("stop", "-t", "1", container("one"));
    bench.docker("rm", "-f", container("two"));
    bench.docker("update", "--restart", "no", container("no-entrypoint"));
    const refresh = await bench.stack.refresh();
    assert.equal(refresh.code, 0, said(refresh));
    const run = await up(bench);
    assert.deepEqual(touched(run).sort(), [
      "berth-local-docker-no-entrypoint-1",
      "berth-local-docker-one-1",
      "berth-local-docker-two-1",
    ]);
    for (const service of ["one", "two", "no-entrypoint"])
      assert.equal(inspect(service, "{{.State.Running}}"), "true", service);
    assert.equal(inspect("no-entrypoint", "{{.HostConfig.RestartPolicy.Name}}"), "unless-stopped");
    await unchanged();
  });
});
