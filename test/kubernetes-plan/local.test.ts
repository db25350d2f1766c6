/* eslint-disable @typescript-eslint/no-unsafe-member-access, @typescript-eslint/no-unsafe-assignment -- objects differ from kind to kind */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { record, revealed, type Recording } from "../../cli/recording";
import { program } from "../../components/stack/program";
import { objectsOf, podOf } from "./make";

const repository = resolve(__dirname, "../..");

/** What examples/simpleapp would be on the cluster of a kubeconfig; without one, as offline. */
async function simpleapp(
  config: Readonly<Record<string, string>> = {},
  kubeconfig?: string,
): Promise<Recording> {
  return record({
    project: "berth",
    stack: "local",
    program: async () => {
      const { outputs } = await program({
        project: "berth",
        stack: "local",
        folder: repository,
        config: {
          "berth:cloud": "local",
          "berth:shape": "cluster",
          "berth:compose": "examples/simpleapp/compose.yaml",
          "berth:images": '{ "app": "simpleapp:1" }',
          ...config,
        },
        secretKeys: [],
        ...(kubeconfig === undefined ? {} : { kubeconfig }),
      });
      return outputs;
    },
  });
}

// An object's fields differ from kind to kind.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
const inputsOf = ({ resources }: Recording, name: RegExp): any => {
  const found = resources.filter((resource) => name.test(resource.name));
  assert.equal(found.length, 1, String(name));
  return revealed(found[0]!.inputs);
};

describe("an application on this computer's cluster", () => {
  const folder = mkdtempSync(join(tmpdir(), "berth-local-"));
  const kubeconfig = join(folder, "config");
  const contexts = ["kind-dev", "client-prod"].map((name) => ({ name, context: {} }));
  const current = (name: string): void => {
    writeFileSync(kubeconfig, JSON.stringify({ "current-context": name, contexts }));
  };

  after(() => {
    rmSync(folder, { recursive: true });
  });

  it("is on the context that is current, written down, with no credential kept", async () => {
    current("kind-dev");
    const recording = await simpleapp({}, kubeconfig);
    const provider = inputsOf(recording, /kubernetes-provider$/);
    assert.equal(provider.context, "kind-dev");
    assert.equal(provider.clusterIdentifier, "kind-dev");
    assert.ok(!("kubeconfig" in provider));
    assert.ok(!("kubeconfig" in recording.outputs));
    assert.equal(
      recording.outputs["portForward"],
      "kubectl --context kind-dev --namespace simpleapp-local port-forward service/berth-edge 8080",
    );
    assert.deepEqual(revealed(recording.outputs["urls"]), { app: "http://app.localhost:8080/" });
    assert.equal(recording.outputs["address"], "127.0.0.1");
    assert.ok(!recording.resources.some(({ protect }) => protect));
  });

  it("asks for what such a cluster has: no address, the default storage class, no add-on", async () => {
    const recording = await simpleapp({ "berth:tls": "self-signed" });
    const { spec, metadata } = inputsOf(recording, /edge-balancer$/);
    assert.equal(spec.type, "LoadBalancer");
    assert.equal(metadata.annotations["pulumi.com/skipAwait"], "true");
    assert.deepEqual(
      (spec.ports as Record<string, unknown>[]).map(({ port, targetPort }) => [port, targetPort]),
      [
        [8080, 80],
        [8443, 443],
      ],
    );
    const claim = inputsOf(recording, /volume-mysql-data$/);
    assert.ok(!("storageClassName" in claim.spec));
    assert.ok(!recording.resources.some(({ type }) => /helm/.test(type)));
    const kept = recording.resources.filter(({ type, custom }) => custom && /local:/.test(type));
    assert.deepEqual(kept, []);
  });

  it("answers on the nodes' own ports where listen names such", async () => {
    const recording = await simpleapp({ "berth:listen": '{ "http": 30080, "https": 30443 }' });
    const { spec } = inputsOf(recording, /edge-balancer$/);
    assert.deepEqual([spec.ports[0].port, spec.ports[0].nodePort], [30080, 30080]);
    assert.deepEqual(revealed(recording.outputs["urls"]), { app: "http://app.localhost:30080/" });
  });

  it("hands the provider every key of its namespace", async () => {
    const recording = await simpleapp(
      {
        "kubernetes:context": "client-prod",
        "kubernetes:kubeconfig": kubeconfig,
        "kubernetes:deleteUnreachable": "true",
      },
      join(folder, "none"),
    );
    const provider = inputsOf(recording, /kubernetes-provider$/);
    assert.equal(provider.context, "client-prod");
    assert.equal(provider.kubeconfig, kubeconfig);
    assert.equal(String(provider.deleteUnreachable), "true");
  });

  it("is refused on a context that is not meant, and previewed without any", async () => {
    current("client-prod");
    await assert.rejects(simpleapp({}, kubeconfig), ({ message, stack }: Error) => {
      assert.match(message, /^kubernetes:context: the current context is client-prod, /);
      // What the SDK would colour for a minute.
      assert.doesNotMatch(stack!, /\n +at /);
      return true;
    });
    const without = await simpleapp({}, join(folder, "none"));
    assert.ok(!("context" in inputsOf(without, /kubernetes-provider$/)));
  });
});

