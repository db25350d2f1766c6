/* eslint-disable @typescript-eslint/no-unsafe-member-access, @typescript-eslint/no-unsafe-assignment, @typescript-eslint/no-unsafe-argument, @typescript-eslint/no-unsafe-call -- objects differ from kind to kind */
import assert from "node:assert/strict";
import { refer } from "../../components/model/reference";
import { snapshot } from "../plan/make";
import { containerOf, objectsOf, podOf } from "./make";

const mount = (read_only = false, source = "media", target = "/media") => [
  { type: "volume" as const, source, target, read_only },
];

const build = { context: "git@example.com:app.git" };

describe("storage on a cluster", () => {
  it("fills a new volume with what the image has there, owners too", async () => {
    const { one } = await objectsOf({
      db: { image: "example/db:1", restart: "always", volumes: mount() },
      bare: {
        image: "portainer/portainer-ce:2",
        restart: "always",
        volumes: mount(false, "bare", "/data"),
      },
      plain: {
        restart: "always",
        volumes: [
          { type: "volume", source: "plain", target: "/x", volume: { nocopy: true, subpath: "a" } },
        ],
      },
    });
    const [filler] = podOf(one("StatefulSet", "db")).initContainers;
    assert.equal(filler.image, "example/db:1");
    assert.deepEqual(filler.command.slice(3), ["fill", "/media"]);
    assert.match(filler.command[2], /ls -A .* && |-z .*cp -a "\$1\/\."/);
    assert.deepEqual(filler.volumeMounts, [
      { name: "volume-media", subPath: "data", mountPath: "/berth-fill" },
    ]);
    assert.equal(filler.securityContext.runAsUser, 0);
    assert.equal(podOf(one("StatefulSet", "bare")).initContainers, undefined);
    const plain = podOf(one("StatefulSet", "plain"));
    assert.equal(plain.initContainers, undefined);
    assert.equal(plain.containers[0].volumeMounts[0].subPath, "data/a");
  });

  it("gives readers of what an image holds a copy of their own, with every release", async () => {
    const { one, all } = await objectsOf({
      app: {
        image: "registry.example/app:2",
        build,
        restart: "always",
        volumes: mount(false, "static", "/static"),
      },
      web: { restart: "always", volumes: mount(true, "static", "/static") },
    });
    assert.ok(!all.some(({ kind }) => kind === "PersistentVolumeClaim"));
    const web = podOf(one("Deployment", "web"));
    assert.deepEqual(web.volumes, [{ name: "volume-static", emptyDir: {} }]);
    assert.match(web.initContainers[0].image, /app/);
    assert.equal(web.affinity, undefined);
  });

  it("keeps a folder of the project in one claim for all that mount it or a folder in it", async () => {
    const bind = (source: string, target: string, read_only = false) => [
      { type: "bind" as const, source, target, read_only },
    ];
    const { one, all } = await objectsOf(
      {
        front: { restart: "always", volumes: bind("/project/pictures", "/html", true) },
        resize: { restart: "always", volumes: bind("/project/pictures/small", "/out") },
        shop: { restart: "always", volumes: bind("/project/pictures", "/shop/pictures") },
      },
      {},
      {
        files: {
          "/project/pictures": snapshot({ ignored: true }),
          "/project/pictures/small": snapshot({ kind: "absent" }),
        },
      },
    );
    const claims = all.filter(({ kind }) => kind === "PersistentVolumeClaim");
    assert.deepEqual(
      claims.map(({ name }) => name),
      ["pictures-752f50"],
    );
    const { aliases, ignoreChanges } = claims[0]!.resource;
    assert.deepEqual(
      aliases.map((alias) => alias.split("::").pop()),
      ["app-volume-shop-shop-pictures", "app-volume-front-html"],
    );
    assert.ok(ignoreChanges.includes("metadata.name"));
    for (const [kind, service, subPath] of [
      ["Deployment", "front", "data"],
      ["StatefulSet", "resize", "data/small"],
      ["StatefulSet", "shop", "data"],
    ] as const) {
      const pod = podOf(one(kind, service));
      assert.equal(pod.volumes[0].persistentVolumeClaim.claimName, "pictures-752f50");
      assert.equal(pod.containers[0].volumeMounts[0].subPath, subPath);
      const [term] = pod.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution;
      assert.deepEqual(term.labelSelector.matchLabels, {
        "berth.volume/pictures-752f50": "true",
      });
    }
  });

  it("keeps services that share a volume on one node", async () => {
    const { one } = await objectsOf({
      a: { restart: "always", volumes: mount() },
      b: { restart: "always", volumes: mount() },
    });
    for (const name of ["a", "b"]) {
      const { spec } = one("StatefulSet", name);
      assert.equal(spec.template.metadata.labels["berth.volume/media"], "true");
      assert.deepEqual(
        spec.template.spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution,
        [
          {
            labelSelector: { matchLabels: { "berth.volume/media": "true" } },
            topologyKey: "kubernetes.io/hostname",
          },
        ],
      );
    }
  });

  it("shares a volume among nodes with a class that does it, or says which to name", async () => {
    const services = { a: { restart: "always", volumes: mount(), deploy: { replicas: 2 } } };
    await assert.rejects(
      objectsOf(services, { volumes: { media: { shared: true } } }),
      /berth:volumes\.media\.shared: digitalocean has no storage/,
    );
    const { one } = await objectsOf(services, {
      volumes: { media: { shared: true, class: "nfs" } },
    });
    assert.deepEqual(one("PersistentVolumeClaim", "media").spec.accessModes, ["ReadWriteMany"]);
    assert.equal(one("PersistentVolumeClaim", "media").spec.storageClassName, "nfs");
    assert.equal(podOf(one("Deployment", "a")).affinity, undefined);
  });

  it("leaves a claim the class that it was made with, unless the config states another", async () => {
    const services = { a: { restart: "always", volumes: mount() } };
    for (const [volumes, kept] of [
      [{}, true],
      [{ media: { class: "fast" } }, false],
    ] as const) {
      const { all } = await objectsOf(services, { volumes });
      const { resource } = all.find(({ kind }) => kind === "PersistentVolumeClaim")!;
      assert.equal(resource.ignoreChanges.includes("spec.storageClassName"), kept);
    }
  });

  it("keeps tmpfs and /dev/shm in memory", async () => {
    const { one } = await objectsOf({
      web: { restart: "always", tmpfs: ["/run:size=64m"], shm_size: "134217728" },
    });
    const pod = podOf(one("Deployment", "web"));
    assert.deepEqual(
      pod.volumes.map(({ emptyDir }: { emptyDir: unknown }) => emptyDir),
      [
        { medium: "Memory", sizeLimit: "67108864" },
        { medium: "Memory", sizeLimit: "134217728" },
      ],
    );
    assert.deepEqual(
      pod.containers[0].volumeMounts.map(({ mountPath }: { mountPath: string }) => mountPath),
      ["/run", "/dev/shm"],
    );
  });

  it("puts files in their place with their modes, binary ones and secrets too", async () => {
    const source = "/project/conf";
    const { one } = await objectsOf(
      {
        web: {
          restart: "always",
          volumes: [{ type: "bind", source, target: "/etc/web" }],
          secrets: [{ source: "key", target: "/run/secrets/key", mode: "0440", uid: "1000" }],
        },
      },
      {},
      {
        secrets: { key: { name: "key", content: refer("config", "secrets.key") } },
        files: {
          [source]: snapshot({
            count: 2,
            bytes: 8,
            files: [
              { path: "a.conf", content: "x $(y)", binary: false, executable: false },
              { path: "sub/run.bin", content: "AAE=", binary: true, executable: true },
            ],
          }),
        },
      },
      { "config:secrets.key": "hush" },
    );
    const pod = podOf(one("Deployment", "web"));
    const map = one("ConfigMap", /^web-etc-web-/);
    assert.deepEqual(map.content, { "0-a.conf": "x $(y)", "1-run.bin": "AAE=" });
    assert.deepEqual(pod.volumes[0].configMap.items, [
      { key: "0-a.conf", path: "0-a.conf", mode: 0o644 },
      { key: "1-run.bin", path: "1-run.bin", mode: 0o755 },
    ]);
    assert.deepEqual(containerOf(one("Deployment", "web")).volumeMounts, [
      { name: "web-files-1", mountPath: "/etc/web/a.conf", subPath: "0-a.conf", readOnly: true },
      {
        name: "web-files-1",
        mountPath: "/etc/web/sub/run.bin",
        subPath: "1-run.bin",
        readOnly: true,
      },
      { name: "web-files-2", mountPath: "/run/secrets/key", subPath: "0-key", readOnly: true },
    ]);
    assert.equal(pod.volumes[1].secret.items[0].mode, 0o444);
    assert.deepEqual(one("Secret", /^web-key-/).content, { "0-key": "hush" });
  });
});
