import assert from "node:assert/strict";
import { planOf, type Loose } from "../plan/make";
import { deploy } from "./deploy";

/** What each Compose key becomes in the provider's arguments, one by one. */
const table: readonly [string, Loose, Record<string, unknown>][] = [
  ["command", { command: ["a", "b c"] }, { command: ["a", "b c"] }],
  ["entrypoint", { entrypoint: ["/x"] }, { entrypoints: ["/x"] }],
  ["working_dir", { working_dir: "/srv" }, { workingDir: "/srv" }],
  ["user", { user: "1000:1000" }, { user: "1000:1000" }],
  ["init", { init: true }, { init: true }],
  ["tty", { tty: true }, { tty: true }],
  ["stdin_open", { stdin_open: true }, { stdinOpen: true }],
  ["privileged", { privileged: true }, { privileged: true }],
  ["read_only", { read_only: true }, { readOnly: true }],
  ["hostname", { hostname: "box" }, { hostname: "box" }],
  ["domainname", { domainname: "example.com" }, { domainname: "example.com" }],
  ["stop_signal", { stop_signal: "SIGINT" }, { stopSignal: "SIGINT" }],
  [
    "stop_grace_period",
    { stop_grace_period: "1m30s" },
    { destroyGraceSeconds: 90, stopTimeout: 90 },
  ],
  ["platform", { platform: "linux/arm64" }, { platform: "linux/arm64" }],
  ["runtime", { runtime: "runsc" }, { runtime: "runsc" }],
  ["userns_mode", { userns_mode: "host" }, { usernsMode: "host" }],
  ["cgroup_parent", { cgroup_parent: "m" }, { cgroupParent: "m" }],
  [
    "security_opt",
    { security_opt: ["no-new-privileges:true"] },
    { securityOpts: ["no-new-privileges:true"] },
  ],
  ["dns", { dns: ["1.1.1.1"] }, { dns: ["1.1.1.1"] }],
  ["dns_opt", { dns_opt: ["ndots:1"] }, { dnsOpts: ["ndots:1"] }],
  ["dns_search", { dns_search: ["example.com"] }, { dnsSearches: ["example.com"] }],
  ["group_add", { group_add: ["audio"] }, { groupAdds: ["audio"] }],
  [
    "device_cgroup_rules",
    { device_cgroup_rules: ["c 1:3 mr"] },
    { deviceCgroupRules: ["c 1:3 mr"] },
  ],
  [
    "cap_add, cap_drop",
    { cap_add: ["net_admin", "CAP_CHOWN"], cap_drop: ["ALL"] },
    { capabilities: { adds: ["CAP_NET_ADMIN", "CAP_CHOWN"], drops: ["ALL"] } },
  ],
  [
    "sysctls",
    { sysctls: { "net.core.somaxconn": "1024" } },
    { sysctls: { "net.core.somaxconn": "1024" } },
  ],
  [
    "ulimits",
    { ulimits: { nproc: 65535, nofile: { soft: 20000, hard: 40000 } } },
    {
      ulimits: [
        { name: "nproc", soft: 65535, hard: 65535 },
        { name: "nofile", soft: 20000, hard: 40000 },
      ],
    },
  ],
  [
    "extra_hosts",
    { extra_hosts: ["db=10.0.0.5", "host.docker.internal:host-gateway", "six=::1"] },
    {
      hosts: [
        { host: "db", ip: "10.0.0.5" },
        { host: "host.docker.internal", ip: "host-gateway" },
        { host: "six", ip: "::1" },
      ],
    },
  ],
  [
    "devices",
    { devices: [{ source: "/dev/snd", target: "/dev/snd", permissions: "rwm" }] },
    { devices: [{ hostPath: "/dev/snd", containerPath: "/dev/snd", permissions: "rwm" }] },
  ],
  [
    "gpus: all",
    { gpus: [{ count: -1 }] },
    { deviceRequests: [{ driver: "nvidia", count: -1, capabilities: ["gpu"] }] },
  ],
  ["shm_size", { shm_size: "134217728" }, { shmSize: 128 }],
  ["cpu_shares", { cpu_shares: 512 }, { cpuShares: 512 }],
  ["cpuset", { cpuset: "0,1" }, { cpuSet: "0,1" }],
  ["cpu_period", { cpu_period: 100000 }, { cpuPeriod: 100000 }],
  ["cpu_quota: -1", { cpu_quota: -1 }, { cpuQuota: undefined }],
  ["cpu_quota", { cpu_quota: 50000 }, { cpuQuota: 50000 }],
  ["memswap_limit", { memswap_limit: "-1" }, { memorySwap: -1 }],
  ["storage_opt", { storage_opt: { size: "1G" } }, { storageOpts: { size: "1G" } }],
  [
    "deploy.resources",
    {
      deploy: {
        resources: {
          limits: { memory: "536870912", cpus: 0.5 },
          reservations: { memory: "268435456" },
        },
      },
    },
    { memory: 512, cpus: "0.5", memoryReservation: 256 },
  ],
  [
    "deploy.resources.reservations.devices",
    {
      deploy: {
        resources: {
          reservations: { devices: [{ driver: "nvidia", count: 2, capabilities: ["gpu"] }] },
        },
      },
    },
    { deviceRequests: [{ driver: "nvidia", count: 2, capabilities: ["gpu"] }] },
  ],
  [
    "deploy.resources.reservations.devices without a driver",
    { deploy: { resources: { reservations: { devices: [{ capabilities: ["gpu"] }] } } } },
    { deviceRequests: [{ driver: "nvidia", count: -1, capabilities: ["gpu"] }] },
  ],
  [
    "logging",
    { logging: { driver: "syslog", options: { "syslog-address": "udp://1.2.3.4:514" } } },
    { logDriver: "syslog", logOpts: { "syslog-address": "udp://1.2.3.4:514" } },
  ],
  ["no logging", {}, { logDriver: "json-file", logOpts: { "max-size": "10m", "max-file": "3" } }],
  ["network_mode", { network_mode: "none", networks: {} }, { networkMode: "none" }],
  ["pid", { pid: "host" }, { pidMode: "host" }],
  ["ipc", { ipc: "host" }, { ipcMode: "host" }],
  [
    "tmpfs",
    { tmpfs: ["/run", "/tmp:size=64m,mode=1777"] },
    { tmpfs: { "/run": "", "/tmp": "size=64m,mode=1777" } },
  ],
  [
    "networks.aliases",
    { networks: { default: { aliases: ["cache"] } } },
    { networksAdvanced: [{ name: "shop-qa-default", aliases: ["app", "cache"] }] },
  ],
  ["healthcheck.disable", { healthcheck: { disable: true } }, { healthcheck: { tests: ["NONE"] } }],
  [
    "healthcheck",
    {
      healthcheck: {
        test: ["CMD", "true"],
        interval: "1m",
        timeout: "500ms",
        start_period: "2s",
        start_interval: "1s",
        retries: 4,
      },
    },
    {
      healthcheck: {
        tests: ["CMD", "true"],
        interval: "1m0s",
        timeout: "500ms",
        startPeriod: "2s",
        startInterval: "1s",
        retries: 4,
      },
      wait: true,
    },
  ],
  ["restart", { restart: "always" }, { restart: "always" }],
  [
    "docker.sock",
    {
      volumes: [
        {
          type: "bind",
          source: "/var/run/docker.sock",
          target: "/var/run/docker.sock",
          read_only: true,
        },
      ],
    },
    {
      volumes: [
        { hostPath: "/var/run/docker.sock", containerPath: "/var/run/docker.sock", readOnly: true },
      ],
    },
  ],
];