describe("the node that a pod asks for", () => {
  const constraints = [
    "node.labels.disk == ssd",
    "node.labels.topology.kubernetes.io/zone != a",
    "node.platform.arch == aarch64",
  ];
  const web = { restart: "always", platform: "linux", deploy: { placement: { constraints } } };

  it("has the labels of the constraints", async () => {
    const { one } = await objectsOf({ web }, { cloud: "local" });
    const { nodeSelector, affinity } = podOf(one("Deployment", "web"));
    assert.deepEqual(nodeSelector, {
      "kubernetes.io/os": "linux",
      disk: "ssd",
      "kubernetes.io/arch": "arm64",
    });
    assert.deepEqual(
      affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms,
      [
        {
          matchExpressions: [
            { key: "topology.kubernetes.io/zone", operator: "NotIn", values: ["a"] },
          ],
        },
      ],
    );
  });

  it("is the one of a shared volume, too", async () => {
    const volumes = [{ type: "volume" as const, source: "data", target: "/data" }];
    const { one } = await objectsOf({
      web: { ...web, volumes },
      b: { restart: "always", volumes },
    });
    const { nodeSelector, affinity } = podOf(one("StatefulSet", "web"));
    assert.ok(affinity.podAffinity !== undefined && affinity.nodeAffinity !== undefined);
    assert.ok(!("disk" in nodeSelector));
  });
});

describe("the image of a pod", () => {
  it("is pulled as pull_policy says", async () => {
    const { one } = await objectsOf({
      web: { restart: "always" },
      never: { restart: "always", pull_policy: "never" },
      always: { restart: "always", pull_policy: "always" },
    });
    const policy = (name: string): unknown =>
      podOf(one("Deployment", name)).containers[0].imagePullPolicy;
    assert.deepEqual(["web", "never", "always"].map(policy), ["IfNotPresent", "Never", "Always"]);
  });
});

describe("the GPUs of a pod", () => {
  it("are counted: of all, one", async () => {
    const { one } = await objectsOf({
      web: { restart: "always", gpus: [{ count: -1 }] },
      two: { restart: "always", gpus: [{ count: 2 }] },
    });
    const limit = (name: string): unknown =>
      podOf(one("Deployment", name)).containers[0].resources.limits["nvidia.com/gpu"];
    assert.deepEqual(["web", "two"].map(limit), ["1", "2"]);
  });
});

describe("volumes of another service", () => {
  it("are a pod's own mounts", async () => {
    const volumes = [{ type: "volume" as const, source: "data", target: "/data" }];
    const { one } = await objectsOf({
      web: { restart: "always", volumes },
      backup: { restart: "always", volumes_from: ["web:ro"] },
    });
    const [mount] = podOf(one("Deployment", "backup")).containers[0].volumeMounts;
    assert.equal(mount.mountPath, "/data");
    assert.equal(mount.readOnly, true);
  });
});
