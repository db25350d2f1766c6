import type { Engine } from "../engine";
import { kept } from "../kept";
import { urlReader } from "../existing";
import { variables } from "../variables";
import { mysqlBackup } from "./backup";
import { mysqlBootstrap } from "./bootstrap";
import { mysqlRouter } from "./mysql-router";
import { mysqlSettings } from "./settings";

const port = 3306;

export const mysql = {
  name: "mysql",
  title: "MySQL",
  port,
  images: /^(mysql|mysql-server|percona|percona-server)$/,
  derived: [],
  programs: ["mysqld", "mysqld_safe"],
  dataFolders: ["/var/lib/mysql", "/bitnami"],
  keeps: kept("/var/lib/mysql", "mysql/data"),
  memory: 400,
  console: false,
  login: variables({
    database: ["MYSQL_DATABASE", "MARIADB_DATABASE"],
    user: ["MYSQL_USER", "MARIADB_USER"],
    password: ["MYSQL_PASSWORD", "MARIADB_PASSWORD"],
    adminPassword: ["MYSQL_ROOT_PASSWORD", "MARIADB_ROOT_PASSWORD"],
  }),
  settings: mysqlSettings,
  requiredUser: null,
  url: urlReader({ port }),
  proxy: mysqlRouter,
  // The server keeps hashes, which clients prove to it themselves.
  logins: null,
  bootstrap: mysqlBootstrap,
  backup: mysqlBackup,
  queue: null,
} as const satisfies Engine;
