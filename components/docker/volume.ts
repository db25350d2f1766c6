import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { Service, Volume } from "../plan/plan";
import { makeContainer } from "./container/make-container";
import { type Host, options, ownLabels, physicalName, userName } from "./host";
import type { Images } from "./images/image";

/**
 * A named volume, protected as the setting `protect` says. A change of labels would replace it and
 * lose its data, so changes of them are ignored (decisions.md: volume-labels). Its name is fixed: creating a second one
 * of that name would return the first, so a replacement deletes first. The volume of a folder may be an older one of
 * another name, which it keeps (decisions.md: folder-volumes).
 */
export function makeVolume(
  host: Host,
  volume: Volume,
  parent: pulumi.Resource,
): pulumi.Input<string> {
  if (volume.external !== undefined) return volume.external;
  const { formerNames } = volume;
  return new docker.Volume(
    volumeResource(host, volume.name),
    {
      name: userName(host.plan.prefix, volume.name),
      ...(volume.driver === undefined ? {} : { driver: volume.driver }),
      ...(volume.driverOptions === undefined ? {} : { driverOpts: { ...volume.driverOptions } }),
      labels: ownLabels(host),
    },
    options(host, parent, {
      protect: host.plan.settings.protect,
      deleteBeforeReplace: true,
      ignoreChanges: ["labels", ...(formerNames === undefined ? [] : ["name"])],
      ...(formerNames === undefined
        ? {}
        : { aliases: formerNames.map((name) => ({ name: volumeResource(host, name) })) }),
    }),
  ).name;
}

const volumeResource = (host: Host, name: string): string => `${host.name}-volume-${name}`;

/**
 * Makes the folders of volumes that services mount: Docker mounts none that is not there. By then a volume that is
 * new has what the image of its first user has, and its owner: Docker fills one that is empty alone, when it
 * makes a container, so one is made for that and never started.
 *
 * @returns By volume, what the containers that mount a folder of it wait for.
 */
export function makeVolumeFolders(
  host: Host,
  volumes: ReadonlyMap<string, pulumi.Input<string>>,
  images: Images,
  parent: pulumi.Resource,
): ReadonlyMap<string, pulumi.Resource> {
  return new Map(
    host.plan.volumes.flatMap(({ name, folders = [] }) => {
      const volume = volumes.get(name);
      if (volume === undefined || folders.length === 0) return [];
      const resource = `${volumeResource(host, name)}-folders`;
      const base = physicalName(host.plan.prefix, name, "folders");
      const labels = ownLabels(host);
      const common = { networkMode: "none", restart: "no", mustRun: false, labels };
      const first = firstUser(host.plan.services, name);
      const filler =
        first === undefined
          ? []
          : [
              makeContainer(host, parent, {
                resource: `${resource}-holder`,
                base: `${base}-holder`,
                args: {
                  ...common,
                  image: images.of(first.service),
                  start: false,
                  command: ["true"],
                  volumes: [{ volumeName: volume, containerPath: first.target }],
                },
                stopFirst: false,
              }),
            ];
      const made = makeContainer(host, parent, {
        resource,
        base,
        args: {
          ...common,
          image: host.helperImage(),
          command: ["sh", "-c", folderScript, "folders", ...folders],
          volumes: [{ volumeName: volume, containerPath: "/volume" }],
          attach: true,
        },
        stopFirst: false,
        dependsOn: filler,
      });
      return [[name, made] as const];
    }),
  );
}

/** The first service that writes to a volume as a whole. */
function firstUser(
  services: readonly Service[],
  volume: string,
): { readonly service: Service; readonly target: string } | undefined {
  for (const service of services)
    for (const mount of service.mounts)
      if (
        mount.kind === "volume" &&
        mount.volume === volume &&
        mount.subpath === undefined &&
        !mount.readOnly
      )
        return { service, target: mount.target };
  return undefined;
}

/** With the owner of the volume's own folder. */
const folderScript =
  'for folder; do [ -e "/volume/$folder" ] || { mkdir -p "/volume/$folder" && chown "$(stat -c %u:%g /volume)" "/volume/$folder"; }; done';
