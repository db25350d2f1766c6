import { address, type Text } from "../../model/reference";
import type { Settings } from "../../settings/settings";

/** `https://web.example.com/path`, with the port where it is not the scheme's own; empty without a single host. */
export function urlOf(settings: Settings, host: Text, path: string): Text {
  if (host === "" || host.startsWith("*")) return "";
  const secure = settings.tls.mode !== "off";
  const local = settings.cloud === "local";
  const port = local ? (secure ? settings.listen.https : settings.listen.http) : secure ? 443 : 80;
  const usual = port === (secure ? 443 : 80);
  return `${secure ? "https" : "http"}://${host}${usual ? "" : `:${port}`}${path}`;
}

/** The base domain: the config's, else `localhost`, else the address under sslip.io. */
export function domainOf({ domain, cloud }: Settings): Text {
  return domain ?? (cloud === "local" ? "localhost" : `${address}.sslip.io`);
}

/** A host as messages name it: the address reference is for the program. */
export function shown(host: Text): string {
  return host.split(address).join("<address>");
}
