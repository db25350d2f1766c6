import type { Engine } from "../engine";
import { kept } from "../kept";
import { mysql } from "../mysql";
import { variables } from "../variables";

/** MySQL's protocol and statements. Of the variables that its image takes in both names, MARIADB_ outranks MYSQL_. */
export const mariadb = {
  ...mysql,
  name: "mariadb",
  title: "MariaDB",
  images: /^mariadb$/,
  programs: ["mariadbd", "mariadbd-safe", "mysqld", "mysqld_safe"],
  dataFolders: ["/var/lib/mysql", "/var/lib/mariadb", "/bitnami"],
  keeps: kept("/var/lib/mysql", "mariadb"),
  login: variables({
    database: ["MARIADB_DATABASE", "MYSQL_DATABASE"],
    user: ["MARIADB_USER", "MYSQL_USER"],
    password: ["MARIADB_PASSWORD", "MYSQL_PASSWORD"],
    adminPassword: ["MARIADB_ROOT_PASSWORD", "MYSQL_ROOT_PASSWORD"],
  }),
  bootstrap: { ...mysql.bootstrap, image: "mariadb" },
} as const satisfies Engine;
