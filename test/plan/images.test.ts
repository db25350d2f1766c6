import assert from "node:assert/strict";
import { canonicalImage } from "../../components/model/image-name";
import type { Image } from "../../components/plan/plan";
import type { Settings } from "../../components/settings/settings";
import { planOf, serviceOf, told, type Loose } from "./make";

const build = { context: "/project/site" };

/** The image of each service. */
function imagesOf(
  services: Record<string, Loose>,
  set: Partial<Settings> = {},
): Record<string, Image> {
  const made = planOf(
    Object.fromEntries(
      Object.entries(services).map(([name, one]) => [name, { restart: "always", ...one }]),
    ),
    set,
  );
  return Object.fromEntries(made.services.map(({ name, image }) => [name, image]));
}

const built = (service: string, name = `shop-qa-${service}`, from = build): Image => ({
  build: from,
  name,
  service,
});
const pulled = (pull: string): Image => ({ pull, always: false });

describe("an image that another service builds", () => {
  it("is not pulled, however it is spelt", () => {
    for (const [own, other] of [
      ["portal", "portal:latest"],
      ["portal", "docker.io/library/portal"],
      ["acme/portal:2", "docker.io/acme/portal:2"],
      ["localhost:5000/portal", "localhost:5000/portal:latest"],
    ] as const) {
      const images = imagesOf({
        site: { image: own, build },
        mailer: { image: other },
        cron: { image: other },
      });
      for (const name of ["site", "mailer", "cron"])
        assert.deepEqual(images[name], built("site"), `${own} and ${other}`);
    }
  });

  it("is known by Compose's own name and by the build's tags, too", () => {
    const tagged = { ...build, tags: ["acme/portal:edge"] };
    const { one, two, site } = imagesOf({
      site: { image: undefined as unknown as string, build: tagged },
      one: { image: "shop-site" },
      two: { image: "acme/portal:edge" },
    });
    assert.deepEqual([one, two], [site, site]);
  });

  it("is pulled when it is another one, or when pull_policy says so", () => {
    const images = imagesOf({
      site: { image: "acme/portal:2", build },
      a: { image: "acme/portal" },
      b: { image: "ghcr.io/acme/portal:2" },
      c: { image: "acme/portal:2", pull_policy: "always" },
    });
    assert.deepEqual(images["a"], pulled("acme/portal"));
    assert.deepEqual(images["b"], pulled("ghcr.io/acme/portal:2"));
    assert.deepEqual(images["c"], { pull: "acme/portal:2", always: true });
  });

  it("is what the config states for the builder, unless the service has its own entry", () => {
    const services = {
      site: { image: "portal", build },
      again: { image: "portal", build },
      mailer: { image: "portal" },
    };
    for (const builder of ["site", "again"])
      assert.deepEqual(
        imagesOf(services, { images: { [builder]: "ci/portal:7" } })["mailer"],
        pulled("ci/portal:7"),
      );
    assert.deepEqual(
      imagesOf(services, { images: { site: "ci/portal:7", mailer: "ci/mailer:1" } })["mailer"],
      pulled("ci/mailer:1"),
    );
    assert.deepEqual(
      imagesOf(services, { images: { mailer: "ci/mailer:1" } })["site"],
      built("site"),
    );
  });

  it("has a loss when several builds have its name", () => {
    const other = { context: "/project/other" };
    const services: Record<string, Loose> = {
      one: { restart: "always", image: "portal", build },
      two: { restart: "always", image: "portal", build: other },
      mailer: { restart: "always", image: "portal" },
    };
    const made = planOf(services);
    assert.deepEqual(serviceOf(made, "mailer").image, built("two", "shop-qa-two", other));
    assert.deepEqual(told(made).sort(), ["info one.image", "info two.image", "loss mailer.image"]);
    assert.match(
      made.notices.find(({ level }) => level === "loss")!.message,
      /^portal is built differently by one and two: this service runs what two builds;/,
    );
  });

  it("is no database of the cloud's, though it is called like one", () => {
    const made = planOf({
      db: { restart: "always", image: "acme/postgres:17", build },
      copy: { restart: "always", image: "acme/postgres:17" },
      real: { restart: "always", image: "postgres:17" },
    });
    assert.deepEqual(made.services.map(({ name, engine }) => [name, engine]).sort(), [
      ["copy", undefined],
      ["db", undefined],
      ["real", "postgres"],
    ]);
  });
});

describe("canonicalImage", () => {
  it("completes a name as Docker does", () => {
    for (const [name, whole] of [
      ["a", "docker.io/library/a:latest"],
      ["index.docker.io/a:1", "docker.io/library/a:1"],
      ["b/a", "docker.io/b/a:latest"],
      ["localhost/a", "localhost/a:latest"],
      ["host:5000/a", "host:5000/a:latest"],
      ["a:1@sha256:00", "docker.io/library/a:1@sha256:00"],
    ] as const)
      assert.equal(canonicalImage(name), whole);
  });
});
