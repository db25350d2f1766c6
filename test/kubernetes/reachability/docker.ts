import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { revealed, type Recorded } from "../../../cli/recording";

const run = promisify(execFile);

interface ContainerInputs {
  readonly name: string;
  readonly labels: readonly { readonly label: string; readonly value: string }[];
  readonly networkMode?: string;
  readonly networksAdvanced?: readonly {
    readonly name: string;
    readonly aliases?: readonly string[];
  }[];
}

interface NetworkInputs {
  readonly name: string;
  readonly driver?: string;
  readonly internal?: boolean;
}

/** A container that sleeps where Berth's would run. */
interface StandIn {
  readonly service: string;
  readonly pid: number;
  readonly id: string;
}

/** Berth's networks and one container for each service on a real Docker, as its recorded plan asks for them. */
export class DockerNetwork {
  private readonly made: { readonly kind: "network" | "container"; readonly name: string }[] = [];
  readonly standIns: StandIn[] = [];
  private readonly prefix: string;

  constructor(
    private readonly host: string,
    label: string,
  ) {
    this.prefix = `reach${process.pid}-${label}-`;
  }

  private async docker(...args: readonly string[]): Promise<string> {
    const { stdout } = await run("docker", ["--host", this.host, ...args]);
    return stdout.trim();
  }

  async up(resources: readonly Recorded[]): Promise<void> {
    const of = <Inputs>(type: string): (Inputs & { resource: string; reference: string })[] =>
      resources
        .filter((resource) => resource.type === type)
        .map(({ id, name, inputs }) => ({
          ...(revealed(inputs) as Inputs),
          resource: name,
          reference: id,
        }));
    await side(of<NetworkInputs>("docker:index/network:Network"), async (network) => {
      const { name, driver = "bridge", internal = false } = network;
      const own = this.prefix + name;
      this.made.push({ kind: "network", name: own });
      const flags = internal ? ["--internal"] : [];
      await this.docker("network", "create", "--driver", driver, ...flags, own);
    });
    const containers = new Map<string, ContainerInputs & { reference: string }>();
    for (const container of of<ContainerInputs>("docker:index/container:Container")) {
      const service = container.labels.find(({ label }) => label === "berth.service")!.value;
      // Not those that put files into volumes or that never run, nor the second replica: it has the names of the first.
      if (
        !/-(filler|holder|copy|schedule|image-command)$/.test(container.resource) &&
        !containers.has(service)
      )
        containers.set(service, container);
    }
    const services = new Map(
      [...containers].map(([service, { reference }]) => [reference, service]),
    );
    const sharing = ({ networkMode = "" }: ContainerInputs): string | undefined =>
      services.get(networkMode.replace(/^container:/, ""));
    const [owners, sharers] = [false, true].map((shares) =>
      [...containers].filter(([, inputs]) => (sharing(inputs) !== undefined) === shares),
    );
    for (const some of [owners!, sharers!])
      await side(some, async ([service, inputs]) => {
        const shared = sharing(inputs);
        await this.start(service, {
          ...inputs,
          ...(shared === undefined ? {} : { networkMode: `container:${this.prefix}${shared}` }),
        });
      });
    const names = [...containers.keys()];
    const states = await this.docker(
      "inspect",
      "--format",
      "{{.State.Pid}} {{.Id}}",
      ...names.map((service) => this.prefix + service),
    );
    states.split("\n").forEach((state, index) => {
      const [pid, id] = state.split(" ");
      this.standIns.push({ service: names[index]!, pid: Number(pid), id: id! });
    });
  }

  private async start(service: string, inputs: ContainerInputs): Promise<void> {
    const own = this.prefix + service;
    this.made.push({ kind: "container", name: own });
    const [first, ...others] = (inputs.networksAdvanced ?? []).map(({ name, aliases = [] }) => ({
      network: this.prefix + name,
      aliases,
    }));
    const mode = first?.network ?? inputs.networkMode ?? "bridge";
    const flags = (first?.aliases ?? []).flatMap((alias) => ["--network-alias", alias]);
    const command = ["--init", "busybox:1.37", "sleep", "3600"];
    await this.docker("run", "--detach", "--name", own, "--network", mode, ...flags, ...command);
    for (const { network, aliases } of others)
      await this.docker(
        "network",
        "connect",
        ...aliases.flatMap((alias) => ["--alias", alias]),
        network,
        own,
      );
  }

  /** TCP ports that images say they listen on, by image; those that this Docker has not are left out. */
  async exposed(images: readonly string[]): Promise<ReadonlyMap<string, readonly number[]>> {
    const found = new Map<string, number[]>();
    await side([...new Set(images)], async (image) => {
      const format = "{{json .Config.ExposedPorts}}";
      const said = await this.docker("image", "inspect", "--format", format, image).catch(
        () => "{}",
      );
      const ports = Object.keys((JSON.parse(said) as Record<string, unknown> | null) ?? {});
      found.set(
        image,
        ports.filter((port) => port.endsWith("/tcp")).map((port) => Number(port.split("/")[0])),
      );
    });
    return found;
  }

  async down(): Promise<void> {
    const names = (kind: string): string[] =>
      this.made.filter((one) => one.kind === kind).map(({ name }) => name);
    if (names("container").length > 0)
      await this.docker("rm", "-f", ...names("container")).catch(() => undefined);
    for (const name of names("network"))
      await this.docker("network", "rm", name).catch(() => undefined);
  }
}

/** Does something with each of them, four at a time. */
async function side<Item>(
  items: readonly Item[],
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const left = [...items];
  const worker = async (): Promise<void> => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item);
  };
  await Promise.all([worker(), worker(), worker(), worker()]);
}
