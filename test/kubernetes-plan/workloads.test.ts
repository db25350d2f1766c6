/* eslint-disable @typescript-eslint/no-unsafe-member-access, @typescript-eslint/no-unsafe-assignment -- objects differ from kind to kind */
import assert from "node:assert/strict";
import { containerOf, objectsOf, podOf } from "./make";

const data = [{ type: "volume" as const, source: "data", target: "/data" }];

describe("a service on a cluster", () => {
  it("is a Deployment that starts new pods first", async () => {
    const { one } = await objectsOf({
      web: { deploy: { replicas: 3, update_config: { parallelism: 2 } }, restart: "always" },
    });
    const { spec, metadata } = one("Deployment", "web");
    assert.equal(spec.replicas, 3);
    assert.deepEqual(spec.strategy, {
      type: "RollingUpdate",
      rollingUpdate: { maxSurge: 2, maxUnavailable: 0 },
    });
    assert.deepEqual(spec.selector.matchLabels, { "berth.service": "web" });
    assert.equal(spec.template.spec.topologySpreadConstraints.length, 2);
    assert.equal(spec.template.spec.automountServiceAccountToken, false);
    assert.equal(spec.template.spec.enableServiceLinks, false);
    assert.equal(metadata.labels?.["app.kubernetes.io/instance"], "shop-prod");
    assert.deepEqual(one("PodDisruptionBudget", "web").spec, {
      maxUnavailable: 1,
      selector: { matchLabels: { "berth.service": "web" } },
    });
  });

  it("is stopped first where the file says so", async () => {
    const { one } = await objectsOf({
      beat: { deploy: { update_config: { order: "stop-first" } }, restart: "always" },
    });
    assert.deepEqual(one("Deployment", "beat").spec.strategy, { type: "Recreate" });
  });

  it("is a StatefulSet on a protected claim of its own when it owns a volume", async () => {
    const { one } = await objectsOf(
      { db: { image: "example/db:1", volumes: data, restart: "always" } },
      { volumes: { data: { size: 20 } } },
    );
    const { spec } = one("StatefulSet", "db");
    assert.equal(spec.volumeClaimTemplates, undefined);
    assert.deepEqual(spec.template.spec.volumes, [
      { name: "volume-data", persistentVolumeClaim: { claimName: "data" } },
    ]);
    assert.deepEqual(spec.template.spec.containers[0].volumeMounts, [
      { name: "volume-data", subPath: "data", mountPath: "/data" },
    ]);
    const claim = one("PersistentVolumeClaim", "data");
    assert.equal(claim.resource.protect, true);
    assert.equal(claim.metadata.annotations?.["pulumi.com/skipAwait"], "true");
    assert.deepEqual(claim.spec, {
      accessModes: ["ReadWriteOnce"],
      storageClassName: "block",
      resources: { requests: { storage: "20Gi" } },
    });
  });

  it("is a Job named by what it is made of, that its dependants follow", async () => {
    const services = (command: string[]): Parameters<typeof objectsOf>[0] => ({
      migrate: { command, restart: "no" },
      web: {
        restart: "always",
        depends_on: {
          migrate: { condition: "service_completed_successfully", required: true },
        },
      },
    });
    const first = await objectsOf(services(["migrate"]));
    const again = await objectsOf(services(["migrate"]));
    const other = await objectsOf(services(["migrate", "--all"]));
    const job = first.one("Job", /^migrate-/);
    assert.equal(again.one("Job", /^migrate-/).name, job.name);
    assert.notEqual(other.one("Job", /^migrate-/).name, job.name);
    assert.equal(job.spec.ttlSecondsAfterFinished, undefined);
    assert.equal(job.spec.backoffLimit, 0);
    assert.equal(podOf(job).restartPolicy, "Never");
    assert.equal(job.metadata.annotations?.["pulumi.com/replaceUnready"], "true");
    assert.ok(first.one("Deployment", "web").resource.dependencies.includes(job.resource.urn));
  });

  it("is a CronJob by its label, and a DaemonSet by deploy.mode", async () => {
    const { one } = await objectsOf({
      report: { labels: { "berth.cron": "0 3 * * *" } },
      agent: { deploy: { mode: "global" }, restart: "always" },
    });
    const { spec } = one("CronJob", "report");
    assert.equal(spec.schedule, "0 3 * * *");
    assert.equal(spec.concurrencyPolicy, "Forbid");
    assert.equal(spec.jobTemplate.spec.template.spec.restartPolicy, "Never");
    assert.equal(one("DaemonSet", "agent").spec.template.spec.containers[0].name, "agent");
  });

  it("is a container of the pod whose network it shares", async () => {
    const { one, all } = await objectsOf({
      vpn: { restart: "always", expose: ["8080"] },
      app: { restart: "always", network_mode: "service:vpn", networks: {}, expose: ["9000"] },
    });
    const containers = podOf(one("Deployment", "vpn")).containers as { name: string }[];
    assert.deepEqual(
      containers.map(({ name }) => name),
      ["vpn", "app"],
    );
    assert.equal(all.filter(({ kind, name }) => kind === "Deployment" && name === "app").length, 0);
    const ports = one("Service", "vpn").spec.ports as { port: number }[];
    assert.deepEqual(
      ports.map(({ port }) => port),
      [8080, 9000],
    );
  });
});

