import assert from "node:assert/strict";
import { plan } from "../../components/plan";
import { app, catalog, planOf, problemsOf, settings, told, type Loose } from "./make";

const cluster = { shape: "cluster", domain: "example.com" } as const;
const asks = (reservations: object, more: Loose = {}): Loose => ({
  restart: "always",
  deploy: { resources: { reservations } },
  ...more,
});
const GiB = 1024 ** 3;
const how = "take a larger node in berth:nodes.size (s-4vcpu-8gb), or ask for less";

describe("a pod that asks for more than a node has", () => {
  it("is refused, by processors and by memory", () => {
    assert.deepEqual(problemsOf({ job: asks({ cpus: 2 }) }, cluster), [
      `services.job.deploy.resources.reservations.cpus: 2 processors: a node s-2vcpu-4gb has 2 and keeps some for Kubernetes, so that the pod would start nowhere; ${how}`,
    ]);
    assert.deepEqual(problemsOf({ job: asks({ memory: String(5 * GiB) }) }, cluster), [
      `services.job.deploy.resources.reservations.memory: 5120 MiB: a node s-2vcpu-4gb has 4096 MiB, so that the pod would start nowhere; ${how}`,
    ]);
    const [limited] = problemsOf({ job: { mem_limit: String(6 * GiB) } }, cluster);
    assert.ok(limited!.startsWith("services.job.mem_limit: 6144 MiB: "), limited);
  });

  it("is no problem on a larger node, on a machine, or where only the limit of processors is high", () => {
    const nodes = { size: "s-4vcpu-8gb", min: 1, max: 2 };
    assert.deepEqual(problemsOf({ job: asks({ cpus: 2 }) }, { ...cluster, nodes }), []);
    assert.deepEqual(problemsOf({ job: asks({ cpus: 2 }) }), []);
    assert.deepEqual(problemsOf({ job: { cpus: 64 } }, cluster), []);
  });

  it("draws a notice of level loss where Kubernetes may keep what it asks for", () => {
    const near = planOf({ job: asks({ memory: String(3.5 * GiB) }) }, cluster);
    assert.ok(told(near).includes("loss job.deploy.resources.reservations.memory"));
    const fits = planOf({ job: asks({ memory: String(2.5 * GiB) }) }, cluster);
    assert.ok(!told(fits).some((line) => line.includes("memory")));
  });

  it("draws a notice where the nodes hold fewer pods than run, and says how many nodes do", () => {
    const nodes = { size: "s-2vcpu-4gb", min: 1, max: 2 };
    const many = (replicas: number): Loose => ({ restart: "always", deploy: { replicas } });
    const job: Loose = { restart: "no" };
    const side = { network_mode: "service:b" };
    const said = (a: number, type?: { pods: number }) => {
      const types = {
        ...catalog.machineTypes,
        "s-2vcpu-4gb": { cpus: 2, memory: 4, monthly: 24, ...type },
      };
      const made = plan(
        app({ a: many(a), b: many(1), side: { ...many(1), ...side }, job }),
        settings({ ...cluster, nodes }),
        { ...catalog, machineTypes: types },
      ).plan!;
      return made.notices.filter(({ key }) => key === "nodes.max").map(({ message }) => message);
    };
    assert.deepEqual(said(199), []);
    assert.deepEqual(said(200), [
      "201 pods run at the least, and 2 nodes s-2vcpu-4gb hold 200: the others wait for a node forever; raise it to 3",
    ]);
    assert.match(said(199, { pods: 34 })[0]!, /hold 48: .*raise it to 9$/);
  });

  it("counts all containers of one pod", () => {
    const both = {
      job: asks({ cpus: 1.2 }),
      side: asks({ cpus: 0.9 }, { network_mode: "service:job" }),
    };
    assert.match(
      problemsOf(both, cluster)[0]!,
      /^services\.job\.[^:]*: with side, 2\.1 processors/,
    );
  });
});
