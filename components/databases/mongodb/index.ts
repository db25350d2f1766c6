import type { Engine } from "../engine";
import { kept } from "../kept";
import { urlReader } from "../existing";
import { haproxy } from "../haproxy/haproxy";
import { variables } from "../variables";
import { mongodbBackup } from "./backup";
import { mongodbBootstrap } from "./bootstrap";
import { mongodbFilter } from "./filter";
import { mongodbLogins } from "./logins";
import { replicaSet } from "./replica-set";
import { mongodbSettings } from "./settings";

const port = 27017;
const requiredUser = {
  user: "MONGO_INITDB_ROOT_USERNAME",
  password: "MONGO_INITDB_ROOT_PASSWORD",
};

export const mongodb = {
  name: "mongodb",
  title: "MongoDB",
  port,
  images: /^(mongo|mongodb|mongodb-community-server)$/,
  derived: [],
  programs: ["mongod", "mongos"],
  dataFolders: ["/data/db", "/data/configdb", "/bitnami"],
  keeps: kept("/data/db", "mongodb"),
  memory: 400,
  console: false,
  login: variables({
    database: ["MONGO_INITDB_DATABASE"],
    user: [requiredUser.user],
    password: [requiredUser.password],
  }),
  settings: mongodbSettings,
  requiredUser,
  url: urlReader({ port, srv: "mongodb+srv:" }),
  proxy: () => haproxy({ filter: mongodbFilter, replicaSet }),
  logins: mongodbLogins,
  bootstrap: mongodbBootstrap,
  backup: mongodbBackup,
  queue: null,
} as const satisfies Engine;
