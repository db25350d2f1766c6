import * as assert from "node:assert/strict";
import * as path from "node:path";
import { configOutput, configYaml } from "../../components/compose/normalise/config-output";
import { refer } from "../../components/model/reference";
import { appOf, cleanUp, loadIn, mistakes, project, webOf } from "./project";

const token = refer("config", "variables.TOKEN");

describe("secrets in Compose files", () => {
  after(cleanUp);

  it("flow through interpolation as references", () => {
    const service = webOf(
      `services:
  web:
    image: x
    command: run --token $TOKEN "--url=https://u:\${TOKEN}@host"
    environment:
      URL: postgres://app:\${TOKEN}@db/app
      DEFAULT: \${TOKEN:-none}
      REQUIRED: \${TOKEN:?give it}
      INSTEAD: \${TOKEN:+set}
      NESTED: \${NOT_SET:-\${TOKEN}}
      TOKEN:
    labels: ["auth=\${TOKEN}"]
    extra_hosts: ["x=\${TOKEN}"]
    healthcheck: { test: ["CMD", "check", "$TOKEN"] }
    build: { context: ., args: { T: "$TOKEN" }, dockerfile_inline: FROM x }
`,
      { variables: { TOKEN: token } },
    );
    assert.deepEqual(service.command, ["run", "--token", token, `--url=https://u:${token}@host`]);
    assert.deepEqual(service.environment, {
      URL: `postgres://app:${token}@db/app`,
      DEFAULT: token,
      REQUIRED: token,
      INSTEAD: "set",
      NESTED: token,
      TOKEN: token,
    });
    assert.deepEqual(service.labels, { auth: token });
    assert.deepEqual(service.extra_hosts, [`x=${token}`]);
    assert.deepEqual(service.healthcheck?.test, ["CMD", "check", token]);
    assert.deepEqual(service.build?.args, { T: token });
  });

  it("of .env stay apart, and open where they decide structure", () => {
    const folder = project({
      ".env":
        "DB_PASSWORD=hunter2\nURL=postgres://u:hunter2@db\nTAG=1.2\nAPI_KEY=\nALL=x-$DB_PASSWORD\n",
      "compose.yaml": `services:
  web:
    image: x:$TAG
    hostname: h-$DB_PASSWORD
    environment: [DB_PASSWORD, URL, TAG, API_KEY, "C=\${DB_PASSWORD}!", ALL]
`,
    });
    const { app, values } = loadIn(folder);
    const password = refer("file", ".env/DB_PASSWORD");
    assert.equal(app?.services.web?.image, "x:1.2");
    assert.equal(app.services.web.hostname, "h-hunter2");
    assert.deepEqual(app.services.web.environment, {
      DB_PASSWORD: password,
      URL: refer("file", ".env/URL"),
      TAG: "1.2",
      API_KEY: "",
      C: `${password}!`,
      ALL: `x-${password}`,
    });
    assert.equal(values.get("file:.env/DB_PASSWORD"), "hunter2");
    assert.equal(values.get("file:.env/URL"), "postgres://u:hunter2@db");
  });

  it("of env files are references, mixed values in parts", () => {
    const folder = project({
      "env/app.env": "PLAIN=a b\nMIXED=pre-$TOKEN-post\nALONE=$TOKEN\nEMPTY=\n",
      "compose.yaml":
        "services:\n  web:\n    image: x\n    env_file: env/app.env\n    environment: [PLAIN2=$PLAIN]\n",
    });
    const { app, values } = loadIn(folder, { variables: { TOKEN: token, PLAIN: "c" } });
    assert.deepEqual(app?.services.web?.environment, {
      PLAIN: refer("file", "env/app.env/PLAIN"),
      MIXED: `${refer("file", "env/app.env/MIXED#0")}${token}${refer("file", "env/app.env/MIXED#2")}`,
      ALONE: token,
      EMPTY: "",
      PLAIN2: "c",
    });
    assert.equal(values.get("file:env/app.env/MIXED#0"), "pre-");
    for (const value of values.values()) assert.ok(!value.includes("\u0001"));
    assert.deepEqual(app.positions.get("services.web.environment.PLAIN"), {
      file: path.join(folder, "env/app.env"),
      line: 1,
      column: 1,
    });
  });

  it("take their content from the stack config, a file, or a variable", () => {
    const folder = project({
      ".env": "FROM_ENV=value\n",
      "a.txt": "in a file\n",
      "b.bin": Buffer.from([0, 1, 255]),
      "compose.yaml": `services:
  web: { image: x, secrets: [a, b, c, d, e] }
secrets:
  a: { file: a.txt }
  b: { file: ./b.bin }
  c: { environment: FROM_ENV }
  d: { external: true }
  e: { file: missing.txt }
  unused: { external: true }
`,
    });
    const given = refer("config", "secrets.d");
    const { app, values, problems } = loadIn(folder, { secrets: { d: given, e: given } });
    assert.deepEqual(problems, []);
    assert.deepEqual(
      Object.entries(app?.secrets ?? {}).map(([name, { content, binary }]) => [
        name,
        content,
        binary,
      ]),
      [
        ["a", refer("file", "secrets/a"), undefined],
        ["b", refer("file", "secrets/b"), true],
        ["c", refer("file", "secrets/c"), undefined],
        ["d", given, undefined],
        ["e", given, undefined],
      ],
    );
    assert.equal(values.get("file:secrets/a"), "in a file\n");
    assert.equal(values.get("file:secrets/b"), "AAH/");
    assert.equal(values.get("file:secrets/c"), "value");
  });

  it("show nowhere in the normal form", () => {
    const app = appOf(
      {
        ".env": "DB_PASSWORD=hunter2\n",
        "app.env": "OTHER=hunter3\n",
        "s.txt": "hunter4",
        "compose.yaml": `services:
  web:
    image: x
    env_file: app.env
    environment: { P: "$DB_PASSWORD", Q: "a$$b" }
    secrets: [s]
secrets: { s: { file: s.txt } }
`,
      },
      { variables: {} },
    );
    const text = configYaml(app) + JSON.stringify(configOutput(app)) + JSON.stringify(app);
    assert.doesNotMatch(text, /hunter/);
    assert.match(configYaml(app), /P: "?\[secret\]"?/);
    assert.match(configYaml(app), /Q: a\$\$b/);
  });

  it("cannot be a variable's name", () => {
    assert.deepEqual(
      mistakes('services:\n  web:\n    image: x\n    environment: ["$TOKEN=x"]\n', {
        variables: { TOKEN: token },
      }),
      [
        "compose.yaml:4:19: services.web.environment[0]: this decides what is created and cannot be secret",
      ],
    );
  });
});
