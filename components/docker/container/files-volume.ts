import * as path from "node:path";
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { Service } from "../../plan/plan";
import { mountedFiles, takesUploads, upload } from "./files";
import { type Host, options, ownLabels, physicalName } from "../host";
import { makeContainer } from "./make-container";
import { contentName } from "../../model/content-name";

/** Files that come in volumes, for a service whose containers take no uploads. */
export interface FilesVolume {
  readonly volumes: readonly docker.types.input.ContainerVolume[];
  /** What has to be there before a container starts. */
  readonly filled: readonly pulumi.Resource[];
}

/**
 * A volume for each folder that files go to, filled by a container that ends. Changed content means a new
 * volume: containers of the old release keep theirs. Files of the image in such a folder are hidden.
 */
export function filesVolume(host: Host, service: Service, parent: pulumi.Resource): FilesVolume {
  const files = takesUploads(service) ? [] : mountedFiles(service);
  const folders = new Map<string, typeof files>();
  for (const file of files) {
    const folder = path.posix.dirname(file.path);
    folders.set(folder, [...(folders.get(folder) ?? []), file]);
  }
  const made = [...folders].map(([folder, members], index) => {
    const resource = `${host.name}-${service.name}-files-${index + 1}`;
    const base = physicalName(host.plan.prefix, service.name, "files", String(index + 1));
    const uploads = members.map((file) =>
      upload(host, file, `/files/${path.posix.basename(file.path)}`),
    );
    const name = contentName(base, uploads);
    const labels = ownLabels(host, service.name);
    const volume = new docker.Volume(
      resource,
      { name, labels },
      options(host, parent, { deleteBeforeReplace: false }),
    );
    const filler = makeContainer(host, parent, {
      resource: `${resource}-filler`,
      base: `${base}-filler`,
      args: {
        image: host.helperImage(),
        command: ["sh", "-c", "cp -a /files/. /volume/"],
        uploads,
        volumes: [{ volumeName: volume.name, containerPath: "/volume" }],
        networkMode: "none",
        restart: "no",
        mustRun: false,
        attach: true,
        labels,
      },
      stopFirst: false,
    });
    return {
      filler,
      volume: { volumeName: volume.name, containerPath: folder, readOnly: true },
    };
  });
  return {
    volumes: made.map(({ volume }) => volume),
    filled: made.map(({ filler }) => filler),
  };
}
