import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import type { Database as CloudDatabase } from "../../components/clouds/cloud";
import type { Database } from "../../components/plan/plan";
import type { Upstream } from "../../components/databases";
import { connectionOf, upstreamOf } from "../../components/databases/connection/connection";

describe("the logins of a MongoDB's proxy", () => {
  const open = (text: string): pulumi.Output<string> => pulumi.output(text);
  const database = {
    service: "mongo",
    engine: "mongodb",
    port: 27017,
    user: "root",
    password: "own",
    readUrls: [],
    scripts: [],
  } as unknown as Database;
  const upstream = (
    of: Partial<Database>,
    made?: Pick<CloudDatabase, "srv" | "imposesUser">,
  ): Promise<Upstream> => {
    const planned = { ...database, ...of };
    const known = connectionOf(
      open,
      planned,
      made === undefined
        ? undefined
        : ({
            host: pulumi.output("set.example.net"),
            port: pulumi.output(27017),
            user: pulumi.output("doadmin"),
            password: pulumi.output("imposed"),
            defaultDatabase: pulumi.output("admin"),
            ca: pulumi.output("PEM"),
            verify: "host",
            tls: true,
            readHosts: [],
            ...made,
          } as unknown as CloudDatabase),
    );
    return new Promise((done) => {
      upstreamOf(open, planned, known, known).apply(done);
    });
  };
  const imposed = {
    client: { user: "root", password: "own" },
    server: { user: "doadmin", password: "imposed" },
  };
  const logins = ({ client, server, srv }: Upstream): unknown => ({ client, server, srv });

  it("are not translated where the bootstrap creates the user", async () => {
    assert.deepEqual(logins(await upstream({}, {})), {
      client: undefined,
      server: undefined,
      srv: undefined,
    });
  });

  it("are the administrator's where only the cloud's API creates users", async () => {
    const told = await upstream({}, { srv: true, imposesUser: true });
    assert.deepEqual(logins(told), { ...imposed, srv: true });
  });

  it("are those of the URL, unless the application has the same", async () => {
    const url = (user: string): Partial<Database> => ({
      url: `mongodb+srv://${user}:imposed@set.example.net/app`,
    });
    assert.deepEqual(logins(await upstream(url("doadmin"))), { ...imposed, srv: true });
    assert.deepEqual(logins(await upstream({ ...url("root"), password: "imposed" })), {
      client: undefined,
      server: undefined,
      srv: true,
    });
  });
});
