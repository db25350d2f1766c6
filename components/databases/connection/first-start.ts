import * as pulumi from "@pulumi/pulumi";
import type { Open } from "../../clouds/cloud";
import type { Database as DatabasePlan, Plan } from "../../plan/plan";
import { authorities } from "../authorities";
import type { Bootstrap } from "../bootstrap";
import type { DatabaseConnection } from "./connection";

/** The input of the one-shot that does on a new server what the first start of the container would have done. */
export interface FirstStart {
  /** The image of the Compose file, which has the clients of its engine. */
  readonly image: string;
  /** What its script reads from the environment; secret. */
  readonly environment: Readonly<Record<string, pulumi.Input<string>>>;
  /** What its script reads from `folder`, by file name; secret. */
  readonly files: Readonly<Record<string, pulumi.Output<string>>>;
}

/** Seconds for a new server's name to resolve, for its firewall to open, and for scripts to run. */
export const firstStartSeconds = 900;

export function firstStart(
  { plan, open }: { readonly plan: Plan; readonly open: Open },
  database: DatabasePlan,
  known: DatabaseConnection,
  bootstrap: Bootstrap,
): FirstStart {
  const { scripts, extensions, settings } = database;
  const users = bootstrap.users(database);
  const asked = {
    user: open(known.imposesUser ? "" : (users.user ?? "")),
    password: open(users.password ?? ""),
    database: open(database.database ?? ""),
    root: open(users.adminPassword ?? ""),
  };
  const wanted = pulumi.output({ ...asked, admin: known.password }).apply((texts) => ({
    ...(texts.user === "" ? {} : { user: bootstrap.serverUser(texts.user) }),
    password: texts.password === "" ? texts.admin : texts.password,
    ...(texts.database === "" ? {} : { database: texts.database }),
    ...(texts.root === "" ? {} : { rootPassword: texts.root }),
    settings,
    extensions: [
      ...new Set([
        ...extensions,
        ...extensionsIn(scripts.filter(({ binary }) => !binary).map(({ content }) => content)),
      ]),
    ],
  }));
  return {
    image: imageOf(plan, database, bootstrap),
    files: {
      [bootstrap.file]: wanted.apply((all) => bootstrap.sql(all)),
      "ca.pem": known.ca.apply((ca) => authorities(ca)),
    },
    environment: {
      ...environmentOf(plan, open, database.service),
      HOST: known.host,
      PORT: known.port.apply(String),
      ADMIN: known.user,
      ADMIN_PASSWORD: known.password,
      DEFAULT_DATABASE: known.defaultDatabase,
      TLS: known.tls.apply(String),
      SRV: known.srv.apply(String),
      VERIFY: known.verify,
      APP_USER: wanted.apply(({ user }) => user ?? ""),
      APP_PASSWORD: wanted.apply(({ password }) => password),
      APP_DATABASE: asked.database,
    },
  };
}

/** What the container's scripts would have found; the script's own variables come after it. */
function environmentOf(
  { app }: Plan,
  open: Open,
  service: string,
): Record<string, pulumi.Output<string>> {
  return Object.fromEntries(
    Object.entries(app.services[service]?.environment ?? {}).flatMap(([name, text]) =>
      text === null || !/^[A-Za-z_]\w*$/.test(name) || name === "PATH" ? [] : [[name, open(text)]],
    ),
  );
}

function imageOf(plan: Plan, { service, version }: DatabasePlan, bootstrap: Bootstrap): string {
  const compose = plan.app.services[service];
  const own = compose?.build === undefined ? compose?.image : undefined;
  return plan.settings.images[service] ?? own ?? `${bootstrap.image}:${version}`;
}

/** The extensions that SQL texts create, in order. */
function extensionsIn(scripts: readonly string[]): string[] {
  return scripts.flatMap((script) =>
    [...script.matchAll(/create\s+extension\s+(?:if\s+not\s+exists\s+)?"?([\w-]+)"?/gi)].map(
      ([, name]) => name!,
    ),
  );
}
