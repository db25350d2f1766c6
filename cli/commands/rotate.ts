import { command, stackOption } from "../machine/command";
import { run } from "../machine/docker";
import { pulumi, stackName } from "../machine/stack";
import { BadInput, describeOptions } from "../options";

const options = { stack: stackOption } as const;

const help = `npm run rotate -- [options] [-- OPTIONS_OF_PULUMI_UP...]

Replaces the keys and certificates of the machine's Docker API: pulumi up with new keys, which replaces the
machine. Its data disk, its address and every container stay; the application is away for some minutes.

${describeOptions(options)}

Exit: that of pulumi up.
`;

/** The keys whose certificates are part of the machine's user-data, and the client's. */
const keys = /-machine-(ca|server|client)-key$/;

/** The command; what it returns is the exit code. */
export function main(folder: string, words: readonly string[]): Promise<number> {
  return command({ options, help }, words, async (given, others) => {
    const stack = stackName(folder, given.stack);
    const { deployment } = JSON.parse(pulumi(folder, ["stack", "export", "--stack", stack])) as {
      deployment: { resources?: readonly { urn: string; type: string }[] };
    };
    const urns = (deployment.resources ?? [])
      .filter(({ type, urn }) => type === "tls:index/privateKey:PrivateKey" && keys.test(urn))
      .map(({ urn }) => urn);
    if (urns.length === 0)
      throw new BadInput([`${stack}: has no machine on a cloud, so there are no keys to replace`]);
    process.stdout.write(
      `${stack}: new keys for the Docker API. The machine is replaced and the application is away for some minutes; data disk, address and containers stay.\n`,
    );
    const replaced = urns.flatMap((urn) => ["--replace", urn]);
    return run("pulumi", ["up", "--stack", stack, ...replaced, ...others], process.env, {
      cwd: folder,
    });
  });
}
