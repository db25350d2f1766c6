import { offers } from "../../components/clouds";
import type { Database as DatabasePlan, Plan } from "../../components/plan/plan";
import type { CloudName, Settings, Shape } from "../../components/settings/settings";

/** As much of a plan as a cloud looks at. */
export function planFor(
  cloud: CloudName,
  shape: Shape,
  { databases = [], account }: { databases?: readonly DatabasePlan[]; account?: string } = {},
): Plan {
  const offer = offers[cloud]();
  const settings: Partial<Settings> = {
    cloud,
    shape,
    location: "europe",
    provider: cloud === "gcp" ? { project: "acme-qa" } : {},
    tags: { client: "acme" },
    protect: true,
    ...(account !== undefined && { account }),
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
    port: 0,
    highAvailability: false,
    readReplicas: 0,
    backupDays: 7,
    scripts: [],
    networks: {},
    users: [],
    ...more,
  };
}
