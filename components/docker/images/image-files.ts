import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { Service } from "../../plan/plan";
import type { ContainerContext } from "../container/container-context";
import { type Host, options, ownLabels, physicalName } from "../host";
import { makeContainer } from "../container/make-container";
import { contentName } from "../../model/content-name";

/**
 * What the service's image has for volumes that other services only read: static files behind a web server.
 * Docker fills a volume when it is new and never again, so each further image's files are put into it before
 * the service's containers start (decisions.md: shared-volumes). Older files stay: pages of the release before still
 * name them.
 *
 * Docker fills an empty volume of the image's own, and a container of BusyBox copies it: the image needs no
 * shell. Compose's `volume.nocopy` turns it off.
 */
export function imageFiles(
  host: Host,
  service: Service,
  at: Pick<ContainerContext, "image" | "volumes">,
  parent: pulumi.Resource,
): pulumi.Resource[] {
  const filled = host.plan.volumes.filter(({ filledBy }) => filledBy === service.name);
  return filled.flatMap(({ name: volume }) => {
    const mount = service.mounts.find(
      (one) => one.kind === "volume" && one.volume === volume && !one.readOnly,
    );
    const name = at.volumes.get(volume);
    if (mount?.kind !== "volume" || name === undefined) return [];
    if (mount.noCopy === true || mount.subpath !== undefined) return [];
    const { target } = mount;
    return [copy(host, { service: service.name, volume, name, target }, at.image, parent)];
  });
}

interface Filled {
  readonly service: string;
  /** Compose's name. */
  readonly volume: string;
  /** Docker's name. */
  readonly name: pulumi.Input<string>;
  readonly target: string;
}

function copy(
  host: Host,
  { service, volume, name, target }: Filled,
  image: pulumi.Input<string>,
  parent: pulumi.Resource,
): pulumi.Resource {
  const resource = `${host.name}-${service}-image-files-${volume}`;
  const base = physicalName(host.plan.prefix, service, "image", volume);
  const labels = ownLabels(host, service);
  const common = { networkMode: "none", restart: "no", mustRun: false, labels };
  const source = new docker.Volume(
    resource,
    { name: contentName(base, { image, target }), labels },
    options(host, parent, { deleteBeforeReplace: false }),
  );
  const holder = makeContainer(host, parent, {
    resource: `${resource}-holder`,
    base: `${base}-holder`,
    args: {
      ...common,
      image,
      // Made and never started: Docker fills the volume when it makes the container.
      start: false,
      command: ["true"],
      volumes: [{ volumeName: source.name, containerPath: target }],
    },
    stopFirst: false,
  });
  return makeContainer(host, parent, {
    resource: `${resource}-copy`,
    base: `${base}-copy`,
    args: {
      ...common,
      image: host.helperImage(),
      command: ["sh", "-c", copyScript],
      volumes: [
        { volumeName: source.name, containerPath: "/image", readOnly: true },
        { volumeName: name, containerPath: "/volume" },
      ],
      attach: true,
    },
    stopFirst: false,
    dependsOn: [holder],
  });
}

/** With the owner and mode of the folder itself, as Docker gives it to a new volume. */
const copyScript = [
  "cp -a /image/. /volume/",
  'chown "$(stat -c %u:%g /image)" /volume',
  'chmod "$(stat -c %a /image)" /volume',
].join(" && ");
