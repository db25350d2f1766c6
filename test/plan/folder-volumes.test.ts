import assert from "node:assert/strict";
import type { App, Service, Snapshot, VolumeMount } from "../../components/compose/app";
import type { Mount, Plan } from "../../components/plan/plan";
import type { Settings } from "../../components/settings/settings";
import { planOf, problemsOf, serviceOf, snapshot, told } from "./make";

const bind = (source: string, target: string, more: Partial<VolumeMount> = {}): VolumeMount => ({
  type: "bind",
  source: `/project/${source}`,
  target,
  ...more,
});
const ro = { read_only: true };

/** Services by what they mount. */
const mounting = (
  services: Record<string, VolumeMount[]>,
  more: Partial<Service> = {},
): Record<string, Partial<Service>> =>
  Object.fromEntries(
    Object.entries(services).map(([name, volumes]) => [
      name,
      { restart: "always", ...more, volumes },
    ]),
  );

/** The snapshots of folders that git ignores, unless stated otherwise. */
const files = (
  services: Record<string, Partial<Service>>,
  other: Record<string, Snapshot> = {},
): Partial<App> => ({
  files: {
    ...Object.fromEntries(
      Object.values(services).flatMap(({ volumes = [] }) =>
        volumes.map(({ source = "" }) => [source, snapshot({ ignored: true })] as const),
      ),
    ),
    ...other,
  },
});

function planned(
  mounts: Record<string, VolumeMount[]>,
  set: Partial<Settings> = {},
  other: Record<string, Snapshot> = {},
): Plan {
  const services = mounting(mounts);
  return planOf(services, set, files(services, other));
}

/** What a service mounts, as `volume[/subpath]:target[:ro]`. */
const volumesOf = (made: Plan, name: string): string[] =>
  serviceOf(made, name).mounts.map((mount: Mount) =>
    mount.kind === "volume"
      ? `${mount.volume}${mount.subpath === undefined ? "" : `/${mount.subpath}`}:${mount.target}${mount.readOnly ? ":ro" : ""}`
      : mount.kind,
  );

const pictures = "pictures-752f50";

