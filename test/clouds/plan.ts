import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import * as tls from "@pulumi/tls";
import type { CloudArgs } from "../../components/clouds/cloud";
import { catalogs } from "../../components/clouds";
import { engines } from "../../components/databases";
import type { Database as DatabasePlan, Plan } from "../../components/plan/plan";
import type { Settings, Shape } from "../../components/settings/settings";
import type { CloudName } from "../../components/clouds/list";

/** What a cloud is made with, as the environment makes it. */
export function cloudArgs(plan: Plan): CloudArgs {
  const randomProvider = new random.Provider("qa-random");
  return {
    plan,
    open: (text) => pulumi.output(text),
    guard: new random.RandomId("qa-guard", { byteLength: 4 }, { provider: randomProvider }),
    tls: new tls.Provider("qa-tls"),
    random: randomProvider,
  };
}

/** As much of a plan as a cloud looks at. */
export function planFor(
  cloud: CloudName,
  shape: Shape,
  {
    databases = [],
    ...more
  }: { databases?: readonly DatabasePlan[] } & Partial<
    Pick<Settings, "account" | "dns" | "provider" | "monitoring">
  > = {},
): Plan {
  const offer = catalogs[cloud]();
  const settings: Partial<Settings> = {
    cloud,
    shape,
    location: "europe",
    provider: cloud === "gcp" ? { project: "acme-qa" } : {},
    tags: { client: "acme" },
    protect: true,
    monitoring: {},
    ...more,
  };
  const plan: Partial<Plan> = {
    project: "bigga",
    stack: "qa",
    cloud,
    shape,
    location: "europe",
    region: offer.regions.europe,
    prefix: "bigga-qa",
    databases,
    sites: [],
    services: [],
    volumes: [],
    settings: settings as Settings,
  };
  return plan as Plan;
}

/** A managed database as the plan describes it. */
export function databaseFor(
  engine: DatabasePlan["engine"],
  version: string,
  more: Partial<DatabasePlan> = {},
): DatabasePlan {
  return {
    service: engine,
    engine,
    version,
    managed: true,
    readUrls: [],
    host: engine,
    port: engines[engine].port,
    highAvailability: false,
    readReplicas: 0,
    backupDays: 7,
    finalSnapshot: true,
    parameters: {},
    settings: {},
    extensions: [],
    scripts: [],
    networks: {},
    users: [],
    ...more,
  };
}
