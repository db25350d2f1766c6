import type { Properties } from "../../simulators/values";
import type { Cases, Step } from "../subject";
import { one, property, unstarted } from "./docker-case";
import { files, networks } from "./docker-container-mounts";

const byHand = (act: string, body?: Properties): Step => ({
  byHand: act,
  ...(body === undefined ? {} : { body }),
});

const healthy = ["CMD", "/app", "check"];
const ready = { uploads: [{ file: "/ready", content: "yes" }] };

const texts: Cases = {
  command: property("command", ["run", "now"], ["run", "later"]),
  "command with an empty string": one({ command: ["run", ""] }),
  "command with nothing": one({ command: [] }),
  entrypoints: property("entrypoints", ["/app", "run"]),
  "entrypoints with an empty string": one({ entrypoints: ["/app", ""] }),
  workingDir: property("workingDir", "/srv"),
  user: property("user", "1000:1000"),
  hostname: property("hostname", "web"),
  domainname: property("domainname", "example.com"),
  stopSignal: property("stopSignal", "SIGINT"),
  "stopSignal without SIG": property("stopSignal", "INT"),
  stopTimeout: property("stopTimeout", 7, 8),
  platform: property("platform", "linux/amd64"),
  runtime: property("runtime", "runc"),
  "usernsMode host": property("usernsMode", "host"),
  cgroupParent: property("cgroupParent", "/<run>"),
  "cgroupnsMode private": property("cgroupnsMode", "private"),
  "cgroupnsMode host": property("cgroupnsMode", "host"),
  "ipcMode host": property("ipcMode", "host"),
  "ipcMode shareable": property("ipcMode", "shareable"),
  "pidMode host": property("pidMode", "host"),
  tty: property("tty", true),
  stdinOpen: property("stdinOpen", true),
  init: property("init", true, false),
  "init false": property("init", false),
  privileged: one({ ...unstarted, privileged: true }),
  readOnly: property("readOnly", true),
};

const lists: Cases = {
  envs: property("envs", ["B=2", "A=1"], ["A=1", "B=3"]),
  "envs in another order": one({ envs: ["B=2", "A=1"] }, { change: { envs: ["A=1", "B=2"] } }),
  "envs with an empty string": one({ envs: ["A=1", ""] }),
  "envs with an empty value": property("envs", ["A="]),
  labels: property("labels", [{ label: "a", value: "1" }], [{ label: "a", value: "2" }]),
  "labels with an empty value": property("labels", [{ label: "a", value: "" }]),
  dns: property("dns", ["1.1.1.1", "8.8.8.8"]),
  dnsOpts: property("dnsOpts", ["ndots:2"]),
  dnsSearches: property("dnsSearches", ["example.com"]),
  securityOpts: property("securityOpts", ["no-new-privileges:true"]),
  groupAdds: property("groupAdds", ["1001"]),
  "groupAdds that the image has not": one({ groupAdds: ["1001", "audio"] }),
  deviceCgroupRules: property("deviceCgroupRules", ["c 1:3 rwm"]),
  hosts: property("hosts", [{ host: "db", ip: "10.0.0.7" }], [{ host: "db", ip: "10.0.0.8" }]),
  "hosts with IPv6": property("hosts", [{ host: "db", ip: "2001:db8::1" }]),
  "hosts with host-gateway": property("hosts", [{ host: "db", ip: "host-gateway" }]),
  devices: property("devices", [{ hostPath: "/dev/null", containerPath: "/dev/zilch" }]),
  "devices with permissions": property("devices", [
    { hostPath: "/dev/null", containerPath: "/dev/zilch", permissions: "r" },
  ]),
  gpus: one({ ...unstarted, gpus: "all" }),
  deviceRequests: one({
    ...unstarted,
    deviceRequests: [{ count: -1, capabilities: ["gpu"] }],
  }),
  "deviceRequests with everything": one({
    ...unstarted,
    deviceRequests: [
      { driver: "nvidia", deviceIds: ["0"], capabilities: ["gpu"], options: { a: "b" } },
    ],
  }),
  ulimits: property("ulimits", [{ name: "nofile", soft: 1024, hard: 2048 }]),
  "capabilities with their prefix": property("capabilities", {
    adds: ["CAP_NET_ADMIN"],
    drops: ["CAP_CHOWN"],
  }),
  "capabilities without their prefix": property("capabilities", { adds: ["NET_ADMIN"] }),
  "capabilities ALL": property("capabilities", { drops: ["ALL"], adds: ["CAP_CHOWN"] }),
  sysctls: property("sysctls", { "net.ipv4.ip_unprivileged_port_start": "0" }),
  storageOpts: one({ storageOpts: { size: "1G" } }),
  tmpfs: property("tmpfs", { "/tmp": "size=1048576" }, { "/tmp": "" }),
  "tmpfs without options": property("tmpfs", { "/tmp": "" }),
  logging: one(
    { logDriver: "json-file", logOpts: { "max-size": "10m", "max-file": "3" } },
    { change: { logOpts: { "max-size": "20m", "max-file": "3" } } },
    { change: { logOpts: undefined } },
    { change: { logDriver: undefined } },
  ),
  "logDriver none": property("logDriver", "none"),
  "logDriver local": property("logDriver", "local"),
};

