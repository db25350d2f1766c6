import type * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Mount, Plan, Service, Volume as PlanVolume } from "../../plan/plan";
import type { Claims } from "../workloads/claims";
import { fileMounts } from "./files";
import { objectName } from "../names";
import { ownResources } from "./resources";
import { opened, type Scope } from "../scope";

type Volume = kubernetes.types.input.core.v1.Volume;
type VolumeMount = kubernetes.types.input.core.v1.VolumeMount;
type Container = kubernetes.types.input.core.v1.Container;

export interface Mounted {
  readonly volumes: readonly (Volume & { readonly name: string })[];
  readonly mounts: readonly VolumeMount[];
  readonly fillers: readonly Container[];
}

export interface MountArgs {
  readonly claims: Claims;
  /** The image of each service. */
  readonly imageOf: (service: string) => pulumi.Input<string>;
}

/**
 * The folder of a claim that is mounted: a new file system holds `lost+found` at its root, and servers such as
 * PostgreSQL refuse to start in a folder that is not empty.
 */
const folder = "data";

/** What a service's container mounts, as volumes of its pod and what fills them first. */
export function mountsOf(
  scope: Scope,
  service: Service,
  args: MountArgs,
  parent: pulumi.Resource,
): Mounted {
  const { plan } = scope;
  const own = scope.names.of(service.name);
  const volumes = new Map<string, Volume & { name: string }>();
  // A path can be mounted once: what the file names last counts.
  const mounts = new Map<string, VolumeMount>();
  const fillers = new Map<string, Container>();
  const memory = (target: string, bytes?: number): void => {
    const name = objectName(`${own}-memory-${mounts.size}`);
    volumes.set(name, {
      name,
      emptyDir: {
        medium: "Memory",
        ...(bytes === undefined ? {} : { sizeLimit: String(Math.ceil(bytes)) }),
      },
    });
    mounts.set(target, { name, mountPath: target });
  };

  for (const mount of service.mounts) {
    if (mount.kind === "tmpfs") memory(mount.target, mount.bytes);
    if (mount.kind !== "volume") continue;
    const volume = plan.volumes.find(({ name }) => name === mount.volume);
    if (volume === undefined) continue;
    const name = objectName(`volume-${volume.name}`);
    volumes.set(name, { name, ...sourceOf(volume, args) });
    const subPath = subPathOf(volume, mount.subpath);
    const place = { name, ...(subPath === undefined ? {} : { subPath }) };
    mounts.set(mount.target, {
      ...place,
      mountPath: mount.target,
      ...(mount.readOnly ? { readOnly: true } : {}),
    });
    const filler = fillerOf(scope, service, volume, mount, args);
    if (filler !== undefined)
      fillers.set(`${volume.name} ${subPath ?? ""}`, {
        ...filler,
        name: objectName(`fill-${fillers.size + 1}-${volume.name}`),
        volumeMounts: [{ ...place, mountPath: fillFolder }],
      });
  }
  if (service.compose.shm_size !== undefined && !mounts.has("/dev/shm"))
    memory("/dev/shm", Number(service.compose.shm_size));
  const files = fileMounts(scope, service, parent);
  for (const mount of files.mounts) mounts.set(mount.mountPath as string, mount);
  return {
    volumes: [...volumes.values(), ...files.volumes],
    mounts: [...mounts.values()],
    fillers: [...fillers.values()],
  };
}

function sourceOf(volume: PlanVolume, { claims }: MountArgs): Omit<Volume, "name"> {
  const claimName = claims.get(volume.name);
  return claimName === undefined ? { emptyDir: {} } : { persistentVolumeClaim: { claimName } };
}

function subPathOf(volume: PlanVolume, asked: string | undefined): string | undefined {
  if (volume.filledBy !== undefined || volume.external !== undefined) return asked;
  return asked === undefined ? folder : `${folder}/${asked.replace(/^\/+/, "")}`;
}

const fillFolder = "/berth-fill";

/**
 * Docker fills a new volume with what the image has at its target, and gives it that folder's owner. So does an
 * init container of the image; it needs `sh` and `cp` in it. Compose's `volume.nocopy` turns it off.
 */
function fillerOf(
  scope: Scope,
  service: Service,
  volume: PlanVolume,
  mount: Extract<Mount, { kind: "volume" }>,
  args: MountArgs,
): Omit<Container, "name" | "volumeMounts"> | undefined {
  if (mount.noCopy === true || volume.external !== undefined) return undefined;
  let source: { image: pulumi.Input<string>; target: string };
  if (volume.filledBy !== undefined) {
    const target = targetIn(scope.plan, volume.filledBy, volume.name) ?? mount.target;
    source = { image: args.imageOf(volume.filledBy), target };
  } else {
    if (mount.readOnly || withoutShell(service)) return undefined;
    source = { image: args.imageOf(service.name), target: mount.target };
  }
  return {
    image: source.image,
    imagePullPolicy: "IfNotPresent",
    command: ["sh", "-c", fillScript, "fill", opened(scope, source.target)],
    securityContext: {
      // Of files of any user, to the same users.
      runAsUser: 0,
      runAsNonRoot: false,
      allowPrivilegeEscalation: false,
      capabilities: { drop: ["ALL"], add: ["CHOWN", "DAC_OVERRIDE", "FOWNER"] },
    },
    resources: ownResources("50m", "64Mi", "256Mi"),
    terminationMessagePolicy: "FallbackToLogsOnError",
  };
}

const fillScript = `if [ -d "$1" ] && [ -z "$(ls -A ${fillFolder})" ]; then cp -a "$1/." ${fillFolder}/; fi`;

function targetIn(plan: Plan, service: string, volume: string): string | undefined {
  return plan.services
    .find(({ name }) => name === service)
    ?.mounts.find((mount) => mount.kind === "volume" && mount.volume === volume)?.target;
}

/** Images that are known to hold a program and nothing else. */
function withoutShell({ image }: Service): boolean {
  return (
    "pull" in image && /distroless|(^|\/)(scratch|portainer|cloudflared)(\/|:|$)/.test(image.pull)
  );
}
