import * as assert from "node:assert/strict";
import * as path from "node:path";
import { appOf, cleanUp, loadIn, project, webOf } from "./project";

/** `web` with more lines below its image. */
function web(lines: string, top = ""): string {
  return `services:\n  web:\n    image: x\n    ${lines.replaceAll("\n", "\n    ")}\n${top}`;
}

describe("Compose features", () => {
  after(cleanUp);

  it("interpolates every form, then reads types", () => {
    const service = webOf(
      web(
        `environment:
  A: $V-\${V}
  B: \${E:-d},\${E-d},\${N:-d},\${N-d}
  C: \${V:+s},\${V+s},\${E:+s},\${E+s},\${N:+s}
  D: \${V:?no},\${E?no}
  F: \${N:-\${M:-\${V}}}
  G: $$V $\${V} cost 5$
  H: '\${N:-{"a":1}}'
scale: \${TWO}
read_only: \${YES}
ports: ["\${N:-90}:80"]`,
      ),
      { variables: { V: "v", E: "", TWO: "2", YES: "yes" } },
    );
    assert.deepEqual(service.environment, {
      A: "v-v",
      B: "d,,d,d",
      C: "s,s,,s,",
      D: "v,",
      F: "v",
      G: "$V ${V} cost 5$",
      H: '{"a":1}',
    });
    assert.equal(service.scale, 2);
    assert.equal(service.read_only, true);
    assert.deepEqual(service.ports, [
      { mode: "ingress", target: 80, published: "90", protocol: "tcp" },
    ]);
  });

  it("never reads the process environment", () => {
    process.env.COMPOSE_TEST_HOST = "leak";
    try {
      assert.equal(webOf(web("hostname: ${COMPOSE_TEST_HOST:-none}")).hostname, "none");
    } finally {
      delete process.env.COMPOSE_TEST_HOST;
    }
  });

  it("reads .env with quotes, escapes, comments and several lines", () => {
    const service = webOf({
      ".env": "# c\nexport A=1 # x\nB='$A #'\nC=\"l1\nl2\\t$A \\$A\"\nD: yaml\nF=a#b\nG=$A$A\nH=\n",
      "compose.yaml": web("environment: [A, B, C, D, F, G, H, I]"),
    });
    assert.deepEqual(service.environment, {
      A: "1",
      B: "$A #",
      C: "l1\nl2\t1 $A",
      D: "yaml",
      F: "a#b",
      G: "11",
      H: "",
      I: null,
    });
  });

  it("merges files by key", () => {
    const service = webOf(
      {
        "a.yaml": `services:
  web:
    image: x
    command: [a]
    environment: { A: 1, B: 2 }
    labels: [l=1]
    ports: ["80:80"]
    volumes: ["./one:/data", "two:/two"]
    depends_on: [db]
    dns: 1.1.1.1
    logging: { driver: json-file, options: { a: "1" } }
    build: .
    extra_hosts: ["h=1.1.1.1"]
    ulimits: { nofile: { soft: 1, hard: 2 }, nproc: 3 }
  db: { image: d }
volumes: { two: }
`,
        "b.yaml": `services:
  web:
    command: b c
    environment: [B=3, C]
    labels: { l: 2, m: 3 }
    ports: ["81:81", "80:80"]
    volumes: ["./other:/data"]
    depends_on: { db: { condition: service_healthy } }
    dns: [2.2.2.2]
    logging: { driver: syslog, options: { b: "2" } }
    build: { dockerfile_inline: FROM x, args: [K=v] }
    extra_hosts: { h: 1.1.1.1, i: 2.2.2.2 }
    ulimits: { nofile: 4 }
`,
      },
      { files: ["a.yaml", "b.yaml"] },
    );
    assert.deepEqual(service.command, ["b", "c"]);
    assert.deepEqual(service.environment, { A: "1", B: "3", C: null });
    assert.deepEqual(service.labels, { l: "2", m: "3" });
    assert.deepEqual(
      service.ports?.map(({ published }) => published),
      ["80", "81"],
    );
    assert.deepEqual(
      service.volumes?.map(({ source, target }) => [path.basename(source ?? ""), target]),
      [
        ["other", "/data"],
        ["two", "/two"],
      ],
    );
    assert.deepEqual(service.depends_on, { db: { condition: "service_healthy", required: true } });
    assert.deepEqual(service.dns, ["1.1.1.1", "2.2.2.2"]);
    assert.deepEqual(service.logging, { driver: "syslog", options: { b: "2" } });
    assert.deepEqual(service.build?.args, { K: "v" });
    assert.deepEqual(service.extra_hosts, ["h=1.1.1.1", "i=2.2.2.2"]);
    assert.deepEqual(service.ulimits, { nofile: 4, nproc: 3 });
  });

  it("resets and overrides", () => {
    const service = webOf(
      {
        "a.yaml": web('ports: ["1:1"]\nexpose: ["1"]\nenvironment: { A: 1, B: 2 }\ncommand: [x]'),
        "b.yaml":
          'services:\n  web:\n    ports: !reset []\n    expose: !override ["2"]\n    environment: { A: !reset null }\n',
      },
      { files: ["a.yaml", "b.yaml"] },
    );
    assert.equal(service.ports, undefined);
    assert.deepEqual(service.expose, ["2"]);
    assert.deepEqual(service.environment, { B: "2" });
    assert.deepEqual(service.command, ["x"]);
  });

  it("knows anchors and merge keys, lists of them too", () => {
    const service = webOf(`x-one: &one { environment: &env { A: 1 }, restart: always }
x-two: &two { restart: "no", tty: true }
services:
  web:
    <<: [*one, *two]
    image: x
    environment: { <<: *env, B: 2 }
`);
    assert.deepEqual(service.environment, { A: "1", B: "2" });
    assert.equal(service.restart, "always");
    assert.equal(service.tty, true);
  });

  it("extends services of the same and of other files, paths kept right", () => {
    const folder = project({
      "compose.yaml":
        "services:\n  web: { extends: { file: common/base.yaml, service: mid }, environment: [B=over] }\n",
      "common/base.yaml": `services:
  base: { image: x, volumes: ["./data:/data"], environment: { A: 1, B: 2 }, env_file: e.env }
  mid: { extends: base, ports: ["80:80"] }
`,
      "common/e.env": "C=3\n",
    });
    const service = loadIn(folder).app?.services.web;
    assert.equal(service?.volumes?.[0]?.source, path.join(folder, "common/data"));
    assert.deepEqual(Object.keys(service.environment ?? {}).sort(), ["A", "B", "C"]);
    assert.equal(service.environment?.B, "over");
    assert.equal(service.ports?.[0]?.target, 80);
  });

  it("makes the folder of a local volume that is a bind mount absolute", () => {
    const folder = project(
      web(
        'volumes: ["data:/data"]',
        "volumes:\n  data:\n    driver: local\n    driver_opts: { type: none, o: bind, device: ./data }\n",
      ),
    );
    assert.equal(loadIn(folder).app?.volumes.data?.driver_opts?.device, path.join(folder, "data"));
  });

  it("includes files with their own folder and .env", () => {
    const folder = project({
      "compose.yaml":
        "include: [sub/compose.yaml]\nservices: { web: { image: $TAG, depends_on: [db] } }\n",
      ".env": "TAG=outer\n",
      "sub/compose.yaml": 'services: { db: { image: "$TAG-$ONLY", volumes: ["./data:/data"] } }\n',
      "sub/.env": "TAG=inner\nONLY=here\n",
    });
    const app = loadIn(folder).app;
    assert.equal(app?.services.db?.image, "outer-here");
    assert.equal(app.services.db.volumes?.[0]?.source, path.join(folder, "sub/data"));
  });

  it("switches services on by profile", () => {
    const files = "services:\n  a: { image: x }\n  b: { image: x, profiles: [p] }\n";
    assert.deepEqual(appOf(files).disabled, ["b"]);
    assert.deepEqual(Object.keys(appOf(files, { profiles: ["p"] }).services), ["a", "b"]);
    assert.deepEqual(appOf(files, { profiles: ["*"] }).disabled, []);
    assert.deepEqual(
      appOf({ "compose.yaml": files, ".env": "COMPOSE_PROFILES=q,p\n" }).disabled,
      [],
    );
  });

  it("adds the dependencies that other keys imply", () => {
    const service = webOf(
      web(
        'links: ["db:database"]\nvolumes_from: ["files:ro"]\nipc: service:files',
        "  db: { image: x }\n  files: { image: x }\n",
      ),
    );
    assert.deepEqual(service.depends_on, {
      db: { condition: "service_started", required: true, restart: true },
      files: { condition: "service_started", required: true, restart: true },
    });
  });

  it("writes sizes, durations and file modes in one way", () => {
    const service = webOf(
      web(
        `shm_size: 1.5g
stop_grace_period: 90s
healthcheck: { test: curl x, interval: 1h, retries: 0 }
configs: [{ source: c, mode: 0440 }]
deploy: { resources: { limits: { cpus: "0.5", memory: 50M } } }`,
        "configs: { c: { content: a$$b } }\n",
      ),
    );
    assert.equal(service.shm_size, "1610612736");
    assert.equal(service.stop_grace_period, "1m30s");
    assert.deepEqual(service.healthcheck, {
      test: ["CMD-SHELL", "curl x"],
      interval: "1h0m0s",
      retries: 0,
    });
    assert.deepEqual(service.configs, [{ source: "c", mode: "0440", target: "/c" }]);
    assert.deepEqual(service.deploy?.resources, { limits: { cpus: 0.5, memory: "52428800" } });
  });

  it("names the project by name, variable or folder", () => {
    assert.equal(appOf(`name: My-App_1\n${web("tty: true")}`).name, "my-app_1");
    assert.equal(
      appOf({
        ".env": "COMPOSE_PROJECT_NAME=forced\n",
        "compose.yaml": `name: a\n${web("tty: true")}`,
      }).name,
      "forced",
    );
    assert.match(appOf(web("tty: true")).name, /^compose-[a-z0-9]+$/);
  });

  it("has the position of each key, of the value that wins", () => {
    const folder = project({
      "a.yaml": web('environment: { A: 1, B: 2 }\nports: ["1:1"]'),
      "b.yaml": "services:\n  web:\n    environment:\n      - B=3\n    ports: ['2:2']\n",
    });
    const app = loadIn(folder, { files: ["a.yaml", "b.yaml"] }).app;
    const at = (key: string): string => {
      const found = app?.positions.get(key);
      return found === undefined
        ? "nowhere"
        : `${path.basename(found.file)}:${found.line}:${found.column}`;
    };
    assert.equal(at("services.web"), "b.yaml:2:3");
    assert.equal(at("services.web.environment.A"), "a.yaml:4:20");
    assert.equal(at("services.web.environment.B"), "b.yaml:4:9");
    assert.equal(at("services.web.ports[0]"), "a.yaml:5:13");
    assert.equal(at("services.web.ports[1]"), "b.yaml:5:13");
  });

  it("looks at what bind mounts hold", () => {
    const folder = project({
      ".gitignore": "data/\n",
      "compose.yaml": web(
        'volumes: ["./conf:/conf", "./data:/data", "./none:/none", "/etc/hostname:/h", "./x.sh:/x.sh"]',
      ),
      "conf/a.conf": "a",
      "conf/sub/b.bin": Buffer.from([0, 255]),
      "data/db": "rows",
      "x.sh": "#!/bin/sh\n",
    });
    const files = loadIn(folder).app?.files ?? {};
    const of = (name: string) => files[path.resolve(folder, name)];
    assert.deepEqual(of("conf"), {
      kind: "folder",
      ignored: false,
      inProject: true,
      bytes: 3,
      count: 2,
      files: [
        { path: "a.conf", content: "a", binary: false, executable: false },
        { path: "sub/b.bin", content: "AP8=", binary: true, executable: false },
      ],
    });
    assert.equal(of("data")?.ignored, true);
    assert.equal(of("none")?.kind, "absent");
    assert.deepEqual(of("/etc/hostname"), {
      kind: "file",
      ignored: false,
      inProject: false,
      bytes: 0,
      count: 0,
    });
    assert.equal(of("x.sh")?.files?.[0]?.path, "");
  });

  it("reads a thousand services in well under two seconds", function () {
    // Counted in processor time, since the computer may be busy with other things.
    this.timeout(120_000);
    const services = Array.from(
      { length: 1000 },
      (_, index) =>
        `  s${index}:\n    <<: *common\n    image: x:$TAG\n    environment: { N: "${index}", <<: *env }\n    depends_on: [s${Math.max(0, index - 1)}x]\n    ports: ["${index + 1}:80"]\n  s${index}x: { image: y }\n`,
    );
    const folder = project(
      `x-common: &common { restart: always, logging: { driver: json-file } }\nx-env: &env { A: 1, B: 2 }\nservices:\n${services.join("")}`,
    );
    const start = process.cpuUsage();
    const { app } = loadIn(folder, { variables: { TAG: "1" } });
    const { user, system } = process.cpuUsage(start);
    assert.equal(Object.keys(app?.services ?? {}).length, 2000);
    assert.ok(user + system < 2_000_000, `${(user + system) / 1000} ms`);
  });
});
