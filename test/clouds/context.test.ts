import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { findContext, usualKubeconfig } from "../../components/clouds/local/context";
import { formatProblem } from "../../components/model/problem";

const config = (current: string, ...contexts: string[]): string =>
  JSON.stringify({
    "current-context": current,
    contexts: contexts.map((name) => ({ name, context: { cluster: name, user: name } })),
  });

describe("the context of a cluster on this computer", () => {
  let folder: string;
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  /** The context, or the problem as a person reads it. */
  const found = (usual: string, more: { kubeconfig?: string; context?: string } = {}): string => {
    const answer = findContext({ folder, usual, ...more });
    return "context" in answer ? answer.context : formatProblem(answer.problem);
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "berth-context-"));
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  for (const name of ["kind-kind", "k3d-dev", "minikube", "docker-desktop", "orbstack"])
    it(`is ${name} when that is the current one`, () => {
      assert.equal(found(file("config", config(name, "client", name))), name);
    });

  for (const name of ["gke_client_prod", "arn:aws:eks:x", "kind-", "minikube-prod", "my-kind-x"])
    it(`is never ${name} unless the config says so`, () => {
      const usual = file("config", config(name, name, "kind-kind"));
      assert.equal(
        found(usual),
        `kubernetes:context: the current context is ${name}, which may be anybody's cluster; write kubernetes:context: ${name} if it is meant, or switch to one of this computer (kind-*, k3d-*, minikube, docker-desktop, orbstack)`,
      );
      assert.equal(found(usual, { context: name }), name);
    });

  it("exists in the kubeconfig", () => {
    const usual = file("config", config("kind-kind", "kind-kind", "client"));
    assert.match(
      found(usual, { context: "kind-knid" }),
      /no context kind-knid; did you mean kind-k/,
    );
    assert.match(found(usual, { context: "prod" }), /no context prod; it has kind-kind, client$/);
    assert.match(
      found(file("none", config("", "a"))),
      /no current context; set it to one \(it has a\)/,
    );
    assert.match(found(file("gone", config("kind-kind"))), /no context kind-kind; it has none/);
  });

  it("comes from kubernetes:kubeconfig before the usual place: a path, or the content", () => {
    const usual = file("usual", config("client", "client"));
    file("own", config("kind-own", "kind-own"));
    assert.equal(found(usual, { kubeconfig: "own" }), "kind-own");
    assert.equal(found(usual, { kubeconfig: config("minikube", "minikube") }), "minikube");
    assert.match(
      found(usual, { kubeconfig: "a: b\n- c" }),
      /kubernetes:kubeconfig: .*not a kubeconfig/,
    );
    assert.match(
      found(file("bad", "a: b\n- c")),
      /kubernetes:kubeconfig: .*bad is not a kubeconfig/,
    );
  });

  it("is looked for in all files of KUBECONFIG, the first before the others", () => {
    const first = file("first", config("", "client"));
    const second = file("second", config("kind-kind", "kind-kind"));
    assert.equal(found([join(folder, "absent"), first, second].join(delimiter)), "kind-kind");
    const current = file("current", config("client", "client"));
    assert.match(found([current, second].join(delimiter)), /current context is client/);
    assert.equal(usualKubeconfig({ KUBECONFIG: "a:b" }), "a:b");
    assert.match(usualKubeconfig({ KUBECONFIG: "" }), /\.kube.config$/);
  });

  it("is a problem where no kubeconfig exists", () => {
    const usual = join(folder, "config");
    assert.match(found(usual), /kubernetes:kubeconfig: there is no kubeconfig at .*config; make/);
    const answer = findContext({ folder, usual });
    assert.ok("absent" in answer && answer.absent);
  });
});
