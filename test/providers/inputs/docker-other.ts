import type { Properties } from "../../simulators/values";
import type { Case, Cases, Step } from "../subject";

const one = (inputs: Properties, ...steps: Step[]): Case => ({ inputs, steps });

const labels = [{ label: "berth.stack", value: "qa" }];
const otherLabels = [{ label: "berth.stack", value: "prod" }];
const name = "<run>-own";

export const volume: Cases = {
  plainest: one({ name }),
  "as Berth asks for it": one(
    { name, labels },
    { change: { labels: otherLabels } },
    { change: { labels: undefined } },
  ),
  driver: one({ name, driver: "local" }, { change: { driver: undefined } }),
  "a driver that is not there": one({ name, driver: "moon" }),
  driverOpts: one(
    { name, driverOpts: { type: "tmpfs", device: "tmpfs", o: "size=1048576" } },
    { change: { driverOpts: { type: "tmpfs", device: "tmpfs", o: "size=2097152" } } },
    { change: { driverOpts: undefined } },
  ),
  "driverOpts in another order": one({
    name,
    driverOpts: { o: "bind", type: "none", device: "/tmp" },
  }),
  "a name that the plugin makes up": one({}),
  "another name": one({ name }, { change: { name: "<run>-renamed" } }),
  "a name that Docker refuses": one({ name: "a name" }),
  "a name that is there": one({ name: "<run>-there", labels }),
  "removed by hand": one({ name }, { byHand: "DELETE /volumes/<run>-own" }),
};

export const network: Cases = {
  plainest: one({ name }),
  "as Berth asks for it": one(
    { name, driver: "bridge", internal: false, labels },
    { change: { labels: otherLabels } },
    { change: { labels: undefined } },
    { change: { internal: true } },
    { change: { internal: undefined } },
    { change: { driver: undefined } },
  ),
  internal: one({ name, internal: true }, { change: { internal: false } }),
  attachable: one({ name, attachable: true }, { change: { attachable: undefined } }),
  ipv6: one(
    { name, ipv6: true, ipamConfigs: [{ subnet: "fd00:77::/64" }] },
    { change: { ipv6: undefined } },
  ),
  "ipv6 without a subnet": one({ name, ipv6: true }),
  options: one(
    { name, options: { "com.docker.network.driver.mtu": "1400" } },
    { change: { options: { "com.docker.network.driver.mtu": "1300" } } },
    { change: { options: undefined } },
  ),
  ipamConfigs: one(
    { name, ipamConfigs: [{ subnet: "10.77.7.0/24" }] },
    { change: { ipamConfigs: [{ subnet: "10.77.8.0/24" }] } },
    { change: { ipamConfigs: undefined } },
  ),
  "ipamConfigs with everything": one({
    name,
    ipamConfigs: [{ subnet: "10.77.7.0/24", gateway: "10.77.7.9", ipRange: "10.77.7.128/25" }],
  }),
  "ipamConfigs of a network's host": one({ name, ipamConfigs: [{ subnet: "10.77.7.1/24" }] }),
  "ipamConfigs that are none": one({ name, ipamConfigs: [{ subnet: "moon" }] }),
  "a driver that is not there": one({ name, driver: "moon" }),
  "a name that the plugin makes up": one({}),
  "a name that is taken": one({ name: "<run>" }),
  "another name": one({ name }, { change: { name: "<run>-renamed" } }),
  "removed by hand": one({ name }, { byHand: "DELETE /networks/<run>-own" }),
  "in use": one(
    { name },
    {
      byHand: "POST /networks/<run>-own/connect",
      body: { Container: "<run>-other" },
    },
  ),
};

export const remoteImage: Cases = {
  plainest: one({ name: "<run>:1", keepLocally: true }),
  "by its id": one({ name: "<image>", keepLocally: true }),
  platform: one(
    { name: "<run>:1", keepLocally: true, platform: "linux/amd64" },
    { change: { platform: undefined } },
  ),
  "another platform": one({ name: "<run>:1", keepLocally: true, platform: "linux/arm64" }),
  triggers: one(
    { name: "<run>:1", keepLocally: true, triggers: { pulled: "now" } },
    { change: { triggers: { pulled: "later" } } },
    { change: { triggers: undefined } },
  ),
  "another name": one({ name: "<run>:1", keepLocally: true }, { change: { name: "<run>:2" } }),
  "keepLocally changed": one(
    { name: "<run>:1", keepLocally: true },
    { change: { keepLocally: undefined } },
    { change: { keepLocally: true } },
  ),
  "not kept, in use": one({ name: "<run>:1" }),
  "not kept": one({ name: "<run>:3" }),
  "not there": one({ name: "127.0.0.1:1/nowhere:1", keepLocally: true }),
  "pruned by hand": one(
    { name: "<run>:3", keepLocally: true },
    { byHand: "DELETE /images/<run>:3?force=true" },
  ),
  "another one of that name by hand": one(
    { name: "<run>:3", keepLocally: true },
    { byHand: "POST /images/<run>:1/tag?repo=<run>&tag=3" },
  ),
};

const build = {
  context: "<folder>",
  dockerfile: "<folder>/Dockerfile",
  builderVersion: "BuilderV1",
};
const built = { imageName: "<run>:built", skipPush: true, build };

export const image: Cases = {
  plainest: one(built),
  "args, a target and a platform": one(
    {
      ...built,
      build: { ...build, args: { WORD: "hello" }, target: "base", platform: "linux/amd64" },
    },
    { change: { build: { ...build, args: { WORD: "bye" }, target: "base" } } },
  ),
  BuildKit: one({ ...built, build: { ...build, builderVersion: "BuilderBuildKit" } }),
  network: one({ ...built, build: { ...build, network: "host" } }),
  addHosts: one({ ...built, build: { ...build, addHosts: ["db:10.0.0.7"] } }),
  "another name": one(built, { change: { imageName: "<run>:again" } }),
  "a target that is not there": one({ ...built, build: { ...build, target: "moon" } }),
  "a Dockerfile that is not there": one({
    ...built,
    build: { ...build, dockerfile: "<folder>/Moon" },
  }),
  "a context that is not there": one({ ...built, build: { ...build, context: "<folder>/moon" } }),
  "removed by hand": one(built, { byHand: "DELETE /images/<run>:built?force=true" }),
  "pushed to a registry that is not there": one({
    imageName: "127.0.0.1:1/<run>:built",
    registry: { server: "127.0.0.1:1", username: "berth", password: "hush" },
    build,
  }),
};
