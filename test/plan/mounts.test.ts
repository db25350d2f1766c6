import assert from "node:assert/strict";
import type { Service, VolumeMount } from "../../components/compose/app";
import { planOf, problemsOf, serviceOf, snapshot, told } from "./make";

const bind = (source: string, target: string): VolumeMount => ({ type: "bind", source, target });
const always: Partial<Service> = { restart: "always" };

describe("mounts", () => {
  it("uploads a file of the project, its mode kept", () => {
    const files = [{ path: "", content: "worker 1;", binary: false, executable: false }];
    const made = planOf(
      { web: { ...always, volumes: [bind("/project/nginx.conf", "/etc/nginx/nginx.conf")] } },
      {},
      { files: { "/project/nginx.conf": snapshot({ kind: "file", files }) } },
    );
    assert.deepEqual(serviceOf(made, "web").mounts, [
      {
        kind: "files",
        name: "etc-nginx-nginx-conf",
        target: "/etc/nginx/nginx.conf",
        secret: false,
        files: [
          { path: "/etc/nginx/nginx.conf", content: "worker 1;", binary: false, mode: "0644" },
        ],
      },
    ]);
  });

  it("tells of a file that its service writes to, and keeps Traefik's from other users", () => {
    const of = (name: string, content: string, more: object = {}, set: object = {}) => {
      const files = [{ path: "", content, binary: false, executable: false }];
      const volumes = [{ ...bind(`/project/${name}`, `/var/${name}`), ...more }];
      return planOf({ app: { ...always, volumes } }, set, {
        files: { [`/project/${name}`]: snapshot({ kind: "file", files }) },
      });
    };
    assert.deepEqual(told(of("acme.json", "{}")), ["loss app.volumes[0]"]);
    assert.deepEqual(told(of("app.sqlite3", "SQLite")), ["loss app.volumes[0]"]);
    assert.deepEqual(told(of("app.log", "")), ["loss app.volumes[0]"]);
    assert.deepEqual(told(of("app.ini", "a=1")), []);
    assert.deepEqual(told(of("geo.db", "x", { read_only: true })), []);
    const cluster = { shape: "cluster", domain: "a.example" };
    assert.match(of("app.db", "x", {}, cluster).notices[0]!.message, /app.db is read-only/);
    const [mount] = serviceOf(of("acme-staging.json", "{}"), "app").mounts;
    assert.equal(mount?.kind === "files" && mount.files[0]!.mode, "0600");
  });

  it("has the time zone of every machine in a pod, too", () => {
    const app = { ...always, volumes: [bind("/etc/localtime", "/etc/localtime")] };
    const files = { "/etc/localtime": snapshot({ kind: "file", inProject: false }) };
    const made = planOf({ app }, { shape: "cluster", domain: "a.example" }, { files });
    assert.deepEqual(told(made), ["info app.volumes[0]"]);
  });

  it("makes a volume of a data folder: absent, ignored by git, or a server's own", () => {
    const cases: [string, string, ReturnType<typeof snapshot>][] = [
      ["/project/data", "/data", snapshot({ kind: "absent" })],
      ["/project/data", "/data", snapshot({ ignored: true })],
      ["/project/pg", "/var/lib/postgresql/data", snapshot({ files: [] })],
    ];
    for (const [source, target, found] of cases) {
      const made = planOf(
        { db: { ...always, volumes: [bind(source, target)] } },
        {},
        { files: { [source]: found } },
      );
      const [mount] = serviceOf(made, "db").mounts;
      assert.equal(mount?.kind, "volume");
      assert.deepEqual(told(made), ["info db.volumes[0]"]);
      assert.equal(made.volumes.length, 1);
    }
  });

  it("has a notice where uploaded files hide other files than a bind mount would", () => {
    const file = { content: "x", binary: false, executable: false };
    const files = {
      "/project/one.conf": snapshot({ kind: "file", files: [{ ...file, path: "" }] }),
      "/project/conf.d": snapshot({ files: [{ ...file, path: "a.conf" }] }),
    };
    const one = bind("/project/one.conf", "/etc/app/one.conf");
    const folder = { ...bind("/project/conf.d", "/etc/nginx/conf.d"), read_only: true };
    const said = (service: Partial<Service>, cluster = false): string[] =>
      planOf(
        { web: { ...always, ...service } },
        cluster ? { shape: "cluster", domain: "a.b" } : {},
        { files, configs: { c: { name: "c", content: "x" } } },
      ).notices.map(({ level, key, message }) => `${level} ${key}: ${message}`);
    assert.deepEqual(said({ volumes: [one] }), []);
    for (const cluster of [false, true])
      assert.deepEqual(said({ volumes: [folder] }, cluster), [
        "info volumes[0]: the image's own files in /etc/nginx/conf.d remain visible beside these; a bind mount would hide them",
      ]);
    assert.deepEqual(said({ volumes: [folder], read_only: true }), []);
    assert.deepEqual(
      said({ volumes: [bind("/project/conf.d", "/docker-entrypoint-initdb.d")] }),
      [],
    );
    const lost = (why: string): string =>
      `${why}, so this file comes in a volume that hides what else the image has in /etc/app; copy it into the image, or mount the folder`;
    assert.deepEqual(said({ volumes: [one], read_only: true }), [
      `loss volumes[0]: ${lost("the root is read-only")}`,
    ]);
    assert.deepEqual(said({ volumes: [one], tmpfs: ["/etc/app"] }), [
      `loss volumes[0]: ${lost("a tmpfs lies over other files")}`,
    ]);
    const configs = [{ source: "c", target: "/etc/app/c" }];
    assert.deepEqual(said({ configs, read_only: true }), [
      `loss configs: ${lost("the root is read-only")}`,
    ]);
    assert.deepEqual(said({ volumes: [one], read_only: true }, true), []);
  });

  it("refuses a file that is not there", () => {
    assert.deepEqual(
      problemsOf(
        { web: { ...always, volumes: [bind("/project/app.conf", "/etc/app.conf")] } },
        {},
        { files: { "/project/app.conf": snapshot({ kind: "absent" }) } },
      ),
      [
        "services.web.volumes[0]: ./app.conf does not exist; make the file, or mount a named volume",
      ],
    );
  });

  it("does not mount source code that the built image has", () => {
    const build = { context: "/project/api" };
    for (const [source, target] of [
      ["/project/api", "/anywhere"],
      ["/project/api/src", "/code/src"],
    ] as const) {
      const made = planOf(
        { api: { ...always, build, volumes: [bind(source, target)] } },
        {},
        { files: { [source]: snapshot({ files: [] }) } },
      );
      assert.deepEqual(serviceOf(made, "api").mounts, []);
      assert.deepEqual(told(made), ["info api.volumes[0]"]);
    }
  });

  it("refuses an upload that is too large, and names build", () => {
    const files = { "/project/media": snapshot({ bytes: 2_000_000, count: 300 }) };
    assert.deepEqual(
      problemsOf(
        { web: { ...always, volumes: [bind("/project/media", "/srv/media")] } },
        {},
        { files },
      ),
      [
        "services.web.volumes[0]: ./media is too large to upload (300 files, 1954 KiB; at most 100 files and 900 KiB); copy it into an image with build:, or mount a named volume",
      ],
    );
  });

  it("mounts a path of the machine on a vm, and has a loss on a cluster", () => {
    const services = {
      agent: { ...always, volumes: [bind("/var/run/docker.sock", "/var/run/docker.sock")] },
    };
    const files = { "/var/run/docker.sock": snapshot({ kind: "other", inProject: false }) };
    const vm = planOf(services, {}, { files });
    assert.equal(serviceOf(vm, "agent").mounts[0]?.kind, "host");
    assert.deepEqual(told(vm), []);
    const cluster = planOf(services, { shape: "cluster", domain: "example.com" }, { files });
    assert.deepEqual(serviceOf(cluster, "agent").mounts, []);
    assert.deepEqual(told(cluster), ["loss agent.volumes[0]"]);
  });

  it("puts secrets and configs at their target, mode and owner kept", () => {
    const made = planOf(
      {
        db: {
          ...always,
          secrets: [{ source: "pw", target: "/run/secrets/pw" }],
          configs: [
            { source: "conf", target: "/etc/x.conf", mode: "0440", uid: "103", gid: "103" },
          ],
        },
      },
      {},
      {
        secrets: { pw: { name: "pw", content: "\u0001file:secrets/pw\u0002" } },
        configs: { conf: { name: "conf", content: "a = 1" } },
      },
    );
    const files = serviceOf(made, "db").mounts.flatMap((mount) =>
      mount.kind === "files" ? mount.files : [],
    );
    assert.deepEqual(files, [
      {
        path: "/run/secrets/pw",
        content: "\u0001file:secrets/pw\u0002",
        binary: false,
        mode: "0444",
      },
      {
        path: "/etc/x.conf",
        content: "a = 1",
        binary: false,
        mode: "0440",
        uid: "103",
        gid: "103",
      },
    ]);
  });

  it("puts a secret with a name for a target below /run/secrets, a config below /", () => {
    const made = planOf(
      {
        web: {
          ...always,
          secrets: [{ source: "web_key", target: "service_key" }],
          configs: [{ source: "conf", target: "x.conf" }],
        },
      },
      {},
      {
        secrets: { web_key: { name: "web_key", content: "k" } },
        configs: { conf: { name: "conf", content: "a = 1" } },
      },
    );
    const paths = serviceOf(made, "web").mounts.flatMap((mount) =>
      mount.kind === "files" ? mount.files.map(({ path }) => path) : [],
    );
    assert.deepEqual(paths, ["/run/secrets/service_key", "/x.conf"]);
  });

  it("reads the options of tmpfs", () => {
    const made = planOf({ web: { ...always, tmpfs: ["/run:size=64m,mode=1777", "/tmp"] } });
    assert.deepEqual(serviceOf(made, "web").mounts, [
      { kind: "tmpfs", target: "/run", bytes: 64 * 2 ** 20, mode: 0o1777 },
      { kind: "tmpfs", target: "/tmp" },
    ]);
  });

  it("names the service whose image fills a shared volume", () => {
    const volume = { type: "volume" as const, source: "static", target: "/static" };
    const made = planOf(
      {
        backend: { ...always, build: { context: "/project/backend" }, volumes: [volume] },
        nginx: { ...always, image: "nginx:1.29", volumes: [{ ...volume, read_only: true }] },
      },
      {},
      { volumes: { static: { name: "shop_static" } } },
    );
    assert.deepEqual(
      made.volumes.map(({ users, filledBy }) => ({ users, filledBy })),
      [{ users: ["backend", "nginx"], filledBy: "backend" }],
    );
  });

  describe("a volume that one writes and others read, on a cluster", () => {
    const shared = (source: string, target: string, config = {}) => {
      const volume = { type: "volume" as const, source, target };
      return planOf(
        {
          backend: { ...always, build: { context: "/project/backend" }, volumes: [volume] },
          nginx: { ...always, image: "nginx:1.29", volumes: [{ ...volume, read_only: true }] },
        },
        { shape: "cluster", domain: "shop.example", images: { backend: "b:1" }, ...config },
        { volumes: { [source]: { name: source } } },
      );
    };

    it("is kept where users may write to it", () => {
      for (const [name, target] of [
        ["media", "/app/media"],
        ["uploads", "/app/static/uploads"],
        ["files", "/srv/files"],
        ["site", "/var/www/html"],
      ] as const)
        assert.equal(shared(name, target).volumes[0]!.filledBy, undefined, target);
    });

    it("is a copy of the image's files where a build made them, with a notice", () => {
      const made = shared("static", "/app/static");
      assert.equal(made.volumes[0]!.filledBy, "backend");
      const [notice] = made.notices.filter(({ key }) => key === "volumes.static");
      assert.match(notice!.message, /nothing written to it is kept; give it a size/);
    });

    it("is kept when the config gives it a size", () => {
      const made = shared("static", "/app/static", { volumes: { static: { size: 5 } } });
      assert.equal(made.volumes[0]!.filledBy, undefined);
      assert.deepEqual(
        made.notices.filter(({ key }) => key === "volumes.static"),
        [],
      );
    });
  });
});
