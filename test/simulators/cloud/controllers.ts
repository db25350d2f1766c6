import { setTimeout as sleep } from "node:timers/promises";
import { balancers as aws } from "../aws/balancers";
import type { World } from "./world";
import { balancers as digitalocean } from "../digitalocean/balancers";
import { balancers as gcp } from "../gcp/balancers";
import { KubernetesError, type Api, type KubernetesObject } from "../../rig/kube/api";
import { balance, type Balancers } from "./balancers";
import { provision } from "../../rig/kube/provisioner";

/** What each cloud's cluster does in the cloud behind Pulumi's back. */
const clouds = { aws, digitalocean, gcp } satisfies Readonly<Record<string, CloudControllers>>;

/** A cloud's controllers: of Services, and of volumes. */
export interface CloudControllers extends Balancers {
  /** The type of the disk behind a claim. */
  readonly disk: string;
  /** Whether the storage driver runs; its disks cannot be deleted without it. */
  drives(world: World): boolean;
}

/**
 * Stands for the controllers that a cloud's cluster comes with: for those of its Services and of its disks.
 *
 * @param provisioner The storage classes' provisioner.
 * @returns ends them.
 */
export function control(
  api: Api,
  world: World,
  cloud: keyof typeof clouds,
  provisioner: string,
): () => Promise<void> {
  const own: CloudControllers = clouds[cloud];
  const disk = (volume: KubernetesObject) => ({ type: own.disk, id: volume.metadata.name });
  const disks = {
    runs: () => own.drives(world),
    made: (volume: KubernetesObject): void => {
      const { type, id } = disk(volume);
      world.add({ type, id, name: id, inputs: {}, outputs: {} });
    },
    deleted: (volume: KubernetesObject): void => {
      const thing = disk(volume);
      world.remove(thing.type, thing.id);
      world.tell("disk deleted", thing);
    },
  };
  let going = true;
  const run = async (): Promise<void> => {
    while (going) {
      // Two who change one object collide at times: each look begins anew.
      await balance(api, world, own).catch(tell);
      for (const one of [provisioner, "ebs.csi.aws.com"])
        await provision(api, one, disks).catch(tell);
      await sleep(150);
    }
  };
  const tell = (error: unknown): void => {
    const refused = error instanceof KubernetesError && [404, 409, 422].includes(error.status);
    if (going && !refused) console.error(`the cloud's controllers: ${(error as Error).message}`);
  };
  const running = run();
  return async () => {
    going = false;
    await running;
  };
}
