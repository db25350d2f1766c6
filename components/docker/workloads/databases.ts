import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { Database as CloudDatabase } from "../../clouds/cloud";
import type { Database as DatabasePlan } from "../../plan/plan";
import { engines, folder, proxyOf } from "../../databases";
import type { Bootstrap } from "../../databases/bootstrap";
import { firstStart, firstStartSeconds } from "../../databases/connection/first-start";
import {
  type DatabaseConnection,
  connectionOf,
  type Server,
  upstreamOf,
} from "../../databases/connection/connection";
import { proxyCertificate } from "../../databases/connection/self-signed";
import { upload } from "../container/files";
import { type Host, options, ownLabels, physicalName } from "../host";
import type { Images } from "../images/image";
import { runToEnd } from "./job";
import { makeProxy } from "./proxy";

export interface ManagedArgs {
  readonly database: DatabasePlan;
  /** What the cloud made; undefined for one that the config names by its URL. */
  readonly made: CloudDatabase | undefined;
  readonly images: Images;
  /** Physical names by Compose name. */
  readonly networks: ReadonlyMap<string, pulumi.Input<string>>;
  /** The network by which the servers are reached, also where the application's own are internal. */
  readonly outside: pulumi.Input<string>;
  /** What certificates of the stack's own are made with. */
  readonly tls: () => pulumi.ProviderResource;
}

/**
 * A database outside of the machine under its Compose name (decisions.md: name-still-answers): a container that owns
 * name and port, one for each read replica, and the one-shot that makes what the Compose file's container would have
 * made at its first start.
 */
export class ManagedDatabase extends pulumi.ComponentResource {
  /** The proxy that owns the name and port. */
  readonly proxy: docker.Container;
  /** Resources that exist once the application can use the database. */
  readonly ready: readonly pulumi.Input<pulumi.Resource>[];

  constructor(host: Host, args: ManagedArgs, opts: pulumi.ComponentResourceOptions) {
    const { database, images } = args;
    const { engine, service, port } = database;
    const name = `${host.name}-${service}`;
    super("berth:docker:Database", name, {}, opts);
    const known = connectionOf(host.open, database, args.made);
    const proxy = proxyOf(engine, port);
    const own = proxyCertificate(name, { service, proxy }, args.tls, this);
    const bootstrap = known.fresh ? engines[engine].bootstrap : null;
    const first =
      bootstrap === null ? [] : [this.bootstrap(host, args, known, bootstrap, `${name}-bootstrap`)];
    const image = images.pull(host.plan.settings.images[proxy.name] ?? proxy.image);
    const make = (
      role: string,
      server: Server,
      names: (own: readonly string[]) => readonly string[],
    ): docker.Container =>
      makeProxy(
        host,
        {
          resource: `${host.name}-${role}-proxy`,
          name: role,
          proxy,
          image,
          upstream: upstreamOf(host.open, database, known, server, own),
          database,
          networks: this.networks(args, names),
        },
        first,
        this,
      );

    // One name for all replicas; without any, the database itself answers to it.
    const all = `${service}-read`;
    this.proxy = make(service, known, (names) =>
      known.replicas.length === 0 ? [...names, all] : names,
    );
    const replicas = known.replicas.map((server, index) =>
      make(`${all}-${index + 1}`, server, () => [`${all}-${index + 1}`, all]),
    );
    this.ready = [...first, this.proxy, ...replicas];
    this.registerOutputs({});
  }

  private networks(
    { database, networks, outside }: ManagedArgs,
    names: (own: readonly string[]) => readonly string[],
  ): docker.types.input.ContainerNetworksAdvanced[] {
    const inside = Object.entries(database.networks).flatMap(([network, own]) => {
      // A network without services is not created.
      const name = networks.get(network);
      return name === undefined ? [] : [{ name, aliases: [...new Set(names(own))] }];
    });
    return [...inside, { name: outside }];
  }

  /** The one-shot with the administrator's rights: it runs again when any of its inputs changes. */
  private bootstrap(
    host: Host,
    { database, images, outside }: ManagedArgs,
    known: DatabaseConnection,
    bootstrap: Bootstrap,
    resource: string,
  ): pulumi.Output<pulumi.Resource> {
    const { service, scripts } = database;
    const { image, environment, files } = firstStart(host, database, known, bootstrap);
    return runToEnd(host, this, {
      resource,
      base: physicalName(host.plan.prefix, service, "bootstrap"),
      args: {
        image: images.pull(image),
        entrypoints: ["sh", "-c", bootstrap.script],
        envs: Object.entries(environment).map(([key, value]) =>
          pulumi.secret(pulumi.interpolate`${key}=${value}`),
        ),
        uploads: [
          ...Object.entries(files).map(([file, content]) => ({
            file: `${folder}/${file}`,
            content: pulumi.secret(content),
            permissions: "0444",
          })),
          ...scripts.map((script) =>
            upload(host, {
              ...script,
              // Readable by any user of the image.
              mode: (parseInt(script.mode, 8) | 0o444).toString(8).padStart(4, "0"),
              secret: true,
            }),
          ),
        ],
        networksAdvanced: [{ name: outside }],
        hosts: [{ host: "host.docker.internal", ip: "host-gateway" }],
        memory: bootstrap.memory,
        restart: "no",
        logDriver: "json-file",
        logOpts: { "max-size": "10m", "max-file": "3" },
        labels: ownLabels(host, service),
      },
      service,
      timeout: Math.max(firstStartSeconds, host.plan.settings.timeouts[service] ?? 0),
    }).done;
  }
}

/** The network to the database servers: those of the Compose file may be internal. */
export function outsideNetwork(host: Host, parent: pulumi.Resource): pulumi.Output<string> {
  return new docker.Network(
    `${host.name}-databases-network`,
    {
      name: physicalName(host.plan.prefix, "berth", "databases"),
      driver: "bridge",
      labels: ownLabels(host),
    },
    options(host, parent, { deleteBeforeReplace: true }),
  ).name;
}
