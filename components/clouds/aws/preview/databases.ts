import { hex, text, type PreviewAnswers, type Properties } from "../../preview";

const region = "eu-central-1";

/** The part of an RDS address that an account has in a region. */
const account = hex("aws/rds/account", 12);

function identifier(name: string, inputs: Properties): string {
  const prefix = text(inputs, "identifierPrefix", `${name}-`);
  return text(inputs, "identifier", `${prefix}${hex(`aws/rds/${name}`, 16)}`);
}

/** What RDS, DocumentDB and ElastiCache compute. */
export const awsDatabases: PreviewAnswers["resources"] = {
  "aws:rds/instance:Instance": (name, inputs) => {
    const id = identifier(name, inputs);
    const port = text(inputs, "engine", "postgres") === "postgres" ? 5432 : 3306;
    const address = `${id}.${account}.${region}.rds.amazonaws.com`;
    return {
      id: `db-${hex(`aws/db/${name}`, 26).toUpperCase()}`,
      identifier: id,
      arn: `arn:aws:rds:${region}:123456789012:db:${id}`,
      address,
      port,
      endpoint: `${address}:${port}`,
      status: "available",
      engineVersionActual: text(inputs, "engineVersion", "17"),
      username: text(inputs, "username", "berth"),
    };
  },
  "aws:rds/subnetGroup:SubnetGroup": (name) => ({ id: name, name }),
  "aws:rds/parameterGroup:ParameterGroup": (name) => ({ id: name, name }),
  "aws:docdb/cluster:Cluster": (name, inputs) => {
    const id = text(
      inputs,
      "clusterIdentifier",
      `${text(inputs, "clusterIdentifierPrefix", `${name}-`)}${hex(`aws/docdb/${name}`, 16)}`,
    );
    const host = `${account}.${region}.docdb.amazonaws.com`;
    return {
      id,
      clusterIdentifier: id,
      arn: `arn:aws:rds:${region}:123456789012:cluster:${id}`,
      clusterResourceId: `cluster-${hex(`aws/docdb/${name}/resource`, 26).toUpperCase()}`,
      endpoint: `${id}.cluster-${host}`,
      readerEndpoint: `${id}.cluster-ro-${host}`,
      hostedZoneId: "Z3DOCDBEXAMPLE",
      port: 27017,
      availabilityZones: ["a", "b", "c"].map((zone) => `${region}${zone}`),
      engineVersion: text(inputs, "engineVersion", "8.0.0"),
    };
  },
  "aws:docdb/clusterInstance:ClusterInstance": (name, inputs) => {
    const id = identifier(name, inputs);
    return {
      id,
      identifier: id,
      arn: `arn:aws:rds:${region}:123456789012:db:${id}`,
      dbiResourceId: `db-${hex(`aws/db/${name}`, 26).toUpperCase()}`,
      endpoint: `${id}.${account}.${region}.docdb.amazonaws.com`,
      port: 27017,
      writer: text(inputs, "identifierPrefix", "").endsWith("-first-"),
    };
  },
  "aws:docdb/subnetGroup:SubnetGroup": (name) => ({ id: name, name }),
  "aws:docdb/clusterParameterGroup:ClusterParameterGroup": (name) => ({ id: name, name }),
  "aws:elasticache/parameterGroup:ParameterGroup": (name) => ({ id: name, name }),
  "aws:elasticache/subnetGroup:SubnetGroup": (name) => ({ id: name, name }),
  "aws:elasticache/replicationGroup:ReplicationGroup": (name, inputs) => {
    const id = text(inputs, "replicationGroupId", name);
    const host = `${id}.${hex("aws/cache", 6)}.euc1.cache.amazonaws.com`;
    return {
      id,
      arn: `arn:aws:elasticache:${region}:123456789012:replicationgroup:${id}`,
      port: 6379,
      primaryEndpointAddress: `master.${host}`,
      readerEndpointAddress: `replica.${host}`,
      engineVersionActual: text(inputs, "engineVersion", "8.1"),
    };
  },
};
