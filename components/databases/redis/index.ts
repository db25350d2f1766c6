import type { Text } from "../../model/reference";
import type { Engine } from "../engine";
import { isBitnami, type Kept } from "../kept";
import { urlReader } from "../existing";
import { haproxy } from "../haproxy/haproxy";
import type { Source } from "../settings/settings";
import { variables } from "../variables";
import { redisBackup } from "./backup";
import { imposedPassword } from "./imposed-password";
import { redisLogins } from "./logins";
import { redisQueue } from "./queue";
import { requirepass } from "./requirepass";
import { redisSettings } from "./settings";

const port = 6379;

const stated = variables({ password: ["REDIS_PASSWORD"] });

/** The password in a configuration file. */
const inFile = (service: Source): Text | undefined =>
  redisSettings
    .read(service)
    .settings.filter(({ name }) => name === "requirepass")
    .at(-1)?.value;

/** Nothing is written where neither snapshots nor the append-only file are on. */
const keeps: Kept = (service, image) => {
  const { settings } = redisSettings.read(service);
  const last = (name: string): string | undefined =>
    settings.filter((one) => one.name === name).at(-1)?.value;
  if (last("save")?.trim() === "" && last("appendonly") !== "yes") return null;
  if (!isBitnami(image)) return "/data";
  return `/bitnami/${image.includes("valkey") ? "valkey" : "redis"}/data`;
};

export const redis = {
  name: "redis",
  title: "Redis",
  port,
  images: /^redis$/,
  derived: [{ images: /(^|\/)redis-stack(-server)?$/, extensions: ["search", "ReJSON"] }],
  // /data, the official image's own, is as often a folder of the project.
  programs: ["redis-server"],
  dataFolders: ["/var/lib/redis", "/bitnami"],
  keeps,
  memory: 48,
  console: false,
  login: (service) => {
    const password = stated(service).password ?? requirepass(service) ?? inFile(service);
    return password === undefined ? {} : { password };
  },
  settings: redisSettings,
  requiredUser: null,
  url: urlReader({ port, plain: ["redis:", "valkey:"] }),
  proxy: () => haproxy({ filter: imposedPassword }),
  logins: redisLogins,
  bootstrap: null,
  backup: redisBackup,
  queue: redisQueue,
} as const satisfies Engine;
