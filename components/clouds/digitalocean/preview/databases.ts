import { hex, letters, text, uuid, type PreviewAnswers, type Properties } from "../../preview";

/** Scheme, port and query of an engine's connection string, as DigitalOcean writes it. */
function dialect(engine: string): { scheme: string; port: number; query: string } {
  switch (engine) {
    case "pg":
    case "postgres":
    case "advanced_pg":
      return { scheme: "postgresql", port: 25060, query: "?sslmode=require" };
    case "mysql":
    case "advanced_mysql":
      return { scheme: "mysql", port: 25060, query: "?ssl-mode=REQUIRED" };
    case "redis":
    case "valkey":
      return { scheme: "rediss", port: 25061, query: "" };
    case "mongodb":
      return { scheme: "mongodb+srv", port: 27017, query: "?tls=true&authSource=admin" };
    case "kafka":
      return { scheme: "kafka", port: 25073, query: "" };
    default:
      return { scheme: "https", port: 25060, query: "" };
  }
}

function server(name: string, engine: string): Properties {
  const { scheme, port, query } = dialect(engine);
  const caching = scheme === "rediss";
  const user = caching ? "default" : "doadmin";
  const documents = engine === "mongodb";
  const database = caching ? "" : documents ? "admin" : "defaultdb";
  const password = `AVNS_${letters(`do/database/${name}/password`, 19)}`;
  // MongoDB's host has no address: SRV records name the members.
  const host = documents
    ? `${name}-${hex(`do/database/${name}/host`, 8)}.mongo.ondigitalocean.com`
    : `${name}-do-user-1000000-0.f.db.ondigitalocean.com`;
  const url = (at: string): string =>
    `${scheme}://${user}:${password}@${at}${scheme.endsWith("+srv") ? "" : `:${port}`}/${database}${query}`;
  return {
    name,
    database,
    user,
    password,
    port,
    host,
    privateHost: `private-${host}`,
    uri: url(host),
    privateUri: url(`private-${host}`),
    privateNetworkUuid: uuid("do/vpc/default"),
    storageSizeMib: "30720",
  };
}

const configured = (_: string, inputs: Properties): Properties => ({
  id: `${text(inputs, "clusterId", "")}/config`,
});

/** Managed databases of DigitalOcean. */
export const databases: PreviewAnswers["resources"] = {
  "digitalocean:index/databaseCluster:DatabaseCluster": (name, inputs) => {
    const id = uuid(`do/database/${name}`);
    const made = server(text(inputs, "name", name), text(inputs, "engine", "pg"));
    return {
      id,
      ...made,
      clusterUrn: `do:dbaas:${id}`,
      metricsEndpoints: [],
      projectId: uuid("do/project/default"),
    };
  },
  "digitalocean:index/databaseReplica:DatabaseReplica": (name, inputs) => ({
    id: `${text(inputs, "clusterId", "")}/replicas/${text(inputs, "name", name)}`,
    ...server(text(inputs, "name", name), "pg"),
    uuid: uuid(`do/replica/${name}`),
  }),
  ...Object.fromEntries(
    ["Mysql", "Postgresql", "Valkey"].map((engine) => [
      `digitalocean:index/database${engine}Config:Database${engine}Config`,
      configured,
    ]),
  ),
  "digitalocean:index/databaseFirewall:DatabaseFirewall": (name, inputs) => ({
    id: `${text(inputs, "clusterId", "")}-${hex(`do/database-firewall/${name}`, 20)}`,
  }),
};