describe("a container on a cluster", () => {
  it("keeps words that Kubernetes would replace", async () => {
    const { one } = await objectsOf({
      web: {
        restart: "always",
        entrypoint: ["sh", "-c"],
        command: ["echo $(HOME) $$(X) $$ $HOME"],
        working_dir: "/srv",
        tty: true,
        stdin_open: true,
      },
    });
    const container = containerOf(one("Deployment", "web"));
    assert.deepEqual(container.command, ["sh", "-c"]);
    assert.deepEqual(container.args, ["echo $$(HOME) $$$$(X) $$$ $HOME"]);
    assert.equal(container.workingDir, "/srv");
    assert.equal(container.tty, true);
    assert.equal(container.stdin, true);
    assert.equal(container.terminationMessagePolicy, "FallbackToLogsOnError");
  });

  it("runs the command alone where the file clears the entrypoint", async () => {
    const { one } = await objectsOf({
      web: { restart: "always", entrypoint: [], command: ["serve", ""] },
    });
    const container = containerOf(one("Deployment", "web"));
    assert.deepEqual(container.command, ["serve", ""]);
    assert.equal(container.args, undefined);
  });

  it("has its environment in a ConfigMap and a Secret, each named by its content", async () => {
    const services = (password: string): Parameters<typeof objectsOf>[0] => ({
      web: {
        restart: "always",
        environment: { MODE: "$(fast)", "discovery.type": "single", DB_PASSWORD: password },
      },
    });
    const first = await objectsOf(services("a"));
    const other = await objectsOf(services("b"));
    const map = first.one("ConfigMap", /^web-env-/);
    const secret = first.one("Secret", /^web-secret-/);
    assert.deepEqual(map.content, { MODE: "$(fast)", "discovery.type": "single" });
    assert.deepEqual(secret.content, { DB_PASSWORD: "a" });
    assert.deepEqual(containerOf(first.one("Deployment", "web")).envFrom, [
      { configMapRef: { name: map.name } },
      { secretRef: { name: secret.name } },
    ]);
    assert.equal(other.one("ConfigMap", /^web-env-/).name, map.name);
    assert.notEqual(other.one("Secret", /^web-secret-/).name, secret.name);
    assert.equal(secret.resource.deleteBeforeReplace, false);
  });

  it("starts and is called by its healthcheck, and is restarted by it when labelled so", async () => {
    const healthcheck = {
      test: ["CMD-SHELL", "curl -f localhost || exit 1"],
      interval: "15s",
      timeout: "2500ms",
      start_period: "1m",
      retries: 4,
    };
    const { one } = await objectsOf({
      web: { restart: "always", healthcheck },
      live: { restart: "always", healthcheck, labels: { "berth.liveness": "true" } },
    });
    const web = containerOf(one("Deployment", "web"));
    const exec = { command: ["/bin/sh", "-c", "curl -f localhost || exit 1"] };
    assert.deepEqual(web.readinessProbe, {
      exec,
      timeoutSeconds: 3,
      periodSeconds: 15,
      failureThreshold: 4,
    });
    assert.deepEqual(web.startupProbe, {
      exec,
      timeoutSeconds: 3,
      periodSeconds: 5,
      failureThreshold: 60,
    });
    assert.equal(web.livenessProbe, undefined);
    assert.equal(containerOf(one("Deployment", "live")).livenessProbe.periodSeconds, 15);
  });

  it("starts as root with few capabilities, and adds those that baseline allows", async () => {
    const { one } = await objectsOf({
      web: { restart: "always" },
      own: {
        restart: "always",
        user: "1000:1001",
        read_only: true,
        cap_add: ["SYS_ADMIN", "CAP_KILL"],
        cap_drop: ["CHOWN"],
        group_add: ["2000", "video"],
        sysctls: { "net.ipv4.tcp_syncookies": "1", "net.core.somaxconn": "1024" },
        privileged: true,
        security_opt: ["no-new-privileges:true"],
      },
    });
    const usual = [
      "CHOWN",
      "DAC_OVERRIDE",
      "FOWNER",
      "KILL",
      "NET_BIND_SERVICE",
      "SETGID",
      "SETUID",
    ];
    assert.deepEqual(containerOf(one("Deployment", "web")).securityContext, {
      capabilities: { drop: ["ALL"], add: usual },
    });
    assert.deepEqual(containerOf(one("Deployment", "own")).securityContext, {
      capabilities: {
        drop: ["ALL"],
        add: ["DAC_OVERRIDE", "FOWNER", "KILL", "NET_BIND_SERVICE", "SETGID", "SETUID"],
      },
      runAsUser: 1000,
      runAsNonRoot: true,
      runAsGroup: 1001,
      readOnlyRootFilesystem: true,
      allowPrivilegeEscalation: false,
    });
    assert.deepEqual(podOf(one("Deployment", "own")).securityContext, {
      seccompProfile: { type: "RuntimeDefault" },
      supplementalGroups: [2000],
      sysctls: [{ name: "net.ipv4.tcp_syncookies", value: "1" }],
    });
  });

  it("asks for what the file says, and for little where it says nothing", async () => {
    const { one } = await objectsOf({
      web: { restart: "always" },
      big: {
        restart: "always",
        deploy: { resources: { limits: { memory: "536870912", cpus: 1.5 } } },
      },
      gpu: { restart: "always", gpus: [{ count: 2 }] },
    });
    assert.deepEqual(containerOf(one("Deployment", "web")).resources, {
      requests: { cpu: "50m", memory: "128Mi" },
    });
    assert.deepEqual(containerOf(one("Deployment", "big")).resources, {
      requests: { cpu: "50m", memory: "512Mi" },
      limits: { cpu: "1500m", memory: "512Mi" },
    });
    assert.equal(containerOf(one("Deployment", "gpu")).resources.limits["nvidia.com/gpu"], "2");
  });

  it("has names, time to stop, a platform and notes of its own", async () => {
    const { one } = await objectsOf({
      web: {
        restart: "always",
        expose: ["80"],
        hostname: "front",
        extra_hosts: ["db=10.0.0.7", "host.docker.internal=host-gateway"],
        dns: ["9.9.9.9"],
        dns_search: ["corp.example"],
        dns_opt: ["ndots:2"],
        stop_grace_period: "1m30s",
        platform: "linux/arm64",
        annotations: { "example.com/team": "a" },
        labels: { note: "b", "traefik.enable": "true" },
        pull_policy: "always",
      },
    });
    const pod = podOf(one("Deployment", "web"));
    assert.equal(pod.hostname, "front");
    assert.deepEqual(pod.hostAliases, [{ ip: "10.0.0.7", hostnames: ["db"] }]);
    assert.deepEqual(pod.dnsConfig, {
      nameservers: ["9.9.9.9"],
      searches: ["corp.example"],
      options: [{ name: "ndots", value: "2" }],
    });
    assert.equal(pod.terminationGracePeriodSeconds, 95);
    assert.deepEqual(pod.containers[0].lifecycle, { preStop: { sleep: { seconds: 5 } } });
    assert.deepEqual(pod.nodeSelector, {
      "kubernetes.io/os": "linux",
      "kubernetes.io/arch": "arm64",
    });
    assert.deepEqual(one("Deployment", "web").spec.template.metadata.annotations, {
      note: "b",
      "example.com/team": "a",
    });
    assert.equal(pod.containers[0].imagePullPolicy, "Always");
    assert.deepEqual(pod.securityContext.sysctls, [
      { name: "net.ipv4.ip_unprivileged_port_start", value: "0" },
    ]);
  });
});
