import assert from "node:assert/strict";
import { Folder } from "../cli/run";

const compose = `services:
  web:
    image: example/web:1
    restart: always
    expose: ["80"]
    volumes: ["data.files:/data"]
volumes: { data.files: {} }
`;

/** Line 2 is the first below config. */
const stack = `config:
  berth:cloud: digitalocean
  berth:shape: cluster
  berth:operators: [203.0.113.0/24]
  berth:domain: shop.example
  berth:volumes:
    data.files: { shared: true }
  berth:scale:
    web: { min: 1, max: 3, queue: { service: web, name: jobs, length: 5 } }
  berth:tls: { email: me@shop.example, dnsProvider: godaddy }
  berth:routes: { shop.example/api: nobody }
  berth:images: { webb: "x:1" }
`;

describe("a problem of the plan", () => {
  it("names the place of the config's key, also where names have dots in them", async () => {
    const folder = new Folder({ "compose.yaml": compose, "Pulumi.qa.yaml": stack });
    try {
      const { code, err } = await folder.preview();
      assert.equal(code, 1);
      const places = err
        .trim()
        .split("\n")
        .map((line) => line.split(": ").slice(0, 2).join(" "));
      assert.deepEqual(places.sort(), [
        "Pulumi.qa.yaml:10:40 berth:tls.dnsProvider",
        "Pulumi.qa.yaml:11:19 berth:routes.shop.example/api",
        "Pulumi.qa.yaml:12:19 berth:images.webb",
        "Pulumi.qa.yaml:7:19 berth:volumes.data.files.shared",
        "Pulumi.qa.yaml:9:37 berth:scale.web.queue.service",
      ]);
    } finally {
      folder.remove();
    }
  });
});
