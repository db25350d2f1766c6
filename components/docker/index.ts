import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import type { Database, DockerEndpoint, Open } from "../clouds/cloud";
import { busyboxImage, traefikImage } from "../edge/images";
import { edgeTargets } from "../plan/edge/targets";
import type { Plan, Service } from "../plan/plan";
import { runError } from "../model/run-error";
import { waitForDocker } from "./engine/wait-for-docker";
import type { ContainerContext } from "./container/container-context";
import { Backups, type Repository } from "./backups/backups";
import { Cron } from "./workloads/cron";
import { ManagedDatabase, outsideNetwork } from "./workloads/databases";
import { EdgeContainers } from "./workloads/edge";
import { EngineApi } from "./engine/engine-api";
import { readyForUpdate } from "./engine/ready";
import { type Host, options, ownLabels, physicalName } from "./host";
import { Images } from "./images/image";
import { Job } from "./workloads/job";
import { makeNetwork } from "./network";
import { makeMachineSettings } from "./workloads/machine-settings";
import { makeRoutes } from "./workloads/routes";
import { ServiceContainers } from "./workloads/service";
import { speaksToDocker } from "./engine/skip-docker";
import { makeVolume, makeVolumeFolders } from "./volume";

export interface ApplicationArgs {
  readonly plan: Plan;
  /** Where Docker answers. */
  readonly endpoint: DockerEndpoint;
  /** The cloud's own databases, by service. */
  readonly databases: ReadonlyMap<string, Database>;
  /** Opens a text with references into its value. */
  readonly open: Open;
  /** The first resource of the stack (decisions.md: guard). */
  readonly guard: pulumi.Resource;
  /** Where backups are, where the plan asks for them. */
  readonly backups?: Repository;
  /** The data disk: a new one replaces everything on it (decisions.md: follow-the-data-disk). */
  readonly disk?: pulumi.CustomResource;
}

/**
 * A plan on a Docker host: networks, volumes, images, containers, edge and routes, each its own resource.
 * Its name carries the cloud, and so does every name below it (decisions.md: names-carry-the-cloud).
 */
export class Application extends pulumi.ComponentResource {
  /** Where each route answers that has one host, by the route's name. */
  readonly urls: pulumi.Output<Record<string, string>>;
  readonly provider: docker.Provider;

  /** @param opts `dependsOn` names the machine: Docker is not called before it exists. */
  constructor(name: string, args: ApplicationArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("berth:docker:Application", name, {}, opts);
    const { plan, endpoint, open } = args;
    const engine = new EngineApi(endpoint);
    const usable = speaksToDocker()
      ? waitForDocker(endpoint).apply(() =>
          readyForUpdate(engine, plan, endpoint.host !== undefined),
        )
      : undefined;
    const ready = pulumi
      .all([pulumi.output(opts.dependsOn ?? []), usable])
      .apply(([after]) => after);
    this.provider = makeProvider(name, args, this, ready);
    const host: Host = {
      name,
      plan,
      open,
      engine,
      provider: this.provider,
      ...(args.disk === undefined ? {} : { disk: args.disk.id }),
      helperImage: () => images.pull(plan.settings.images.busybox ?? busyboxImage),
    };
    const images = new Images(host, this);
    if (endpoint.host !== undefined) makeMachineSettings(host, this);
    const networks = new Map(
      plan.networks.map((network) => [network.name, makeNetwork(host, network, this)]),
    );
    const volumes = new Map(
      plan.volumes.map((volume) => [volume.name, makeVolume(host, volume, this)]),
    );

    const folders = makeVolumeFolders(host, volumes, images, this);

    const edgeNetworks =
      plan.edge === null
        ? undefined
        : {
            inner: edgeNetwork(host, "edge", true, this),
            outer: edgeNetwork(host, "public", false, this),
          };
    const routed = routedServices(plan);
    const made = new Map<string, readonly docker.Container[]>();
    const settled = new Map<string, readonly pulumi.Input<pulumi.Resource>[]>();
    for (const [service, { proxy, ready }] of this.databases(host, args, images, networks)) {
      made.set(service, [proxy]);
      settled.set(service, ready);
    }
    for (const service of plan.services) {
      const at: ContainerContext = {
        image: images.of(service),
        networks,
        volumes,
        ...(edgeNetworks !== undefined && routed.has(service.name)
          ? { edgeNetwork: edgeNetworks.inner }
          : {}),
        containerOf: (other) => firstOf(made, service.name, other),
        containersOf: (other) => (made.get(other) ?? []).map(({ id }) => id),
      };
      const after = [
        ...service.after.map((each) => each.service),
        ...databasesOf(plan, service),
      ].flatMap((other) => settled.get(other) ?? []);
      after.push(...foldersOf(service, folders));
      if (service.rollout === "job") {
        const job = new Job(host, service, at, after, { parent: this });
        made.set(service.name, [job.container]);
        settled.set(service.name, [job.done]);
      } else if (service.rollout === "cron") {
        const { container } = new Cron(host, service, at, images, after, { parent: this });
        made.set(service.name, [container]);
        settled.set(service.name, [container]);
      } else {
        const { containers } = new ServiceContainers(host, service, at, after, { parent: this });
        made.set(service.name, containers);
        settled.set(service.name, containers);
      }
    }

    if (plan.edge !== null && edgeNetworks !== undefined) {
      const edge = new EdgeContainers(
        host,
        plan.edge,
        edgeNetworks,
        images.pull(plan.settings.images.traefik ?? traefikImage),
        { parent: this },
      );
      makeRoutes(
        host,
        {
          edge: plan.edge,
          routes: plan.routes,
          containersOf: (service) => made.get(networkOwner(plan, service)) ?? [],
          volume: edge.routesVolume,
          network: edgeNetworks.inner,
          traefik: edge.container,
          maintenance: edge.maintenance,
          after: [edge.container, ...[...settled.values()].flat()],
        },
        this,
      );
    }
    if (plan.backups !== null && args.backups !== undefined)
      new Backups(
        host,
        {
          backups: plan.backups,
          repository: args.backups,
          volumes,
          images,
          after: [...settled.values()].flat(),
        },
        { parent: this },
      );
    const named = plan.routes.filter(({ url }) => url !== "");
    this.urls = pulumi
      .all(named.map(({ url }) => open(url)))
      .apply((urls) => Object.fromEntries(named.map((route, index) => [route.name, urls[index]!])));
    this.registerOutputs({ urls: this.urls });
  }

