import type { Thing, World } from "../simulators/cloud/world";

/** What of each cloud stands for a machine, its disk, its static address, and the machine's hold of either. */
export const kinds = {
  machine:
    /^(digitalocean:index\/droplet|aws:ec2\/instance|gcp:compute\/instance):(Droplet|Instance)$/,
  disk: /^(digitalocean:index\/volume|aws:ebs\/volume|gcp:compute\/disk):/,
  /** Google Cloud's and DigitalOcean's machines are made with their disk. */
  attachment: /^aws:ec2\/volumeAttachment:/,
  address: /^(digitalocean:index\/reservedIp|aws:ec2\/eip|gcp:compute\/address):/,
  assignment:
    /^(digitalocean:index\/reservedIpAssignment|aws:ec2\/eipAssociation):|^gcp:compute\/instance:/,
};

/** The user-data that a machine was made with. */
export function userDataOf({ inputs }: Pick<Thing, "inputs">): string {
  const { userData, metadata } = inputs as {
    userData?: string;
    metadata?: Record<string, string>;
  };
  return userData ?? metadata!["user-data"]!;
}

/** The disk that a machine is made with, or waits for. @throws Error when there is none. */
export function diskOf({ inputs }: Pick<Thing, "inputs">, world: World): Thing {
  const [source] = (inputs.attachedDisks ?? []) as { source: string }[];
  const [volume] = (inputs.volumeIds ?? []) as string[];
  const waited = /Elastic_Block_Store_vol(\w+)/.exec(String(inputs.userData))?.[1];
  const disk = world
    .things()
    .filter(({ type }) => kinds.disk.test(type))
    .find(
      (thing) =>
        [volume, `vol-${waited ?? ""}`].includes(thing.id) ||
        (source !== undefined && thing.outputs.selfLink === source.source),
    );
  if (disk === undefined) throw new Error("the machine has no data disk");
  return disk;
}