describe("a Compose key on Docker", function () {
  this.timeout(120_000);
  for (const [key, service, expected] of table)
    it(key, async () => {
      const made = await deploy(planOf({ app: service }));
      const { inputs } = made.of("box-app-1");
      const found = Object.fromEntries(Object.keys(expected).map((name) => [name, inputs[name]]));
      assert.deepEqual(found, expected);
    });

  it("a command with an empty string, which the provider refuses, is the image's entrypoint and the words", async () => {
    const made = await deploy(planOf({ app: { command: ["--save", ""] } }));
    assert.equal(made.of("box-app-image-command").inputs["start"], false);
    const { entrypoints } = made.of("box-app-1").inputs;
    assert.deepEqual(entrypoints, ["image-entrypoint", "--save", ""]);
    assert.equal(made.of("box-app-1").inputs["command"], undefined);
  });

  it("an empty entrypoint clears the image's: the command is all", async () => {
    const cleared = await deploy(planOf({ app: { entrypoint: [], command: ["a", ""] } }));
    assert.deepEqual(cleared.of("box-app-1").inputs["entrypoints"], ["a", ""]);
    const both = await deploy(planOf({ app: { entrypoint: [] } }));
    assert.deepEqual(both.of("box-app-1").inputs["entrypoints"], ["image-command"]);
  });

  it("labels: Traefik's too where the application's own edge reads them", async () => {
    const published = { target: 443, published: "443", protocol: "tcp", mode: "ingress" };
    const made = await deploy(
      planOf(
        {
          proxy: { image: "traefik:v3.6", ports: [published] },
          app: {
            networks: { front: null },
            labels: { "traefik.enable": "true", "traefik.docker.network": "shared" },
          },
        },
        {},
        { networks: { front: { name: "shared" } } },
      ),
    );
    const labels = made.of("box-app-1").inputs["labels"] as { label: string; value: string }[];
    assert.deepEqual(
      labels.slice(3).map(({ label, value }) => `${label}=${value}`),
      [
        "com.docker.compose.project=shop-qa",
        "com.docker.compose.service=app",
        "traefik.enable=true",
        "traefik.docker.network=shop-qa-front",
      ],
    );
  });

  it("labels: of a service that is replaced with others, their containers", async () => {
    const made = await deploy(
      planOf({ web: { labels: { "berth.follows": "api" } }, api: { scale: 2 } }),
    );
    const labels = made.of("box-web-1").inputs["labels"] as { label: string; value: string }[];
    assert.equal(labels.at(-1)!.label, "berth.follows");
  });

  it("hostname: the service's where it keeps data and the file says none", async () => {
    const volumes = [{ type: "volume" as const, source: "data", target: "/data" }];
    const made = await deploy(
      planOf({
        queue: { volumes },
        two: { volumes, scale: 2 },
        named: { volumes, hostname: "other" },
        plain: {},
      }),
    );
    const hostname = (name: string): unknown => made.of(name).inputs["hostname"];
    assert.deepEqual(["box-queue-1", "box-two-1", "box-named-1", "box-plain-1"].map(hostname), [
      "queue",
      undefined,
      "other",
      undefined,
    ]);
  });

  it("labels: the file's and Berth's, without Traefik's", async () => {
    const made = await deploy(planOf({ app: { labels: { team: "a", "traefik.enable": "true" } } }));
    assert.deepEqual(made.of("box-app-1").inputs["labels"], [
      { label: "berth.project", value: "berth" },
      { label: "berth.stack", value: "qa" },
      { label: "berth.service", value: "app" },
      { label: "team", value: "a" },
    ]);
  });

  it("network_mode: bridge keeps the ports that an own edge lets a service have", async () => {
    const ports = [{ target: 3000, published: "3001", protocol: "tcp", mode: "ingress" }];
    const labels = { "berth.edge": "true" };
    for (const [network_mode, expected] of [
      ["bridge", [{ internal: 3000, external: 3001, protocol: "tcp" }]],
      ["host", undefined],
    ] as const) {
      const made = await deploy(planOf({ app: { network_mode, networks: {}, ports, labels } }));
      assert.deepEqual(made.of("box-app-1").inputs["ports"], expected);
    }
  });

  it("network_mode: service:x shares the network of x's container", async () => {
    const made = await deploy(
      planOf({ app: {}, side: { network_mode: "service:app", networks: {} } }),
    );
    assert.equal(
      made.of("box-side-1").inputs["networkMode"],
      `container:${made.of("box-app-1").id}`,
    );
  });

  it("volumes_from takes the volumes of a service's container", async () => {
    const made = await deploy(
      planOf({
        app: {},
        side: {
          volumes_from: ["app:ro", "container:other"],
          depends_on: { app: { condition: "service_started", required: true } },
        },
      }),
    );
    assert.deepEqual(made.of("box-side-1").inputs["volumes"], [
      { fromContainer: `${made.of("box-app-1").id}:ro` },
      { fromContainer: "other" },
    ]);
  });

  it("berth.cron starts the container by the clock, and never by itself", async () => {
    const made = await deploy(planOf({ app: { labels: { "berth.cron": "*/5 * * * *" } } }));
    const run = made.of("box-app-run");
    assert.equal(run.inputs["start"], false);
    assert.equal(run.inputs["mustRun"], false);
    const { envs, volumes } = made.of("box-app-schedule").inputs;
    assert.deepEqual(envs, [`CONTAINER=${run.id}`, "SCHEDULE=*/5 * * * *", "TZ=UTC"]);
    assert.match(JSON.stringify(volumes), /docker\.sock/);
  });

  it("deploy.replicas makes that many containers, one after the other when it stops first", async () => {
    const made = await deploy(
      planOf({ app: { deploy: { replicas: 3, update_config: { order: "stop-first" } } } }),
    );
    const after = (name: string): string[] =>
      made
        .of(name)
        .dependencies.map((urn) => urn.split("::").pop()!)
        .filter((each) => /^box-app-\d$/.test(each));
    assert.deepEqual(after("box-app-1"), []);
    assert.deepEqual(after("box-app-2"), ["box-app-1"]);
    assert.deepEqual(after("box-app-3"), ["box-app-2"]);
  });
});
