import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

/** Canonical's account: images of that name by other publishers are ignored. */
const canonical = "099720109477";

/** The stack's machine as it stands; `gone`: its address is there, and no machine. */
export type Standing = { readonly ami: string; readonly userData: string } | "gone";

/**
 * The machine with an address or a `Name` of this name.
 *
 * @returns undefined where there is no such address: the stack is new, or its name has changed
 */
export async function findMachine(
  name: string,
  provider: pulumi.ProviderResource,
): Promise<Standing | undefined> {
  const tags = { Name: name };
  const { allocationIds } = await aws.ec2.getEips({ tags }, { provider });
  const [id] = allocationIds;
  if (id === undefined) return undefined;
  const { instanceId } = await aws.ec2.getElasticIp({ id }, { provider });
  const named =
    instanceId === ""
      ? await aws.ec2.getInstances(
          { instanceTags: tags, instanceStateNames: ["pending", "running", "stopping", "stopped"] },
          { provider },
        )
      : { ids: [instanceId] };
  const [machine] = named.ids;
  if (machine === undefined) return "gone";
  const found = await aws.ec2.getInstance({ instanceId: machine, getUserData: true }, { provider });
  const userData = Buffer.from(found.userDataBase64, "base64").toString();
  return { ami: found.ami, userData };
}

/**
 * The image of the machine: the current one for a machine that is made, also in place of another; the one that it has
 * for a machine that stays, which unattended-upgrades keeps current. An image is withdrawn after some years, and a
 * machine that is made again from the state's own could then not be made.
 */
export function imageOf(
  standing: Standing | undefined,
  userData: pulumi.Output<string>,
  provider: pulumi.ProviderResource,
): { readonly ami: pulumi.Output<string>; readonly ignoreChanges: string[] } {
  const name = "ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-*";
  const { id: current } = aws.ec2.getAmiOutput(
    { owners: [canonical], mostRecent: true, filters: [{ name: "name", values: [name] }] },
    { provider },
  );
  // Where it is not known what stands, nothing may be replaced.
  if (standing === undefined) return { ami: current, ignoreChanges: ["ami"] };
  if (standing === "gone") return { ami: current, ignoreChanges: [] };
  const ami = pulumi
    .all([userData, current])
    .apply(([text, newest]) => (text === standing.userData ? standing.ami : newest));
  // Which image it is tells nothing of the user-data.
  return { ami: pulumi.unsecret(ami), ignoreChanges: [] };
}
