import assert from "node:assert/strict";
import type { Settings } from "../../components/settings/settings";
import { planOf, told, type Loose } from "./make";

const always = { image: "example/app:1", restart: "always" };
const cluster: Partial<Settings> = { shape: "cluster", domain: "example.com", stack: "prod" };

/** Messages of the notices of a key. */
function messages(
  key: string,
  services: Record<string, Loose>,
  set: Partial<Settings> = cluster,
): string[] {
  return planOf(services, set)
    .notices.filter((notice) => notice.key === key)
    .map(({ message }) => message);
}

describe("what names answer to", () => {
  it("finds the ports of a cluster's names that the file does not declare", () => {
    const services = {
      web: {
        ...always,
        environment: { API: "http://api:3000", MAIL_HOST: "post", MAIL_PORT: "1025" },
        command: ["serve", "--search=search:9200"],
      },
      api: always,
      post: always,
      search: always,
      told: { ...always, expose: ["4000"] },
    };
    const [message = ""] = messages("expose", services);
    assert.match(message, /: api 3000, post 1025, search 9200; list what else is called/);
    assert.deepEqual(messages("expose", services, {}), []);
  });

  it("has a notice for a name that two services have on different networks", () => {
    const services = {
      left: { ...always, networks: { front: { aliases: ["twin"] } } },
      right: { ...always, networks: { back: { aliases: ["twin"] } } },
      pool: { ...always, networks: { front: { aliases: ["shared"] } } },
      pond: { ...always, networks: { front: { aliases: ["shared"] } } },
    };
    assert.match(messages("networks.front.aliases", services)[0]!, /twin is right's on another/);
    assert.match(messages("networks.back.aliases", services)[0]!, /twin is left's on another/);
    assert.equal(messages("networks.front.aliases", services).length, 1);
    assert.deepEqual(messages("networks.front.aliases", services, {}), []);
  });

  it("has a notice for an alias that answers on more networks, or is another service's name", () => {
    const services = {
      web: { ...always, networks: { front: { aliases: ["site"] }, back: null } },
      api: { ...always, networks: { back: { aliases: ["web"] } } },
    };
    assert.match(messages("networks.front.aliases", services)[0]!, /site is web's on each/);
    assert.match(messages("networks.back.aliases", services)[0]!, /web leads to the service/);
  });

  it("has a notice for one link's name for two services, in both shapes", () => {
    const services = {
      a: { ...always, links: ["one:database"] },
      b: { ...always, links: ["two:database"] },
      one: always,
      two: always,
    };
    for (const shape of [cluster, {}])
      assert.deepEqual(
        told(planOf(services, shape)).filter((line) => line.endsWith("links")),
        ["loss a.links", "loss b.links"],
      );
  });

  it("has a notice for a localhost that is another pod", () => {
    const services = {
      api: always,
      task: { ...always, restart: "no", network_mode: "service:api" },
      sidecar: { ...always, network_mode: "service:api" },
    };
    assert.match(messages("network_mode", services)[0]!, /call api by its name, not localhost/);
    assert.equal(messages("network_mode", services).length, 1);
  });
});
