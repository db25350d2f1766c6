// Which folder may import which (docs/architecture.md), and that no import comes back to where it started.
import { readdirSync, readFileSync } from "node:fs";

/** Each cloud's folder, and the package of Pulumi that it is made with: as its catalog names it. */
const folder = new URL("components/clouds/", import.meta.url);
const clouds = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => {
    const catalog = readFileSync(new URL(`${name}/catalog.ts`, folder), "utf8");
    return { name, sdk: /namespace: "(\w+)"/.exec(catalog)?.[1] ?? name };
  });

/** A folder of components/ and what of components/ it may import besides itself. */
const arrows = {
  model: [],
  compose: ["model"],
  settings: ["model", "clouds/catalogs.ts", "clouds/list.ts"],
  plan: [
    "model",
    "compose/app.ts",
    "settings",
    "databases",
    "clouds/dns-solvers.ts",
    "clouds/list.ts",
  ],
  edge: ["model", "plan/plan.ts"],
  databases: ["model", "plan/plan.ts", "clouds/cloud.ts"],
  machine: ["model", "clouds/cloud.ts"],
  clouds: ["model", "plan/plan.ts", "settings/settings.ts", "machine"],
  docker: ["model", "compose", "plan", "edge", "databases", "clouds/cloud.ts"],
  kubernetes: [
    "model",
    "compose",
    "plan",
    "edge",
    "databases",
    "settings",
    "clouds/cloud.ts",
    "clouds/dns-solvers.ts",
    "docker/images",
  ],
  stack: ["model", "compose", "settings", "plan", "docker", "kubernetes", "clouds"],
};
/** Pure data and functions; `databases/connection/` is for the realisers. */
const pure = "^components/(compose|settings|plan|databases/(?!connection/))";

export default {
  forbidden: [
    {
      name: "no-circular",
      comment: "put what both need into a file of its own, or pass it as an argument",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    ...Object.entries(arrows).map(([folder, allowed]) => ({
      name: `${folder}-imports`,
      comment: `components/${folder} imports ${allowed.join(", ") || "nothing"} of components/, and nothing of cli/ or test/`,
      severity: "error",
      from: { path: `^components/${folder}/` },
      to: {
        path: "^(components|cli|test)/",
        pathNot: `^components/(${[folder, ...allowed].map((each) => each.replaceAll(".", "\\.")).join("|")})(/|$)`,
      },
    })),
    ...clouds.map(({ name }) => ({
      name: `${name}-alone`,
      comment: "one cloud's folder never imports another's, nor another cloud's SDK",
      severity: "error",
      from: { path: `^components/clouds/${name}/` },
      to: {
        path: clouds
          .filter((other) => other.name !== name)
          .map((other) => `^components/clouds/${other.name}/|node_modules/@pulumi/${other.sdk}/`)
          .join("|"),
      },
    })),
    {
      name: "every-folder-has-arrows",
      comment: "add the folder to `arrows` in .dependency-cruiser.mjs",
      severity: "error",
      from: { path: "^components/", pathNot: `^components/(${Object.keys(arrows).join("|")})/` },
      to: {},
    },
    {
      name: "pure",
      comment:
        "loading, reading and planning, and what they know of databases, are pure data: no engine, no resources",
      severity: "error",
      from: { path: pure },
      to: {
        path: "node_modules/@pulumi/|^components/(model/(content-name|grows-only|run-error)\\.ts$|databases/connection/)",
      },
    },
    {
      name: "not-to-test",
      comment: "what runs never imports a test",
      severity: "error",
      from: { path: "^(components|cli|index)" },
      to: { path: "^test/" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: true,
  },
};
