import * as digitalocean from "@pulumi/digitalocean";
import type * as pulumi from "@pulumi/pulumi";
import type { Database } from "../../plan/plan";
import { mysqlParameters, postgresParameters, valkeyParameters } from "./parameters";

const types = new Map(
  [postgresParameters, mysqlParameters, valkeyParameters].flatMap((table) =>
    Object.entries(table).map(([setting, { name = setting, type }]) => [name, type]),
  ),
);

/** A resource with a database's settings, where the Compose file has any. One cluster has one. */
export function configure(
  name: string,
  { engine, parameters }: Pick<Database, "engine" | "parameters">,
  clusterId: pulumi.Output<string>,
  child: pulumi.CustomResourceOptions,
): void {
  const entries = Object.entries(parameters).map(([property, value]) => [
    property,
    typed(value, types.get(property)),
  ]);
  if (entries.length === 0) return;
  const args = { clusterId, ...(Object.fromEntries(entries) as object) };
  // There is one configuration: a second resource would write over the first, which leaves nothing when it goes.
  const opts = { ...child, deleteBeforeReplace: true };
  const called = `${name}-config`;
  switch (engine) {
    case "postgres":
      new digitalocean.DatabasePostgresqlConfig(called, args, opts);
      break;
    case "mysql":
      new digitalocean.DatabaseMysqlConfig(called, args, opts);
      break;
    default:
      new digitalocean.DatabaseValkeyConfig(called, args, opts);
  }
}

function typed(value: string, type: "number" | "boolean" | undefined): string | number | boolean {
  if (type === "number") return Number(value);
  return type === "boolean" ? value === "true" : value;
}
