import * as assert from "node:assert/strict";
import { cleanUp, mistakes } from "./project";
import { refer } from "../../components/model/reference";
import type { LoadOptions } from "../../components/compose/load-options";

type Files = string | Readonly<Record<string, string | Buffer>>;

interface Mistake {
  readonly what: string;
  readonly files: Files;
  readonly options?: Partial<LoadOptions>;
  readonly told: readonly string[];
}

/** `web` with one more line below its image. */
function web(line: string, top = ""): string {
  return `services:\n  web:\n    image: nginx\n    ${line}\n${top}`;
}

const bomb = [
  "x-a: &a [x, x, x, x, x, x, x, x, x, x]",
  ..."bcdefgh".split("").map((name, index) => {
    const last = "abcdefg"[index]!;
    return `x-${name}: &${name} [${Array(10).fill(`*${last}`).join(", ")}]`;
  }),
  "services: { web: { image: x } }",
].join("\n");

const table: readonly Mistake[] = [
  {
    what: "an unknown key",
    files: web('port: ["80:80"]'),
    told: ['compose.yaml:4:5: services.web.port: unknown key; did you mean "ports"?'],
  },
  {
    what: "an unknown key at the top",
    files: `${web("tty: true")}volume: {}\n`,
    told: ['compose.yaml:5:1: volume: unknown key; did you mean "volumes"?'],
  },
  {
    what: "an unknown key deep inside",
    files: web("deploy: { resources: { limit: { cpus: 1 } } }"),
    told: [
      'compose.yaml:4:28: services.web.deploy.resources.limit: unknown key; did you mean "limits"?',
    ],
  },
  {
    what: "a key that is like none",
    files: web("quux: 1"),
    told: [
      "compose.yaml:4:5: services.web.quux: unknown key; remove it, or start it with x- if it is your own",
    ],
  },
  {
    what: "a wrong type",
    files: web("ports: 80"),
    told: ["compose.yaml:4:12: services.web.ports: must be a list, not 80"],
  },
  {
    what: "a number where a string belongs",
    files: web("hostname: 5"),
    told: ['compose.yaml:4:15: services.web.hostname: must be a string; put it in quotes: "5"'],
  },
  {
    what: "a key without a value",
    files: web("environment:"),
    told: [
      "compose.yaml:4:17: services.web.environment: is empty; give a mapping or a list of strings, or remove it",
    ],
  },
  {
    what: "a variable that is not set",
    files: web("hostname: ${HOST_NAME}"),
    told: [
      "compose.yaml:4:15: services.web.hostname: variable HOST_NAME is not set; give it in .env or berth:variables",
    ],
  },
  {
    what: "what may be no variable at all",
    files: web('hostname: $HOST_NAME\n    environment: { HASH: "${SALT}$2y$10$abc" }'),
    told: [
      "compose.yaml:4:15: services.web.hostname: variable HOST_NAME is not set; give it in .env or berth:variables, or write $$ for a plain $",
      "compose.yaml:5:26: services.web.environment.HASH: variables SALT, abc are not set; give them in .env or berth:variables, or write $$ for a plain $",
    ],
  },
  {
    what: "a required variable",
    files: web("hostname: ${HOST_NAME:?name the host}"),
    told: [
      "compose.yaml:4:15: services.web.hostname: variable HOST_NAME is required: name the host; give it in .env or berth:variables",
    ],
  },
  {
    what: "a template that is none",
    files: web("hostname: ${1X}"),
    told: [
      'compose.yaml:4:15: services.web.hostname: "${1X}" is not a valid variable; write ${NAME}, or $$ for a plain $',
    ],
  },
  {
    what: "a cycle of dependencies",
    files:
      "services:\n  a:\n    image: x\n    depends_on: [b]\n  b:\n    image: x\n    depends_on: [c]\n  c: { image: x, depends_on: [a] }\n",
    told: [
      "compose.yaml:4:18: services.a.depends_on: depends on itself: a → b → c → a; break the cycle",
    ],
  },
  {
    what: "a cycle of extends",
    files:
      "services:\n  a:\n    image: x\n    extends: b\n  b:\n    image: y\n    extends: { service: a }\n",
    told: ["compose.yaml:4:14: services.a.extends: extends itself: a → b → a; break the cycle"],
  },
  {
    what: "a cycle of includes",
    files: {
      "compose.yaml": "include: [other.yaml]\nservices: { a: { image: x } }\n",
      "other.yaml": "include:\n  - compose.yaml\n",
    },
    told: [
      "other.yaml:2:5: include[0]: includes itself: compose.yaml → other.yaml → compose.yaml; break the cycle",
    ],
  },
  {
    what: "an undefined network",
    files: web("networks: [fronted]", "networks: { frontend: }\n"),
    told: [
      'compose.yaml:4:16: services.web.networks.fronted: no network "fronted" is defined; did you mean "frontend"?',
    ],
  },
  {
    what: "an undefined volume",
    files: web('volumes: ["data:/data"]'),
    told: [
      'compose.yaml:4:15: services.web.volumes[0]: no volume "data" is defined; add it to the top-level volumes',
    ],
  },
  {
    what: "a secret without a source, and an empty one",
    files: web("secrets: [{ target: x }, { source: '' }]"),
    told: [
      "compose.yaml:4:15: services.web.secrets[0]: source is missing; give a string",
      'compose.yaml:4:30: services.web.secrets[0]: no secret "" is defined; add it to the top-level secrets',
    ],
  },
  {
    what: "an empty build context",
    files: 'services:\n  web:\n    build: { context: "" }\n',
    told: [
      "compose.yaml:3:14: services.web.build.context: is empty; name the folder of the sources",
    ],
  },
  {
    what: "an undefined secret and config",
    files: web("secrets: [password]\n    configs: [{ source: nginx.conf, target: /x }]"),
    told: [
      'compose.yaml:4:15: services.web.secrets[0]: no secret "password" is defined; add it to the top-level secrets',
      'compose.yaml:5:15: services.web.configs[0]: no config "nginx.conf" is defined; add it to the top-level configs',
    ],
  },
  {
    what: "undefined services",
    files: web(
      'depends_on: { databse: { condition: service_healthy } }\n    links: ["cache:c"]\n    volumes_from: [store]',
      "  database: { image: x }\n",
    ),
    told: [
      'compose.yaml:4:19: services.web.depends_on.databse: no service "databse" is defined; did you mean "database"?',
      'compose.yaml:5:13: services.web.links[0]: no service "cache" is defined; add it, or remove this',
      'compose.yaml:6:20: services.web.volumes_from[0]: no service "store" is defined; add it, or remove this',
    ],
  },
  {
    what: "a shared network namespace of no service",
    files: web("network_mode: service:vpn"),
    told: [
      'compose.yaml:4:5: services.web.network_mode: no service "vpn" is defined; add it, or remove this',
    ],
  },
  {
    what: "a dependency that no profile switches on",
    files: web("depends_on: [db]", "  db: { image: x, profiles: [data] }\n"),
    told: [
      'compose.yaml:4:18: services.web.depends_on.db: service "db" is switched off; add profile "data" to berth:profiles, or write required: false in depends_on',
    ],
  },
  {
    what: "bad ports",
    files: web(
      'ports: ["80:80:80:80", "99999:80", "http:80", "80-82:80-81", "80:80/http", { published: 80 }]',
    ),
    told: [
      'compose.yaml:4:13: services.web.ports[0]: "80:80" is not an IP address; write [ip:]host:container, such as 127.0.0.1:8080:80 or [::1]:8080:80',
      'compose.yaml:4:28: services.web.ports[1]: "99999" is not a port; ports go up to 65535',
      'compose.yaml:4:40: services.web.ports[2]: "http" is not a port; write a number from 1 to 65535, or a range such as 8000-8010',
      'compose.yaml:4:51: services.web.ports[3]: "80-82" and "80-81" are ranges of different length; give both the same length',
      'compose.yaml:4:66: services.web.ports[4]: "http" is not a protocol; use tcp, udp or sctp',
      "compose.yaml:4:80: services.web.ports[5]: target is missing; give a number",
    ],
  },
  {
    what: "a bad duration",
    files: web("stop_grace_period: 5 minutes\n    healthcheck: { test: x, interval: 30 }"),
    told: [
      'compose.yaml:4:24: services.web.stop_grace_period: "5 minutes" is not a duration; write one such as 30s or 1m30s',
      'compose.yaml:5:39: services.web.healthcheck.interval: must be a string; put it in quotes: "30"',
    ],
  },
  {
    what: "a bad size and bad cpus",
    files: web("mem_limit: 1 gig\n    cpus: half"),
    told: [
      'compose.yaml:4:16: services.web.mem_limit: "1 gig" is not a size; write one such as 512m, 2g or a number of bytes',
      'compose.yaml:5:11: services.web.cpus: "half" is not a number; give a number such as 0.5, 0 or more',
    ],
  },
  {
    what: "a tab",
    files: "services:\n  web:\n\timage: nginx\n",
    told: ["compose.yaml:3:1: a tab cannot indent in YAML; use spaces"],
  },
  {
    what: "broken YAML",
    files: 'services:\n  web:\n    image: "nginx\n',
    told: ["compose.yaml:4:1: a quote is opened and never closed; close it"],
  },
  {
    what: "a key that stands twice",
    files: web("image: apache"),
    told: ["compose.yaml:4:5: services.web.image: stands here twice, first in line 3; keep one"],
  },
  {
    what: "an alias of nothing",
    files: web("environment: *common"),
    told: [
      "compose.yaml:4:18: services.web.environment: no anchor &common stands before this alias; define it first",
    ],
  },
  {
    what: "a missing file",
    files: { "x.yaml": "" },
    told: ["compose.yaml:1:1: does not exist; check the path"],
  },
  {
    what: "a folder",
    files: { "compose.yaml/x": "" },
    told: ["compose.yaml:1:1: is a folder; name a file"],
  },
  {
    what: "an empty file",
    files: "# nothing\n",
    told: ["compose.yaml:1:1: is empty; write a mapping with services"],
  },
  {
    what: "a file of 10 MB",
    files: `services: {}\n${"# filler\n".repeat(1_100_000)}`,
    told: ["compose.yaml:1:1: is 10 MB large; at most 4 MB are read"],
  },
  {
    what: "a binary file",
    files: { "compose.yaml": Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 0, 1]) },
    told: ["compose.yaml:1:1: is a binary file; give a text file"],
  },
  {
    what: "an alias bomb",
    files: bomb,
    told: [
      "compose.yaml:6:10: x-f[0]: aliases expand to more than 250000 values; write fewer aliases of aliases",
    ],
  },
  {
    what: "a list at the top",
    files: "- web\n",
    told: ["compose.yaml:1:1: a Compose file is a mapping; start it with services:"],
  },
  {
    what: "no services",
    files: "services: {}\n",
    told: ["compose.yaml:1:1: services: there are no services; add one"],
  },
  {
    what: "no service switched on",
    files: "services:\n  web: { image: x, profiles: [a] }\n",
    told: [
      "compose.yaml:1:1: services: no chosen profile switches a service on; set berth:profiles to some of a",
    ],
  },
  {
    what: "a service without an image",
    files: "services:\n  web:\n    tty: true\n",
    told: ["compose.yaml:2:3: services.web: has neither image nor build; give it one"],
  },
  {
    what: "an invalid name",
    files: "services:\n  my web:\n    image: x\n  ok: { image: x }\n",
    told: [
      "compose.yaml:2:3: services.my web: is not a valid name; use letters, digits, dots, dashes and underscores",
    ],
  },
  {
    what: "network_mode beside networks",
    files: web("network_mode: host\n    networks: [default]"),
    told: [
      "compose.yaml:4:5: services.web.network_mode: stands beside networks; keep one of the two",
    ],
  },
  {
    what: "two mounts on one target",
    files: web('tmpfs: /cache\n    volumes: ["store:/cache/"]', "volumes: { store: }\n"),
    told: [
      "compose.yaml:5:15: services.web.volumes[0]: /cache is mounted by tmpfs[0] already; give each its own target",
    ],
  },
  {
    what: "a volume that reads as a drive",
    files: web('volumes: ["c:/cache"]', "volumes: { c: }\n"),
    told: [
      'compose.yaml:4:15: services.web.volumes[0]: "c:/cache" reads as a path of Windows; give the volume a name of two letters or more',
    ],
  },
  {
    what: "a container name twice, and one for several containers",
    files: web("container_name: app\n    scale: 2", "  other: { image: x, container_name: app }\n"),
    told: [
      "compose.yaml:4:5: services.web.container_name: names one container, and the service has several; remove it",
      'compose.yaml:4:5: services.web.container_name: "app" is the container name of "other" too; give each its own, or none',
    ],
  },
  {
    what: "a missing env file",
    files: web("env_file: [app.env, { path: no.env, required: false }]"),
    told: ["compose.yaml:4:16: services.web.env_file[0]: app.env does not exist; check the path"],
  },
  {
    what: "a broken env file",
    files: { "compose.yaml": web("env_file: app.env"), "app.env": 'A=1\nMY KEY=2\nB="open\n' },
    told: [
      'app.env:2:1: "MY KEY" is not a variable name; write NAME=value without spaces in the name',
      "app.env:3:3: the quote that opens here is never closed; close it",
    ],
  },
  {
    what: "a missing build context and Dockerfile",
    files: {
      "compose.yaml":
        "services:\n  a:\n    build: ./nowhere\n  b:\n    build:\n      context: src\n      dockerfile: Dockerfile.dev\n",
      "src/main.c": "",
    },
    told: [
      "compose.yaml:3:12: services.a.build.context: folder nowhere does not exist; check the path",
      "compose.yaml:7:7: services.b.build.dockerfile: src/Dockerfile.dev does not exist; create it, or name another with dockerfile",
    ],
  },
  {
    what: "a bad healthcheck",
    files: web("healthcheck: { test: [curl, localhost] }"),
    told: [
      'compose.yaml:4:20: services.web.healthcheck.test: starts with "curl"; a list starts with CMD, CMD-SHELL or NONE',
    ],
  },
  {
    what: "a file of 2014",
    files: "web:\n  image: nginx\n",
    told: [
      "compose.yaml:1:1: web: services are at the top level, as in Compose files of 2014; put them below services:",
    ],
  },
  {
    what: "a key of 2015",
    files: web("log_driver: syslog"),
    told: [
      'compose.yaml:4:5: services.web.log_driver: a key of Compose files of 2015; write "logging: { driver: … }"',
    ],
  },
  {
    what: "a secret where it decides structure",
    files: web("hostname: host-${TOKEN}"),
    options: { variables: { TOKEN: refer("config", "variables.TOKEN") } },
    told: [
      "compose.yaml:4:15: services.web.hostname: this decides what is created and cannot be secret",
    ],
  },
  {
    what: "a secret image draws one problem",
    files: "services:\n  web:\n    image: ${TOKEN}\n",
    options: { variables: { TOKEN: refer("config", "variables.TOKEN") } },
    told: [
      "compose.yaml:3:12: services.web.image: this decides what is created and cannot be secret",
    ],
  },
  {
    what: "an external secret without a value",
    files: web("secrets: [stripe]", "secrets:\n  stripe: { external: true }\n"),
    told: [
      'compose.yaml:6:3: secrets.stripe: is external and has no value; give it in berth:secrets as "stripe"',
    ],
  },
  {
    what: "a secret whose file is missing",
    files: web("secrets: [key]", "secrets:\n  key:\n    file: ./key.txt\n"),
    told: [
      'compose.yaml:7:11: secrets.key.file: key.txt does not exist or cannot be read; create it, or give the value in berth:secrets as "key"',
    ],
  },
  {
    what: "control characters",
    files: web('hostname: "a\\u0001b"'),
    told: [
      "compose.yaml:4:15: services.web.hostname: holds a control character (U+0001 or U+0002); remove it",
    ],
  },
  {
    what: "an extended service that is not there",
    files: {
      "compose.yaml": "services:\n  web:\n    extends: { file: common.yaml, service: bse }\n",
      "common.yaml": "services: { base: { image: x } }\n",
    },
    told: [
      'compose.yaml:3:44: services.web.extends: no service "bse" in common.yaml; did you mean "base"?',
    ],
  },
  {
    what: "an included file that is missing",
    files: `include: [shared.yaml]\n${web("tty: true")}`,
    told: ["compose.yaml:1:11: include: shared.yaml does not exist; check the path"],
  },
  {
    what: "an include that defines the same differently",
    files: {
      "compose.yaml": `include: [shared.yaml]\n${web("tty: true")}`,
      "shared.yaml": "services:\n  web: { image: other }\n",
    },
    told: [
      "compose.yaml:3:3: services.web: is defined in shared.yaml:2 too, which is included; rename one, or override it in a second Compose file",
    ],
  },
  {
    what: "a command that no shell runs",
    files: web("command: (cd /app && run)"),
    told: [
      'compose.yaml:4:14: services.web.command: has a "(" that only a shell understands; quote it, or write the command as a list',
    ],
  },
  {
    what: "keys that contradict each other",
    files: web(
      "scale: 2\n    mem_limit: 1g\n    deploy: { replicas: 3, resources: { limits: { memory: 2g } } }",
    ),
    told: [
      "compose.yaml:4:5: services.web.scale: says something else than deploy.replicas; keep one of the two",
      "compose.yaml:5:5: services.web.mem_limit: says something else than deploy.resources.limits.memory; keep one of the two",
    ],
  },
  {
    what: "settings of an external volume",
    files: web('volumes: ["store:/x"]', "volumes:\n  store: { external: true, driver: nfs }\n"),
    told: [
      "compose.yaml:6:28: volumes.store.driver: has no effect on an external volume; remove it, or external",
    ],
  },
  {
    what: "a secret with two sources, and one with none",
    files: web("tty: true", "secrets:\n  a: { file: x, environment: Y }\n  b: { name: n }\n"),
    told: [
      "compose.yaml:6:3: secrets.a: has file and environment; keep one of them",
      "compose.yaml:7:3: secrets.b: has none of file, environment; give one",
    ],
  },
  {
    what: "a space after a variable's name",
    files: web('environment: ["A =1"]'),
    told: [
      'compose.yaml:4:19: services.web.environment[0]: "A =1" has a space after its name; write NAME=value',
    ],
  },
  {
    what: "devices by count and by id",
    files: web('gpus: [{ count: 1, device_ids: ["0"] }]\n    devices: ["a:b:c:d"]'),
    told: [
      "compose.yaml:4:12: services.web.gpus[0]: has both count and device_ids; keep one of the two",
      'compose.yaml:5:15: services.web.devices[0]: "a:b:c:d" has too many colons; write source:target:permissions',
    ],
  },
  {
    what: "several at once, in order",
    files: web('port: 1\n    mem_limit: lots\n    networks: [x]\n    image2: ""'),
    told: [
      'compose.yaml:4:5: services.web.port: unknown key; did you mean "ports"?',
      'compose.yaml:5:16: services.web.mem_limit: "lots" is not a size; write one such as 512m, 2g or a number of bytes',
      'compose.yaml:6:16: services.web.networks.x: no network "x" is defined; add it to the top-level networks',
      'compose.yaml:7:5: services.web.image2: unknown key; did you mean "image"?',
    ],
  },
];

describe("mistakes in Compose files", () => {
  after(cleanUp);

  for (const { what, files, options, told } of table)
    it(`reports ${what}`, () => {
      assert.deepEqual(mistakes(files, options), told);
    });
});