describe("a folder of the project that is data", () => {
  it("is one volume for all services that mount it, and twice in one", () => {
    for (const set of [{}, { shape: "cluster", domain: "a.example" }] as const) {
      const made = planned(
        {
          shop: [bind("pictures", "/shop/pictures"), bind("pictures", "/thumbnails")],
          resize: [bind("pictures", "/in")],
          front: [bind("pictures", "/usr/share/nginx/html/p", ro)],
        },
        set,
      );
      assert.deepEqual(volumesOf(made, "shop"), [
        `${pictures}:/shop/pictures`,
        `${pictures}:/thumbnails`,
      ]);
      assert.deepEqual(volumesOf(made, "resize"), [`${pictures}:/in`]);
      assert.deepEqual(volumesOf(made, "front"), [`${pictures}:/usr/share/nginx/html/p:ro`]);
      assert.deepEqual(
        made.volumes.map(({ name, users }) => [name, [...users].sort()]),
        [[pictures, ["front", "resize", "shop"]]],
      );
    }
  });

  it("says who shares it", () => {
    const made = planned({ shop: [bind("pictures", "/a")], front: [bind("pictures", "/b", ro)] });
    assert.deepEqual(
      made.notices.map(({ service, key, message }) => `${service ?? ""} ${key}: ${message}`).sort(),
      [
        ["front", "shop"],
        ["shop", "front"],
      ].map(
        ([own, other]) =>
          `${own!} volumes[0]: ./pictures holds data: it becomes the volume ${pictures}, which starts empty and is protected; shared with ${other!}`,
      ),
    );
  });

  it("has the name of its path, whichever services mount it and in whatever order", () => {
    const nameOf = (mounts: Record<string, VolumeMount[]>): string[] =>
      planned(mounts)
        .volumes.map(({ name }) => name)
        .filter((name) => name.startsWith("pictures"));
    const alone = nameOf({ shop: [bind("pictures", "/a")] });
    assert.deepEqual(alone, [pictures]);
    assert.deepEqual(
      nameOf({
        another: [bind("other", "/x"), bind("pictures", "/z", ro)],
        shop: [bind("pictures", "/changed")],
      }),
      alone,
    );
  });

  it("never has the name of another folder's volume, or of one that the file declares", () => {
    const paths = ["a/b", "a-b", "A-b", "a_b", "a.b", "日本", "中国"];
    for (const shape of ["vm", "cluster"] as const) {
      const made = planned(
        { shop: paths.map((path, index) => bind(path, `/${index}`)) },
        { shape, domain: "a.example" },
      );
      const names = made.volumes.map(({ name }) => name);
      assert.equal(new Set(names).size, paths.length, names.join(", "));
      for (const name of names) assert.match(name, /^[a-z][a-z0-9-]*[a-z0-9]$/);
    }
    const services = mounting({
      shop: [bind("pictures", "/a"), { type: "volume", source: "pictures", target: "/b" }],
    });
    const both = planOf(services, {}, { ...files(services), volumes: { pictures: { name: "p" } } });
    assert.deepEqual(volumesOf(both, "shop"), [`${pictures}:/a`, "pictures:/b"]);
    assert.deepEqual(
      problemsOf(services, {}, { ...files(services), volumes: { [pictures]: { name: "p" } } }),
      [`volumes.${pictures}: is the name of the volume that keeps ./pictures; give it another one`],
    );
  });

  it("is kept inside the volume of a mounted folder around it", () => {
    const made = planned({
      shop: [bind("var", "/var/shop")],
      upload: [bind("var/in/new", "/new")],
      front: [bind("var/in", "/in", ro)],
      beside: [bind("var-lib", "/x")],
    });
    const [name] = volumesOf(made, "shop")[0]!.split(":");
    assert.deepEqual(volumesOf(made, "upload"), [`${name!}/in/new:/new`]);
    assert.deepEqual(volumesOf(made, "front"), [`${name!}/in:/in:ro`]);
    assert.notEqual(volumesOf(made, "beside")[0]!.split(":")[0], name);
    assert.deepEqual(made.volumes.find((one) => one.name === name)?.folders, ["in", "in/new"]);
    const { message } = made.notices.find(({ service }) => service === "front")!;
    assert.match(message, /^\.\/var\/in holds data: it becomes in in the volume var-/);
    assert.match(message, /; shared with shop, upload$/);
  });

  it("is filled from the image of the one that builds it, unless a part of it is mounted", () => {
    const build = { context: "/project/site" };
    const filledBy = (read: string): string | undefined => {
      const services = mounting({
        site: [bind("static", "/site/static")],
        front: [bind(read, "/html/static", ro)],
      });
      const made = planOf(
        { ...services, site: { ...services["site"], build } },
        {},
        files(services),
      );
      assert.equal(made.volumes.length, 1);
      return made.volumes[0]!.filledBy;
    };
    assert.equal(filledBy("static"), "site");
    assert.equal(filledBy("static/css"), undefined);
  });

  it("is data for every service where a server's data folder makes it so", () => {
    const tracked = snapshot({
      count: 1,
      files: [{ path: "x", content: "", binary: false, executable: false }],
    });
    const made = planned(
      {
        db: [bind("pg", "/var/lib/postgresql/data")],
        dump: [bind("pg", "/from", ro)],
        logs: [bind("pg/log", "/logs", ro)],
      },
      {},
      { "/project/pg": tracked, "/project/pg/log": tracked },
    );
    const [name] = volumesOf(made, "db")[0]!.split(":");
    assert.deepEqual(volumesOf(made, "dump"), [`${name!}:/from:ro`]);
    assert.deepEqual(volumesOf(made, "logs"), [`${name!}/log:/logs:ro`]);
  });

  it("is the volume of another service that volumes_from names, on a cluster too", () => {
    const services = mounting({ shop: [bind("pictures", "/a")] });
    const made = planOf(
      { ...services, copy: { restart: "always", volumes_from: ["shop:ro"] } },
      { shape: "cluster", domain: "a.example" },
      files(services),
    );
    assert.deepEqual(volumesOf(made, "copy"), [`${pictures}:/a:ro`]);
  });

  it("knows the volumes that it may be in a stack that runs, the writer's and the server's first", () => {
    const made = planned({
      backup: [bind("pg", "/from", ro)],
      copy: [bind("pg", "/to")],
      db: [bind("pg", "/var/lib/postgresql/data")],
      tail: [bind("pg/log", "/log")],
    });
    assert.deepEqual(made.volumes[0]!.formerNames, [
      "db-var-lib-postgresql-data",
      "copy-to",
      "backup-from",
    ]);
  });

  it("leaves a former name to the volume that has it", () => {
    const services = mounting({
      shop: [bind("pictures", "/a"), { type: "volume", source: "shop-a", target: "/b" }],
      clash: [bind("one", "/x/y"), bind("two", "/x-y")],
    });
    const made = planOf(services, {}, { ...files(services), volumes: { "shop-a": { name: "s" } } });
    const former = (start: string): readonly string[] | undefined =>
      made.volumes.find(({ name }) => name.startsWith(start))?.formerNames;
    assert.deepEqual(former("pictures-"), []);
    assert.equal(former("shop-a"), undefined);
    assert.deepEqual([former("one-"), former("two-")], [["clash-x-y"], []]);
  });
});

