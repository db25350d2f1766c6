/* eslint-disable @typescript-eslint/no-require-imports --
   a cloud's SDK loads when that cloud is asked for; no import() of a .ts file works under every loader */
import type { Offer } from "../plan/offer";
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
export const offers: Readonly<Record<CloudName, () => Offer>> = {
  aws: () => (require("./aws/offer") as typeof import("./aws/offer")).offer,
  gcp: () => (require("./gcp/offer") as typeof import("./gcp/offer")).offer,
  digitalocean: () =>
    (require("./digitalocean/offer") as typeof import("./digitalocean/offer")).offer,
  local: () => (require("./local/offer") as typeof import("./local/offer")).offer,
};
