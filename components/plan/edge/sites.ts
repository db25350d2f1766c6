import type { Snapshot } from "../../compose/app";
import type { Text } from "../../model/reference";
import type { Context } from "../context";
import type { Mount, Route, Service, Site } from "../plan";
import { slug } from "../../model/units";
import { inZone } from "./dns";

/** Serves the files of sites that no CDN serves; `images.nginx` in the stack's config is used in its place. */
const nginx = "nginx:1.29";

const folder = "/usr/share/nginx/html";

export interface PlannedSites {
  /** On the cloud's object storage and CDN. */
  readonly sites: readonly Site[];
  /** Behind the edge, each a web server with the files in it. */
  readonly services: readonly Service[];
  readonly routes: readonly Omit<Route, "url">[];
}

/**
 * Static sites: on object storage and CDN where the cloud has both, else behind the edge.
 *
 * @param files What stands in each site's folder, by absolute path.
 */
export function planSites(
  { settings, catalog, notices, problems }: Context,
  files: Readonly<Record<string, Snapshot>>,
  domain: Text,
): PlannedSites {
  const sites: Site[] = [];
  const services: Service[] = [];
  const routes: Omit<Route, "url">[] = [];
  for (const [name, { path, domain: own, spa, serve }] of Object.entries(settings.sites)) {
    const key = `berth:sites.${name}`;
    if (catalog.can.sites && serve !== "edge") {
      const domain = provenDomain({ settings, catalog, notices }, name, own);
      sites.push({ name, path, spa, ...(domain === undefined ? {} : { domain }) });
      if (serve === undefined && catalog.publicSites !== undefined)
        notices.info(null, `sites.${name}.serve`, catalog.publicSites);
      continue;
    }
    if (serve === "cdn")
      problems.push({
        key: `${key}.serve`,
        message: `${settings.cloud} has no CDN that serves a site; set it to edge`,
      });
    else if (serve === undefined)
      notices.info(
        null,
        `sites.${name}`,
        `the edge serves it: ${settings.cloud} has no CDN for it`,
      );
    const found = files[path];
    if (found?.kind !== "folder" || found.count === 0)
      problems.push({
        key: `${key}.path`,
        message: `${path} is not a folder with files; build the site first, or name its folder`,
      });
    else if (found.files === undefined)
      problems.push({
        key: `${key}.path`,
        message: `${path} is too large for the edge (at most 100 files and 900 KiB); serve it from an image with build:`,
      });
    const service = `site-${slug(name)}`;
    services.push(webServer(service, settings.images["nginx"] ?? nginx, spa, found?.files ?? []));
    const host = own ?? `${slug(name)}.${domain}`;
    const open = { internal: false, allow: [], headers: {}, sticky: false };
    routes.push({ ...open, name: service, host, path: "/", service, port: 80 });
  }
  return { sites, services, routes };
}

/** The domain that the cloud can serve a site on; one that cannot be proven is a loss. */
function provenDomain(
  { settings, catalog, notices }: Pick<Context, "settings" | "catalog" | "notices">,
  name: string,
  domain: string | undefined,
): string | undefined {
  const { dns, cloud } = settings;
  const where = catalog.provesSitesIn;
  if (domain === undefined || where === undefined) return domain;
  if (dns?.cloud === cloud && inZone(domain, dns.zone)) return domain;
  notices.loss(
    null,
    `sites.${name}.domain`,
    `its certificate is proven in ${where} alone, so it answers on the CDN's own name (output sites) and not on ${domain}; set dns to its zone in ${where}, or serve to edge`,
  );
  return undefined;
}

function webServer(
  name: string,
  image: string,
  spa: boolean,
  files: NonNullable<Snapshot["files"]>,
): Service {
  const site: Mount = {
    kind: "files",
    name: "site",
    target: folder,
    secret: false,
    files: files.map(({ path, content, binary }) => ({
      path: `${folder}/${path}`,
      content,
      binary,
      mode: "0644",
    })),
  };
  const path = "/etc/nginx/conf.d/default.conf";
  const configuration: Mount = {
    kind: "files",
    name: "nginx",
    target: path,
    secret: false,
    files: [{ path, content: serverBlock(spa), binary: false, mode: "0644" }],
  };
  return {
    name,
    compose: { command: null, entrypoint: null, image },
    image: { pull: image, always: false },
    rollout: "start-first",
    replicas: 1,
    restart: "unless-stopped",
    environment: {},
    networks: {},
    mounts: [site, configuration],
    ports: [{ port: 80, protocol: "tcp" }],
    published: [],
    follows: [],
    after: [],
    waitHealthy: false,
    timeout: 300,
    grace: 10,
  };
}

/** Hashed assets are kept for a year, pages never: a release shows at once. */
function serverBlock(spa: boolean): string {
  return `server {
  listen 80;
  root ${folder};
  index index.html;
  location / {
    add_header Cache-Control no-cache;
    try_files $uri $uri/ ${spa ? "/index.html" : "=404"};
  }
  location ~* "[.-][0-9a-f]{8,}[.][a-z0-9]+$" {
    add_header Cache-Control "public, max-age=31536000, immutable";
    try_files $uri =404;
  }
}
`;
}