describe("names of volumes", () => {
  it("that are one on the target are refused", () => {
    const services = mounting({
      shop: ["Rows", "rows", "ro-ws", "ro_ws"].map((source) => ({
        type: "volume" as const,
        source,
        target: `/${source}`,
      })),
    });
    const volumes = Object.fromEntries(
      ["Rows", "rows", "ro-ws", "ro_ws"].map((name) => [name, { name }]),
    );
    assert.deepEqual(problemsOf(services, {}, { volumes }), [
      "volumes.rows: Rows and rows have the same name on a vm: rows; rename one of them",
    ]);
    assert.equal(
      problemsOf(services, { shape: "cluster", domain: "a.example" }, { volumes }).length,
      2,
    );
  });

  it("of anonymous volumes are not those of the file's", () => {
    const services = mounting({
      shop: [
        { type: "volume", target: "/rows" },
        { type: "volume", source: "shop-rows", target: "/b" },
      ],
    });
    assert.deepEqual(problemsOf(services, {}, { volumes: { "shop-rows": { name: "s" } } }), [
      "services.shop.volumes[0]: the anonymous volume at /rows would be the file's volume shop-rows; give it a name",
    ]);
  });
});

describe("a folder of files that a service may write to", () => {
  const tracked = snapshot({
    files: [{ path: "x", content: "", binary: false, executable: false }],
  });
  const said = (mount: VolumeMount, found = tracked, set: Partial<Settings> = {}): string[] =>
    planned({ shop: [mount] }, set, { [mount.source!]: found })
      .notices.map(({ level, message }) => `${level} ${message}`)
      .filter((line) => line.includes(":ro"));

  it("has a notice that what is written is lost, for each shape", () => {
    const mount = bind("conf", "/etc/shop");
    assert.match(
      said(mount).join(),
      /^info the files of \.\/conf are uploaded, and what the service writes to \/etc\/shop is lost/,
    );
    assert.match(
      said(mount, tracked, { shape: "cluster", domain: "a.example" }).join(),
      /^info the files of \.\/conf are read-only on a cluster/,
    );
  });

  it("has none where nothing can or does write, or for a file", () => {
    assert.deepEqual(said(bind("conf", "/etc/shop", ro)), []);
    assert.deepEqual(said(bind("sql", "/docker-entrypoint-initdb.d")), []);
    assert.deepEqual(said(bind("x.conf", "/etc/x.conf"), { ...tracked, kind: "file" }), []);
    assert.deepEqual(told(planned({ shop: [bind("x", "/x")] })), ["info shop.volumes[0]"]);
  });

  it("is source code where another service builds the image", () => {
    const made = planOf(
      {
        site: { restart: "always", image: "portal", build: { context: "/project" } },
        queue: { restart: "always", image: "portal", volumes: [bind(".", "/srv/site")] },
      },
      {},
      { files: { "/project/.": tracked } },
    );
    assert.deepEqual(serviceOf(made, "queue").mounts, []);
  });
});

describe("config of a folder's volume", () => {
  it("names it by its own name, and is told it where it has an older one", () => {
    const services = mounting({ shop: [bind("pictures", "/a")] });
    const set = { shape: "cluster", domain: "a.example" } as const;
    const sized = planOf(
      services,
      { ...set, volumes: { [pictures]: { size: 30 } } },
      files(services),
    );
    assert.equal(sized.volumes[0]!.size, 30);
    assert.deepEqual(
      problemsOf(services, { ...set, volumes: { "shop-a": { size: 30 } } }, files(services)),
      [
        `berth:volumes.shop-a: the volume of this folder is called ${pictures}, for every service that mounts it; write that`,
      ],
    );
  });
});
