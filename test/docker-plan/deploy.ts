import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { record, type Recording } from "../../cli/recording/engine";
import type { Recorded } from "../../cli/recording/monitor";
import { Application } from "../../components/docker";
import type { Repository } from "../../components/docker/backups/backups";
import type { Plan } from "../../components/plan/plan";
import { hasSecret, parts } from "../../components/model/reference";

/** A plan on Docker, as the engine would be asked to make it; references open to `<kind>:<name>`. */
export async function deploy(
  plan: Plan,
  withDisk = false,
  backups?: Repository,
): Promise<Deployment> {
  const recording = await record({
    project: plan.project,
    stack: plan.stack,
    program: () => {
      const provider = new random.Provider("random", {});
      const make = (name: string, parent?: pulumi.Resource): pulumi.CustomResource =>
        new random.RandomId(
          name,
          { byteLength: 4 },
          { provider, ...(parent === undefined ? {} : { parent }) },
        );
      const guard = make("guard");
      const machine = new pulumi.ComponentResource("test:index:Machine", "machine");
      make("droplet", machine);
      const disk = make("disk");
      new Application(
        "box",
        {
          plan,
          guard,
          endpoint: {},
          databases: new Map(),
          open: (text) => {
            const opened = parts(text)
              .map((part) => (typeof part === "string" ? part : `${part.kind}:${part.name}`))
              .join("");
            return hasSecret(text) ? pulumi.secret(opened) : pulumi.output(opened);
          },
          ...(withDisk ? { disk } : {}),
          ...(backups === undefined ? {} : { backups }),
        },
        { dependsOn: [machine] },
      );
    },
  });
  return new Deployment(recording);
}

/** What was recorded, by name. */
export class Deployment {
  constructor(readonly recording: Recording) {}

  get resources(): readonly Recorded[] {
    return this.recording.resources;
  }

  /** @throws Error when there is none of that name. */
  of(name: string): Recorded {
    const found = this.resources.find((resource) => resource.name === name);
    if (found === undefined)
      throw new Error(`no ${name} among ${this.resources.map((each) => each.name).join(", ")}`);
    return found;
  }

  ofType(type: string): readonly Recorded[] {
    return this.resources.filter((resource) => resource.type === type);
  }
}

export const containerType = "docker:index/container:Container";