const limits: Cases = {
  memory: property("memory", 32, 48),
  "memory with swap": one(
    { memory: 32, memorySwap: 64 },
    { change: { memory: 48, memorySwap: 96 } },
    { change: { memorySwap: undefined } },
    { change: { memory: undefined } },
  ),
  "memory without swap": one({ memory: 32, memorySwap: 32 }),
  "memory with endless swap": one(
    { memory: 32, memorySwap: -1 },
    { change: { memorySwap: undefined } },
  ),
  "memory below what Docker takes": one({ memory: 1 }),
  "memory that is negative": one({ memory: -1 }),
  memoryReservation: property("memoryReservation", 16, 24),
  "memory and its reservation": one({ memory: 32, memorySwap: 64, memoryReservation: 16 }),
  cpus: property("cpus", "0.5", "1"),
  "cpus with a zero": property("cpus", "0.50"),
  "cpus that are no number": one({ cpus: "half" }),
  cpuShares: property("cpuShares", 512, 256),
  cpuSet: property("cpuSet", "0", "0-1"),
  "cpuSet of a list": property("cpuSet", "0,1"),
  "cpuSet that is none": one({ cpuSet: "first" }),
  "cpuSet with a space": one({ cpuSet: "0, 1" }),
  cpuPeriod: property("cpuPeriod", 50000, 100000),
  cpuQuota: property("cpuQuota", 25000, 50000),
  shmSize: property("shmSize", 32, 64),
  "shmSize that is negative": one({ shmSize: -1 }),
  restart: property("restart", "always", "unless-stopped"),
  "restart of another word": one({ restart: "sometimes" }),
  "restart with a count": one(
    { restart: "on-failure", maxRetryCount: 3 },
    { change: { maxRetryCount: 4 } },
    { change: { maxRetryCount: undefined } },
  ),
  "restart on failure": property("restart", "on-failure"),
  destroyGraceSeconds: property("destroyGraceSeconds", 2, 3),
  removeVolumes: property("removeVolumes", false),
};