  /** The databases that are not on this host, by service. */
  private databases(
    host: Host,
    { plan, databases, guard }: ApplicationArgs,
    images: Images,
    networks: ReadonlyMap<string, pulumi.Input<string>>,
  ): ReadonlyMap<string, ManagedDatabase> {
    const elsewhere = plan.databases.filter(({ managed }) => managed);
    if (elsewhere.length === 0) return new Map();
    const outside = outsideNetwork(host, this);
    let provider: tls.Provider | undefined;
    return new Map(
      elsewhere.map((database) => {
        const args = {
          database,
          made: databases.get(database.service),
          images,
          networks,
          outside,
          tls: () =>
            (provider ??= new tls.Provider(
              `${host.name}-tls`,
              {},
              { parent: this, dependsOn: [guard] },
            )),
        };
        return [database.service, new ManagedDatabase(host, args, { parent: this })];
      }),
    );
  }
}

/** What makes the folders of volumes that a service mounts. */
function foldersOf(
  { mounts }: Service,
  folders: ReadonlyMap<string, pulumi.Resource>,
): pulumi.Resource[] {
  const inside = mounts.flatMap((mount) =>
    mount.kind === "volume" && mount.subpath !== undefined ? [mount.volume] : [],
  );
  return [...new Set(inside)].flatMap((volume) => folders.get(volume) ?? []);
}

/** The managed databases that a service waits for: those that it uses, or that its `depends_on` names. */
function databasesOf({ databases }: Plan, { name, compose }: Service): string[] {
  return databases
    .filter(
      ({ managed, service, users }) =>
        managed && (users.includes(name) || compose.depends_on?.[service] !== undefined),
    )
    .map(({ service }) => service);
}

function makeProvider(
  name: string,
  { plan, endpoint, open, guard }: ApplicationArgs,
  parent: pulumi.Resource,
  after: pulumi.Output<pulumi.Resource | pulumi.Resource[]>,
): docker.Provider {
  const { host, ca, cert, key } = endpoint;
  const { registry } = plan.settings;
  return new docker.Provider(
    `${name}-docker`,
    {
      ...(host === undefined ? {} : { host }),
      ...(ca === undefined ? {} : { caMaterial: ca }),
      ...(cert === undefined ? {} : { certMaterial: cert }),
      ...(key === undefined ? {} : { keyMaterial: pulumi.secret(key) }),
      ...(registry === undefined || registry === "cloud" || "name" in registry
        ? {}
        : {
            registryAuth: [
              {
                address: registry.server,
                username: open(registry.username),
                password: pulumi.secret(open(registry.password)),
              },
            ],
          }),
    },
    // Order only: a host that came from the machine would be unknown while the machine is replaced
    // (decisions.md: host-from-address).
    {
      parent,
      dependsOn: after.apply((first) => [guard, ...[first].flat()]),
    },
  );
}

/** The networks of the edge: an internal one to the routed services, and one to the internet. */
function edgeNetwork(
  host: Host,
  part: string,
  internal: boolean,
  parent: pulumi.Resource,
): pulumi.Output<string> {
  return new docker.Network(
    `${host.name}-${part}-network`,
    {
      name: physicalName(host.plan.prefix, "berth", part),
      driver: "bridge",
      internal,
      labels: ownLabels(host),
    },
    options(host, parent, { deleteBeforeReplace: true }),
  ).name;
}

/**
 * The id of a service's first container.
 *
 * @throws pulumi.RunError when that service has none yet.
 */
function firstOf(
  made: ReadonlyMap<string, readonly docker.Container[]>,
  service: string,
  other: string,
): pulumi.Output<string> {
  const [first] = made.get(other) ?? [];
  if (first !== undefined) return first.id;
  throw runError(
    `services.${service}: it uses what service "${other}" has, which starts later; add depends_on: [${other}]`,
  );
}

/** The service whose network another one uses: itself, or the one it shares with (`network_mode: service:x`). */
function networkOwner(plan: Plan, name: string): string {
  const shared = plan.services.find((service) => service.name === name)?.sharesNetworkOf;
  return shared === undefined ? name : networkOwner(plan, shared);
}

/** The services whose containers the edge calls. */
function routedServices(plan: Plan): ReadonlySet<string> {
  return new Set(edgeTargets(plan).map(({ service }) => networkOwner(plan, service)));
}
