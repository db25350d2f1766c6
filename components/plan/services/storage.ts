import type { Context } from "../context";
import { slug } from "../../model/units";
import { buildOf } from "../images";
import { position } from "../notices";
import type { Network, Service, Volume } from "../plan";

/** The networks that the planned services are on. */
export function planNetworks(
  { app, notices, settings }: Context,
  services: readonly Service[],
): Network[] {
  const used = new Set(services.flatMap(({ networks }) => Object.keys(networks)));
  return [...used].sort().map((name): Network => {
    const declared = app.networks[name];
    const external = declared?.external === true ? declared.name : undefined;
    if (external !== undefined && settings.cloud !== "local")
      notices.info(
        null,
        `networks.${name}.external`,
        settings.shape === "vm"
          ? `${external} does not exist on a machine of this stack: it is created, and services of other projects are not on it`
          : `${external} is a network of this stack alone on a cluster: services of other projects are not on it`,
      );
    if (declared?.enable_ipv6 === true && settings.shape === "vm" && settings.cloud !== "local")
      notices.loss(
        null,
        `networks.${name}.enable_ipv6`,
        "its containers have IPv6 among themselves only: the machine and its firewall have IPv4, inward and outward",
      );
    return {
      name,
      internal: declared?.internal ?? false,
      ...(external !== undefined && settings.cloud === "local" ? { external } : {}),
      ...(declared?.driver === undefined || external !== undefined
        ? {}
        : { driver: declared.driver }),
      ...(declared?.driver_opts === undefined ? {} : { driverOptions: declared.driver_opts }),
      ...(declared?.enable_ipv6 === undefined ? {} : { ipv6: declared.enable_ipv6 }),
      subnets: (declared?.ipam?.config ?? []).map(({ subnet, gateway, ip_range }) => ({
        ...(subnet === undefined ? {} : { subnet }),
        ...(gateway === undefined ? {} : { gateway }),
        ...(ip_range === undefined ? {} : { range: ip_range }),
      })),
    };
  });
}

/** The volumes that the planned services mount. */
export function planVolumes(context: Context, services: readonly Service[]): Volume[] {
  const { app, notices, settings, catalog, problems } = context;
  const users = new Map<string, Service[]>();
  for (const service of services)
    for (const mount of service.mounts)
      if (mount.kind === "volume") {
        const all = users.get(mount.volume) ?? [];
        if (!all.includes(service)) all.push(service);
        users.set(mount.volume, all);
      }
  checkNames(context, [...users.keys()]);
  const taken = new Set(users.keys());
  return [...users].map(([name, mounting]): Volume => {
    const declared = app.volumes[name];
    const setting = settings.volumes[name];
    const external = declared?.external === true ? declared.name : undefined;
    if (external !== undefined && settings.cloud !== "local")
      notices.info(
        null,
        `volumes.${name}.external`,
        `${external} does not exist on a machine of this stack: it is created, empty`,
      );
    // A volume with a size or a class in the config is kept.
    const filledBy = setting === undefined ? filler(context, name, mounting) : undefined;
    if (filledBy !== undefined && settings.shape === "cluster")
      notices.info(
        null,
        `volumes.${name}`,
        `every pod gets its own copy of what ${filledBy}'s image has there, and nothing written to it is kept; give it a size in berth:volumes.${name} to keep it`,
      );
    if (settings.shape === "cluster" && filledBy === undefined) {
      if (
        setting?.shared === true &&
        setting.class === undefined &&
        catalog.sharedClass === undefined
      )
        problems.push({
          key: `berth:volumes.${name}.shared`,
          message: `${settings.cloud} has no storage that several nodes write to; name a class of your own in berth:volumes.${name}.class, or remove shared`,
        });
    }
    return {
      name,
      size: setting?.size ?? 10,
      ...(setting?.class === undefined ? {} : { class: setting.class }),
      shared: setting?.shared ?? false,
      ...(external !== undefined && settings.cloud === "local" ? { external } : {}),
      ...(declared?.driver === undefined ? {} : { driver: declared.driver }),
      ...(declared?.driver_opts === undefined ? {} : { driverOptions: declared.driver_opts }),
      users: mounting.map((service) => service.name),
      ...folderOf(context, name, mounting, taken),
      ...(filledBy === undefined ? {} : { filledBy }),
    };
  });
}

/** Problems for two volumes that would be one on the target: Docker's have lower-case letters, claims dashes alone. */
function checkNames({ settings, app, problems }: Context, names: readonly string[]): void {
  const found = new Map<string, string>();
  for (const name of names) {
    if (app.volumes[name]?.external === true) continue;
    const physical = settings.shape === "cluster" ? slug(name) : name.toLowerCase();
    const other = found.get(physical);
    found.set(physical, other ?? name);
    if (other === undefined) continue;
    const key = `volumes.${app.volumes[name] === undefined ? other : name}`;
    problems.push({
      at: position(app, key),
      key,
      message: `${other} and ${name} have the same name on a ${settings.shape}: ${physical}; rename one of them`,
    });
  }
}

/** What the volume of a folder of the project has besides: its former names and the folders mounted inside of it. */
function folderOf(
  { folders }: Context,
  name: string,
  mounting: readonly Service[],
  taken: Set<string>,
): Pick<Volume, "formerNames" | "folders"> {
  const former = folders.formerNames(name)?.filter((other) => !taken.has(other));
  if (former === undefined) return {};
  // A volume of a running stack becomes one volume.
  for (const other of former) taken.add(other);
  const inside = mounting
    .flatMap(({ mounts }) => mounts)
    .flatMap((mount) =>
      mount.kind === "volume" && mount.volume === name ? (mount.subpath ?? []) : [],
    );
  return {
    formerNames: former,
    ...(inside.length === 0 ? {} : { folders: [...new Set(inside)].sort() }),
  };
}

/** Names of folders that a build makes and a web server reads. */
const built = /(^|[^a-z])(static|staticfiles|assets|dist|build|bundles?)([^a-z]|$)/i;

/** Names of folders that an application writes its users' files to. */
const written = /media|upload|storage|data|attach|avatar|export|cache/i;

/**
 * The service whose image fills a shared volume, when all others only read it: the one service that mounts
 * it writable, built from source, while the readers say `read_only` (decisions.md: shared-volumes). In a
 * Compose file only names distinguish files that a build made from uploads, so only names of the former count.
 */
function filler(
  context: Context,
  volume: string,
  services: readonly Service[],
): string | undefined {
  const mounting = services.flatMap(({ mounts, ...service }) =>
    mounts.flatMap((mount) =>
      mount.kind === "volume" && mount.volume === volume ? [{ service, mount }] : [],
    ),
  );
  const writers = new Set(
    mounting.filter(({ mount }) => !mount.readOnly).map(({ service }) => service),
  );
  // Of a part of it, nothing says which files of the image it has.
  if (mounting.some(({ mount }) => mount.subpath !== undefined)) return undefined;
  const [writer] = writers;
  if (services.length < 2 || writers.size !== 1 || writer === undefined) return undefined;
  const names = [volume, ...mounting.map(({ mount }) => mount.target)];
  if (!names.some((name) => built.test(name)) || names.some((name) => written.test(name)))
    return undefined;
  return buildOf(context, writer.name, writer.compose) === undefined ? undefined : writer.name;
}
