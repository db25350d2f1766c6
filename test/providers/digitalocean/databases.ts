import { hex, letters, pem } from "../../../components/clouds/preview";
import type { Account, Fields } from "./account";
import { moment, own, Refusal } from "./account";
import type { Routes } from "./api";

/** GiB that a size brings, and may not be fewer. */
const included: Readonly<Record<string, number>> = {
  "db-s-1vcpu-1gb": 10,
  "db-s-1vcpu-2gb": 30,
  "db-s-2vcpu-4gb": 60,
};

function storage(size: unknown, stated: unknown): number {
  const least = included[String(size)];
  if (least === undefined) throw new Refusal(422, "unprocessable_entity", "invalid size");
  if (stated !== undefined && Number(stated) < least * 1024)
    throw new Refusal(422, "unprocessable_entity", "invalid storage size");
  return Number(stated ?? least * 1024);
}

const dialects: Readonly<Record<string, readonly [string, number, string, string]>> = {
  pg: ["postgresql", 25060, "defaultdb", "?sslmode=require"],
  mysql: ["mysql", 25060, "defaultdb", "?ssl-mode=REQUIRED"],
  valkey: ["rediss", 25061, "", ""],
  mongodb: ["mongodb+srv", 27017, "admin", "?tls=true&authSource=admin"],
};

/** How a server is reached, from outside and from its network. */
function connections(engine: string, name: unknown, seed: string): Fields {
  const dialect = dialects[engine];
  if (dialect === undefined)
    throw new Refusal(422, "unprocessable_entity", "invalid cluster engine");
  const [protocol, port, database, query] = dialect;
  const user = engine === "valkey" ? "default" : "doadmin";
  const password = `AVNS_${letters(seed, 19)}`;
  const host =
    engine === "mongodb"
      ? `${String(name)}-${hex(`do/database/${String(name)}/host`, 8)}.mongo.ondigitalocean.com`
      : `${String(name)}-do-user-1000000-0.f.db.ondigitalocean.com`;
  const at = (server: string): Fields => ({
    protocol,
    uri: `${protocol}://${user}:${password}@${server}${engine === "mongodb" ? "" : `:${port}`}/${database}${query}`,
    database,
    host: server,
    port,
    user,
    password,
    ssl: true,
  });
  return { connection: at(host), private_connection: at(`private-${host}`) };
}

/** MongoDB's password is told once, to who made the server. */
function later({ engine, ...database }: Fields): Fields {
  if (engine !== "mongodb") return { engine, ...database };
  const hidden = (connection: unknown): Fields => {
    const { password, uri, ...rest } = connection as Fields;
    return { ...rest, uri: String(uri).replace(`:${String(password)}@`, "@") };
  };
  return {
    engine,
    ...database,
    connection: hidden(database.connection),
    private_connection: hidden(database.private_connection),
  };
}

/** A server, or a replica by its own id. */
const serverOf = (account: Account, id: unknown): Fields =>
  account.all("replica").find((replica) => replica.id === id) ?? account.get("database", id);

/** Managed databases. */
export const databases: Routes = {
  "POST /v2/databases": ({ account, body }) => {
    account.unique("database", body.name, 422, "cluster name is not available");
    const engine = String(body.engine);
    const id = account.uuid();
    const nodes = Number(body.num_nodes);
    if (nodes > 1 && body.size === "db-s-1vcpu-1gb")
      throw new Refusal(422, "unprocessable_entity", "invalid number of nodes for this size");
    const database: Fields = {
      id,
      name: body.name,
      engine,
      version: body.version,
      ...connections(engine, body.name, id),
      num_nodes: nodes,
      size: body.size,
      region: body.region,
      status: "online",
      maintenance_window: { day: "friday", hour: "21:44:08", pending: false },
      created_at: moment,
      private_network_uuid: body.private_network_uuid || own.vpc,
      tags: account.tags(body.tags),
      project_id: body.project_id || own.project,
      storage_size_mib: storage(body.size, body.storage_size_mib),
      rules: [],
    };
    account.add("database", id, database);
    return { database: { ...database, status: "creating" } };
  },
  "GET /v2/databases/:id": ({ account, path }) => ({
    database: later(account.get("database", path.id)),
  }),
  "DELETE /v2/databases/:id": ({ account, path }) => {
    account.remove("database", path.id);
    for (const { name } of account.all("replica").filter(({ of }) => of === path.id))
      account.remove("replica", `${path.id}/${String(name)}`);
    return undefined;
  },
  "PUT /v2/databases/:id/resize": ({ account, path, body }) => {
    const server = serverOf(account, path.id);
    const stated = body.storage_size_mib;
    server.storage_size_mib = Math.max(
      storage(body.size, stated),
      stated === undefined ? Number(server.storage_size_mib) : 0,
    );
    server.size = body.size;
    if ("num_nodes" in server) server.num_nodes = body.num_nodes;
    return undefined;
  },
  "PUT /v2/databases/:id/migrate": ({ account, path, body }) => {
    account.get("database", path.id).region = body.region;
    return undefined;
  },
  "PUT /v2/databases/:id/maintenance": ({ account, path, body }) => {
    account.get("database", path.id).maintenance_window = {
      day: body.day,
      hour: /^\d\d:\d\d$/.test(String(body.hour)) ? `${String(body.hour)}:00` : body.hour,
      pending: false,
    };
    return undefined;
  },
  "PUT /v2/databases/:id/upgrade": ({ account, path, body }) => {
    account.get("database", path.id).version = body.version;
    return undefined;
  },
  "GET /v2/databases/:id/ca": ({ account, path }) => {
    serverOf(account, path.id);
    const certificate = Buffer.from(pem("CERTIFICATE", "api/ca", 1100)).toString("base64");
    return { ca: { certificate } };
  },
  "GET /v2/databases/:id/firewall": ({ account, path }) => ({
    rules: serverOf(account, path.id).rules,
  }),
  "PUT /v2/databases/:id/firewall": ({ account, path, body }) => {
    const server = serverOf(account, path.id);
    server.rules = (body.rules as Fields[]).map(({ type, value, uuid }) => ({
      uuid: uuid || account.uuid(),
      cluster_uuid: path.id,
      type,
      value,
      created_at: moment,
    }));
    return undefined;
  },
  "POST /v2/databases/:id/replicas": ({ account, path, body }) => {
    const { engine, region } = account.get("database", path.id);
    if (engine === "mongodb" || engine === "valkey")
      throw new Refusal(422, "unprocessable_entity", `${engine} has no read-only nodes`);
    const key = `${path.id}/${String(body.name)}`;
    if (account.has("replica", key))
      throw new Refusal(422, "unprocessable_entity", "replica name is not available");
    const id = account.uuid();
    const replica = {
      id,
      of: path.id,
      name: body.name,
      ...connections(String(engine), body.name, id),
      region: body.region || region,
      status: "online",
      created_at: moment,
      private_network_uuid: body.private_network_uuid || own.vpc,
      tags: account.tags(body.tags),
      size: body.size,
      storage_size_mib: storage(body.size, body.storage_size_mib),
      rules: [],
    };
    account.add("replica", key, replica);
    return { replica: { ...replica, status: "creating" } };
  },
  "GET /v2/databases/:id/replicas/:name": ({ account, path }) => ({
    replica: account.get("replica", `${path.id}/${path.name}`),
  }),
  "DELETE /v2/databases/:id/replicas/:name": ({ account, path }) => {
    account.remove("replica", `${path.id}/${path.name}`);
    return undefined;
  },
};
