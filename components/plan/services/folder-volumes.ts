import { createHash } from "node:crypto";
import type { App, Build, Snapshot, VolumeMount } from "../../compose/app";
import { slug } from "../../model/units";
import { dataFolders } from "./data-folders";

/** What a bind mount is (decisions.md: bind-mounts). `missing` is a file of the project that is not there. */
export type BindKind = "host" | "source" | "missing" | "data" | "files";

/** The volume that keeps a folder of the project. */
export interface Kept {
  readonly volume: string;
  /** Where in it, for a folder inside of another mounted one. */
  readonly subpath?: string;
}

interface Bind {
  readonly service: string;
  readonly mount: VolumeMount;
  /** Absolute. */
  readonly source: string;
}

/** Folders in which images keep their program, by convention. */
const codeFolders = [
  "/app",
  "/code",
  "/src",
  "/usr/src",
  "/var/www",
  "/srv",
  "/workspace",
  "/go/src",
  "/usr/local/app",
  "/site",
  "/project",
  "/work",
];

/**
 * The folders of the project that services mount as data, and the volumes that keep them: one for each folder,
 * whichever services mount it, and for what is mounted inside of it (decisions.md: folder-volumes).
 */
export class FolderVolumes {
  private readonly binds: readonly Bind[];
  /** Folders that a server's data folder makes data for every service. */
  private readonly servers: readonly string[];
  /** The outermost folders that are kept, each as a volume. */
  private readonly roots: readonly string[];
  private readonly users = new Map<string, Set<string>>();

  /** @param buildOf What a service's image is built from. */
  constructor(
    private readonly app: App,
    private readonly buildOf: (service: string) => Build | undefined,
  ) {
    this.binds = Object.entries(app.services).flatMap(([service, { volumes = [] }]) =>
      volumes.flatMap((mount) =>
        mount.type === "bind" && mount.source !== undefined
          ? [{ service, mount, source: mount.source }]
          : [],
      ),
    );
    // The project's own folder has everything else in it, too.
    this.servers = this.binds
      .filter(({ source, mount }) => source !== app.folder && isServers(mount.target))
      .map(({ source }) => source);
    const kept = this.binds.filter(({ service, mount }) => this.kind(service, mount) === "data");
    const sources = [...new Set(kept.map(({ source }) => source))];
    this.roots = sources.filter(
      (source) => !sources.some((other) => other !== source && within(source, other)),
    );
    for (const { service, source } of kept) {
      const { volume } = this.keptIn(source);
      this.users.set(volume, (this.users.get(volume) ?? new Set()).add(service));
    }
  }

  kind(service: string, mount: VolumeMount): BindKind {
    const { source = "", target } = mount;
    const snapshot = this.app.files[source];
    if (snapshot?.inProject !== true) return "host";
    const missing = snapshot.kind === "absent" && looksLikeFile(source);
    const data = !missing && this.isData(snapshot, source, target);
    if (!data && this.isSourceCode(service, snapshot, source, target)) return "source";
    if (missing) return "missing";
    return data ? "data" : "files";
  }

  /** The volume of a folder that is kept. */
  keptIn(source: string): Kept {
    const root = this.roots.find((folder) => within(source, folder)) ?? source;
    const volume = volumeName(root.slice(this.app.folder.length).replace(/^\//, ""));
    return root === source ? { volume } : { volume, subpath: source.slice(root.length + 1) };
  }

  /** The services that mount a volume's folder, or one inside of it. */
  usersOf(volume: string): readonly string[] {
    return [...(this.users.get(volume) ?? [])];
  }

  /**
   * The names that a folder's volume had when each service's mount was a volume of its own (up to 0.1.0), the one with
   * the data first; undefined for a volume that is no folder's.
   */
  formerNames(volume: string): readonly string[] | undefined {
    if (!this.users.has(volume)) return undefined;
    const rank = ({ mount }: Bind): number =>
      (mount.read_only === true ? 2 : 0) + (isServers(mount.target) ? 0 : 1);
    const whole = this.binds
      .filter(({ service, mount, source }) => {
        if (this.kind(service, mount) !== "data") return false;
        const kept = this.keptIn(source);
        return kept.volume === volume && kept.subpath === undefined;
      })
      .sort((a, b) => rank(a) - rank(b));
    return [...new Set(whole.map(({ service, mount }) => anonymousVolume(service, mount.target)))];
  }

  private isData(snapshot: Snapshot, source: string, target: string): boolean {
    if (snapshot.kind === "absent") return true;
    if (snapshot.kind !== "folder") return false;
    return (
      snapshot.ignored || isServers(target) || this.servers.some((folder) => within(source, folder))
    );
  }

  /** The build's own context, or a folder of it mounted where programs live: the image has it by its COPY. */
  private isSourceCode(
    service: string,
    { kind }: Snapshot,
    source: string,
    target: string,
  ): boolean {
    const build = this.buildOf(service);
    if (build === undefined || kind === "file") return false;
    if (source === build.context || within(build.context, source)) return true;
    if (!within(source, build.context)) return false;
    const { working_dir } = this.app.services[service]!;
    const code = working_dir === undefined ? codeFolders : [...codeFolders, working_dir];
    return source !== this.app.folder && code.some((folder) => within(target, folder));
  }
}

/** The name of an anonymous volume: service and target. */
export function anonymousVolume(service: string, target: string): string {
  return `${service}-${slug(target)}`;
}

/**
 * The name of a folder's volume, from its path in the project alone, so that it stays the same whichever services
 * mount it. The hash tells apart what the readable part does not: `a/b` and `a-b`, or the volume `a` of the file.
 */
function volumeName(folder: string): string {
  const hash = createHash("sha256").update(folder).digest("hex").slice(0, 6);
  const readable = slug(folder).slice(-40).replace(/^-+/, "");
  return `${readable === "" ? "folder" : readable}-${hash}`;
}

const isServers = (target: string): boolean => dataFolders.some((folder) => within(target, folder));

function looksLikeFile(path: string): boolean {
  return /\.[a-z]{1,5}$/i.test(path) && !path.endsWith(".d");
}

/** Whether a path is a folder or inside of it. */
export function within(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith("/") ? folder : `${folder}/`);
}
