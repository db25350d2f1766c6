import assert from "node:assert/strict";
import { planOf, serviceOf, type Loose } from "./make";

const planned = (service: Loose): ReturnType<typeof serviceOf> =>
  serviceOf(planOf({ web: { restart: "always", ...service } }), "web");

describe("a planned service", () => {
  it("runs as often as config, deploy or scale say, in that order", () => {
    assert.equal(planned({}).replicas, 1);
    assert.equal(planned({ scale: 3 }).replicas, 3);
    assert.equal(planned({ scale: 3, deploy: { replicas: 2 } }).replicas, 2);
    const services = { web: { restart: "always", deploy: { replicas: 2 } } };
    assert.equal(serviceOf(planOf(services, { scale: { web: 4 } }), "web").replicas, 4);
  });

  it("has the limits of deploy.resources, else those of its own keys", () => {
    const MiB = 1024 * 1024;
    const own = { cpus: 0.5, mem_limit: String(64 * MiB), mem_reservation: String(32 * MiB) };
    assert.deepEqual(planned(own).cpu, { limit: 0.5 });
    assert.deepEqual(planned(own).memory, { limit: 64, request: 32 });
    const resources = {
      limits: { cpus: 2, memory: String(128 * MiB) },
      reservations: { cpus: 1, memory: String(96 * MiB) },
    };
    assert.deepEqual(planned({ ...own, deploy: { resources } }).cpu, { limit: 2, request: 1 });
    assert.deepEqual(planned({ ...own, deploy: { resources } }).memory, {
      limit: 128,
      request: 96,
    });
  });

  it("answers to its name, container_name, hostname, aliases and links", () => {
    const made = planOf({
      web: {
        container_name: "shop-web",
        hostname: "shop",
        networks: { default: { aliases: ["www"] } },
      },
      worker: { links: ["web:front"] },
    });
    assert.deepEqual(serviceOf(made, "web").networks, {
      default: ["web", "shop-web", "shop", "www", "front"],
    });
  });

  it("listens on the ports of ports and expose, ranges too", () => {
    const ports = [{ target: 80, published: "8080", protocol: "tcp", mode: "ingress" }];
    assert.deepEqual(planned({ ports, expose: ["53/udp", "9000-9001"] }).ports, [
      { port: 80, protocol: "tcp" },
      { port: 53, protocol: "udp" },
      { port: 9000, protocol: "tcp" },
      { port: 9001, protocol: "tcp" },
    ]);
  });
});