const health: Cases = {
  "healthcheck in Go's form": one(
    {
      healthcheck: {
        tests: healthy,
        interval: "1m0s",
        timeout: "1s",
        startPeriod: "1m30s",
        retries: 3,
      },
    },
    {
      change: {
        healthcheck: {
          tests: healthy,
          interval: "2m0s",
          timeout: "1s",
          startPeriod: "1m30s",
          retries: 3,
        },
      },
    },
    { change: { healthcheck: undefined } },
  ),
  "healthcheck in seconds": property("healthcheck", {
    tests: healthy,
    interval: "60s",
    timeout: "0.5s",
    startPeriod: "3600s",
    retries: 3,
  }),
  "healthcheck with tests alone": property("healthcheck", { tests: healthy }),
  "healthcheck of a shell": property("healthcheck", { tests: ["CMD-SHELL", "true"] }),
  "healthcheck with startInterval": one({
    healthcheck: { tests: healthy, startPeriod: "10s", startInterval: "2s" },
  }),
  "healthcheck that is none": property("healthcheck", { tests: ["NONE"] }),
  "healthcheck without tests": one({ healthcheck: { tests: [] } }),
  "healthcheck with an empty string": one({ healthcheck: { tests: ["CMD", "/app", ""] } }),
  "healthcheck with a duration that is none": one({
    healthcheck: { tests: healthy, interval: "soon" },
  }),
  "healthcheck with a duration without unit": one({
    healthcheck: { tests: healthy, interval: "60" },
  }),
  "healthcheck below a millisecond": one({ healthcheck: { tests: healthy, interval: "1us" } }),
  "wait until healthy": one(
    {
      ...ready,
      healthcheck: { tests: healthy, interval: "200ms", retries: 1 },
      wait: true,
      waitTimeout: 20,
    },
    { change: { waitTimeout: 21 } },
  ),
  "wait in vain": one(
    {
      healthcheck: { tests: healthy, interval: "100ms", retries: 1 },
      wait: true,
      waitTimeout: 2,
    },
    { change: { restart: "unless-stopped" } },
  ),
  "wait without a healthcheck": one({ wait: true, waitTimeout: 2 }),
};

const life: Cases = {
  "a name that the plugin makes up": { inputs: { image: "<image>" } },
  "a name that is empty": one({ name: "" }),
  "a name that Docker refuses": one({ name: "a name" }),
  "a name that is taken": one({ name: "<run>-other" }),
  "another image": one({}, { change: { image: "<other image>" } }),
  "an image by its name": one({ image: "<run>:1" }),
  "an image that is nowhere": one({ image: "127.0.0.1:1/nowhere:1" }),
  "no image": { inputs: { name: "<run>" } },
  "a property that there is none of": one({ moon: 1 }),
  "a number in letters": one({ memory: "thirty" }),
  "a one-shot": one(
    { command: ["exit", "3"], mustRun: false, attach: true, logs: true },
    { change: { command: ["exit", "0"] } },
  ),
  "not started": one({ start: false, mustRun: false }, byHand("POST /containers/<id>/start"), {
    change: { start: true },
  }),
  "not started, though it must run": one({ start: false }),
  "it ends, though it must run": one({ command: ["exit", "3"], attach: true }),
  "killed by hand": one({}, byHand("POST /containers/<id>/kill")),
  "killed by hand, need not run": one({ mustRun: false }, byHand("POST /containers/<id>/kill")),
  "paused by hand": one({}, byHand("POST /containers/<id>/pause")),
  "removed by hand": one({}, byHand("DELETE /containers/<id>?force=true")),
  "renamed by hand": one({}, byHand("POST /containers/<id>/rename?name=<run>-renamed")),
  "other limits by hand": one(
    { restart: "always", memory: 32, memorySwap: 64 },
    byHand("POST /containers/<id>/update", {
      RestartPolicy: { Name: "no" },
      Memory: 50331648,
      MemorySwap: 100663296,
    }),
  ),
  "off its network by hand": one(
    { networksAdvanced: [{ name: "<run>" }] },
    byHand("POST /networks/<run>/disconnect", { Container: "<run>" }),
  ),
  "on another network by hand": one(
    { networksAdvanced: [{ name: "<run>" }] },
    byHand("POST /networks/<run>-second/connect", { Container: "<run>" }),
  ),
};

export const container: Cases = {
  plainest: one({}),
  ...texts,
  ...lists,
  ...files,
  ...networks,
  ...limits,
  ...health,
  ...life,
};
