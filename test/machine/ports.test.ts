import assert from "node:assert/strict";
import { resolve } from "node:path";
import { preview } from "../../cli/preview/run";
import { readStack } from "../../cli/stack";
import { listed, rulesOf, type Resource } from "./firewall";
import { needsMachine } from "./machine";
import { callers, NetworkSandbox } from "./network-sandbox";

const repository = resolve(__dirname, "../..");
const clouds = ["aws", "gcp", "digitalocean"] as const;

/** Examples, some with ports of their own. */
const cases: readonly {
  readonly example: string;
  readonly openPorts?: Readonly<Record<string, string>>;
}[] = [
  { example: "autoship" },
  { example: "bigga" },
  { example: "connesoa" },
  { example: "qwaya" },
  { example: "simpleapp" },
  { example: "bigga", openPorts: { "5672": "rabbitmq:5672", "5005/udp": "socket:5005" } },
];

/** All that a system may listen on, each service of the examples, and the ends of the range. */
const tried = [
  ...Array.from({ length: 1024 }, (_, index) => index + 1),
  ...[1433, 2049, 2375, 2376, 2377, 3000, 3306, 4369, 5000, 5005, 5432, 5671, 5672, 6379, 6443],
  ...[7474, 7687, 7946, 8000, 8025, 8080, 8081, 8123, 8443, 8888, 8983, 9000, 9090, 9100, 9200],
  ...[9300, 10250, 10255, 11211, 15672, 25672, 27017, 30000, 32767, 32768, 49152, 60999, 65535],
];

async function planned(
  cloud: string,
  { example, openPorts = {} }: (typeof cases)[number],
): Promise<readonly Resource[]> {
  const { recording } = await preview(
    readStack(repository, {
      configFile: `examples/${example}/Pulumi.qa.yaml`,
      overrides: [
        `cloud=${cloud}`,
        "gcp:project=acme-qa",
        "sites={}",
        `openPorts=${JSON.stringify(openPorts)}`,
      ],
    }),
  );
  return recording.resources;
}

describe("the ports of every example on every cloud, by packets", function () {
  this.timeout(120_000);
  let wall: NetworkSandbox;

  before(async function () {
    needsMachine(this);
    wall = await NetworkSandbox.create();
  });
  after(() => {
    (wall as NetworkSandbox | undefined)?.dispose();
  });

  it("reach a machine without a wall, and none behind one without rules", async () => {
    wall.allow([{ verdict: "ACCEPT", source: "0.0.0.0/0" }]);
    for (const caller of ["operator", "stranger"] as const)
      assert.deepEqual(await wall.reached(caller, { tcp: tried, udp: tried }), {
        tcp: tried,
        udp: tried,
      });
    wall.allow([]);
    for (const caller of ["operator", "stranger"] as const)
      assert.deepEqual(await wall.reached(caller, { tcp: tried, udp: tried }), {
        tcp: [],
        udp: [],
      });
  });

  for (const cloud of clouds)
    for (const what of cases) {
      const { example, openPorts = {} } = what;
      const own = Object.keys(openPorts);
      const of = (protocol: "tcp" | "udp"): number[] =>
        own
          .map((key) => key.split("/"))
          .filter(([, given = "tcp"]) => given === protocol)
          .map(([port]) => Number(port));
      const also = own.length === 0 ? "" : `, ${own.join(" and ")}`;

      it(`${example} on ${cloud}: 80 and 443${also}, and 2376 for operators`, async () => {
        const rules = rulesOf(await planned(cloud, what));
        const open = { tcp: [80, 443, ...of("tcp")], udp: of("udp") };
        assert.deepEqual(
          listed(rules),
          [
            ...open.tcp.map((port) => `tcp ${port} from 0.0.0.0/0`),
            ...open.udp.map((port) => `udp ${port} from 0.0.0.0/0`),
            "tcp 2376 from 203.0.113.0/24",
          ].sort(),
        );
        wall.allow(rules);
        const all = { tcp: tried, udp: tried };
        const [operator, stranger] = await Promise.all([
          wall.reached("operator", all),
          wall.reached("stranger", all),
        ]);
        assert.deepEqual(stranger, open, callers.stranger);
        const more = [...open.tcp, 2376].sort((a, b) => a - b);
        assert.deepEqual(operator, { ...open, tcp: more }, callers.operator);
      });
    }
});
