import { spawnSync } from "node:child_process";
import { BadInput } from "../options";
import { projectName } from "../stack";

/** The address of a machine's Docker, and the client's certificates in PEM. */
export interface Access {
  readonly host: string;
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/** A stack whose containers run. */
export interface MachineStack {
  readonly project: string;
  readonly stack: string;
  /** undefined: this computer's Docker. */
  readonly docker?: Access;
  /** Where its backups are, and what opens them; undefined: nothing is backed up. */
  readonly backups?: Backups;
}

export interface Backups {
  /** As restic names it. */
  readonly repository: string;
  readonly password: string;
  /** The variables with which restic opens it. */
  readonly credentials: Readonly<Record<string, string>>;
  /** What the stack is called in it. */
  readonly host: string;
}

/**
 * What the outputs of a stack say of its machine.
 *
 * @param chosen Another stack than the one that is selected.
 * @throws BadInput without a Pulumi CLI or a stack, before the first `up`, and for a stack on a cluster.
 */
export function machineStack(folder: string, chosen: string | undefined): MachineStack {
  const stack = stackName(folder, chosen);
  const asked = ["stack", "output", "--json", "--show-secrets", "--stack", stack];
  const outputs = JSON.parse(pulumi(folder, asked)) as Record<string, unknown>;
  if (outputs["urls"] === undefined)
    throw new BadInput([`${stack}: nothing of it runs yet; run pulumi up --stack ${stack}`]);
  if (outputs["kubeconfig"] !== undefined || outputs["portForward"] !== undefined)
    throw new BadInput([
      `${stack}: it runs on a cluster and has no machine; use kubectl with what pulumi stack output kubeconfig --show-secrets --stack ${stack} prints`,
    ]);
  const docker = outputs["docker"] as Access | undefined;
  const backups = outputs["backups"] as Backups | undefined;
  return {
    project: projectName(folder),
    // A name may come with its organisation and project.
    stack: stack.split("/").at(-1)!,
    ...(docker === undefined ? {} : { docker }),
    ...(backups === undefined ? {} : { backups }),
  };
}

/** The stack: `chosen`, else the selected one. @throws BadInput without either. */
export function stackName(folder: string, chosen: string | undefined): string {
  return chosen ?? pulumi(folder, ["stack", "--show-name"]).trim();
}

/** What a command of the Pulumi CLI prints. @throws BadInput with its own words when it fails or is missing. */
export function pulumi(folder: string, args: readonly string[]): string {
  const { error, status, stdout, stderr } = spawnSync("pulumi", [...args, "--non-interactive"], {
    cwd: folder,
    encoding: "utf8",
    maxBuffer: 2 ** 30,
  });
  if (error !== undefined) throw missing("pulumi", error);
  if (status === 0) return stdout;
  const said = (stderr.trim() || stdout.trim()).split("\n").filter((line) => line !== "");
  throw new BadInput(said.length > 0 ? said : [`pulumi ${args.join(" ")}: ended with ${status}`]);
}

const manuals: Readonly<Record<string, string>> = {
  pulumi: "https://www.pulumi.com/docs/install/",
  docker: "https://docs.docker.com/engine/install/",
};

/** Why a program could not be started. */
export function missing(program: string, error: NodeJS.ErrnoException): BadInput {
  const reason = error.code === "ENOENT" ? "is not installed" : error.message;
  return new BadInput([`${program}: ${reason}; see ${manuals[program] ?? ""}`]);
}
