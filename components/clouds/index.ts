/* eslint-disable @typescript-eslint/no-require-imports --
   a cloud's SDK loads when that cloud is asked for; no import() of a .ts file works under every loader */
import type { Catalog } from "../model/catalog";
import type { CloudName } from "../settings/settings";
import type { CloudClass } from "./cloud";

/** Each cloud's code, one line a cloud; loaded, with its SDK, when asked for. */
export const clouds: Readonly<Record<CloudName, () => CloudClass>> = {
  aws: () => (require("./aws") as typeof import("./aws")).Aws,
  gcp: () => (require("./gcp") as typeof import("./gcp")).Gcp,
  digitalocean: () => (require("./digitalocean") as typeof import("./digitalocean")).DigitalOcean,
  local: () => (require("./local") as typeof import("./local")).Local,
};

/** What each cloud offers and costs: plain data, so that planning loads no SDK. */
export const catalogs: Readonly<Record<CloudName, () => Catalog>> = {
  aws: () => (require("./aws/catalog") as typeof import("./aws/catalog")).catalog,
  gcp: () => (require("./gcp/catalog") as typeof import("./gcp/catalog")).catalog,
  digitalocean: () =>
    (require("./digitalocean/catalog") as typeof import("./digitalocean/catalog")).catalog,
  local: () => (require("./local/catalog") as typeof import("./local/catalog")).catalog,
};
