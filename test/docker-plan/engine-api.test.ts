import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import * as pulumi from "@pulumi/pulumi";
import { EngineApi } from "../../components/docker/engine/engine-api";
import { finish } from "../../components/docker/workloads/job";

interface State {
  Running: boolean;
  Status: string;
  ExitCode: number;
}

const frame = (source: number, text: string): Buffer => {
  const head = Buffer.from([source, 0, 0, 0, 0, 0, 0, 0]);
  head.writeUInt32BE(Buffer.byteLength(text), 4);
  return Buffer.concat([head, Buffer.from(text)]);
};

describe("the watch over a one-shot", () => {
  let server: Server;
  let engine: EngineApi;
  /** What each look at the container shows; the last one stays. */
  let looks: State[];
  let starts: number;

  before(async () => {
    server = createServer((request, response) => {
      const { url = "", method } = request;
      if (url.endsWith("/json")) {
        const State = looks.length > 1 ? looks.shift() : looks[0];
        if (State === undefined) response.writeHead(404).end('{"message":"No such container"}');
        else response.end(JSON.stringify({ Id: "c1", Name: "/c", State, Config: { Labels: {} } }));
      } else if (url.endsWith("/start") && method === "POST") {
        starts++;
        response.writeHead(204).end();
      } else if (url.includes("/logs?"))
        response.end(Buffer.concat([frame(1, "first\n"), frame(2, "then this broke\n")]));
      else response.writeHead(500).end('{"message":"unexpected"}');
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const { port } = server.address() as AddressInfo;
    engine = new EngineApi({ host: pulumi.output(`tcp://127.0.0.1:${port}`) });
  });

  after(() => {
    server.close();
  });

  const running = { Running: true, Status: "running", ExitCode: 0 };
  const exited = (ExitCode: number): State => ({ Running: false, Status: "exited", ExitCode });
  const watch = async (found: State[], { fresh = true, timeout = 5 } = {}): Promise<string> => {
    looks = found;
    starts = 0;
    return finish(engine, {
      id: "c1",
      service: "migrate",
      timeout,
      retry: () => !fresh,
      say: () => undefined,
    }).then(
      () => "done",
      (error: unknown) => (error as Error).stack ?? "",
    );
  };

  it("waits until it ends with 0", async () => {
    assert.equal(await watch([running, running, exited(0)]), "done");
    assert.equal(starts, 0);
  });

  it("fails with the exit code and the last lines, and nothing but its message", async () => {
    assert.equal(
      await watch([running, exited(3)]),
      "services.migrate: it failed with exit code 3; nothing that waits for it was changed; its last lines:\n  first\n  then this broke",
    );
    assert.equal(starts, 0);
  });

  it("starts one that an earlier update left failed once more, and only once", async () => {
    assert.equal(await watch([exited(3), running, exited(0)], { fresh: false }), "done");
    assert.equal(starts, 1);
    assert.match(await watch([exited(3), running, exited(4)], { fresh: false }), /exit code 4/);
    assert.equal(starts, 1);
  });

  it("does not start one again that ended well", async () => {
    assert.equal(await watch([exited(0)], { fresh: false }), "done");
    assert.equal(starts, 0);
  });

  it("gives up after its time", async () => {
    assert.match(
      await watch([running], { timeout: 0 }),
      /did not end within 0 seconds; set berth:timeouts\.migrate/,
    );
  });

  it("says when its container is gone", async () => {
    assert.match(await watch([]), /its container is gone; run pulumi refresh, then pulumi up/);
  });
});
