import { imageParts } from "../../model/image-name";
import type { Engine } from "../engine";
import { isBitnami, type Kept } from "../kept";
import { urlReader } from "../existing";
import { variables } from "../variables";
import { postgresBackup } from "./backup";
import { postgresBootstrap } from "./bootstrap";
import { derived } from "./derived";
import { postgresLogins } from "./logins";
import { passThrough } from "./pass-through";
import { postgresSettings } from "./settings";

const port = 5432;

const stated = variables({
  database: ["POSTGRES_DB", "POSTGRESQL_DATABASE"],
  user: ["POSTGRES_USER", "POSTGRESQL_USERNAME"],
  password: ["POSTGRES_PASSWORD", "POSTGRESQL_PASSWORD"],
});

/** From version 18 on the official image has its volume a folder higher. `PGDATA` is where the server itself writes. */
const keeps: Kept = ({ environment }, image) => {
  if (isBitnami(image)) return "/bitnami/postgresql";
  const major = Number(/(?:^|pg)(\d+)/.exec(imageParts(image).tag)?.[1] ?? 18);
  const { PGDATA } = environment;
  const official = major >= 18 ? "/var/lib/postgresql" : "/var/lib/postgresql/data";
  return PGDATA === undefined || PGDATA.startsWith(`${official}/`) ? official : PGDATA;
};

export const postgres = {
  name: "postgres",
  title: "PostgreSQL",
  port,
  images: /^(postgres|postgresql)$/,
  derived,
  programs: ["postgres", "postmaster", "pg_ctl"],
  dataFolders: ["/var/lib/postgresql", "/bitnami"],
  keeps,
  memory: 200,
  console: false,
  login: (service) => {
    const { user = "postgres", database = user, ...more } = stated(service);
    return { database, user, ...more };
  },
  settings: postgresSettings,
  requiredUser: null,
  url: urlReader({ port }),
  proxy: passThrough,
  logins: postgresLogins,
  bootstrap: postgresBootstrap,
  backup: postgresBackup,
  queue: null,
} as const satisfies Engine;
