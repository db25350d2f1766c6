import { EngineStack, type StackOptions } from "../rig/engine";
import { portsOf } from "../rig/providers";
import { Api } from "../providers/digitalocean/api";
import { docker } from "../simulators/docker";
import { Daemon } from "../simulators/docker/daemon";
import { face, type Face } from "../simulators/docker/face";
import { random } from "../simulators/random";
import { serve, type ServedProvider } from "../simulators/server";
import { tls } from "../simulators/tls";
import { repository } from "./site";

/**
 * The program on the real engine with the real digitalocean plugin in front of a stand-in of the API. A Docker that runs
 * nothing answers behind the reserved address of its droplet, with the certificates of that droplet's user data.
 */
export class RealDigitalOcean {
  readonly served: Record<string, ServedProvider> = {};
  stack!: EngineStack;
  private readonly faces = new Map<string, Promise<Face>>();

  private constructor(
    readonly api: Api,
    private readonly daemon: Daemon,
  ) {}

  /** @param addresses Reserved addresses to assign, in 127.0.0.0/8 and used by no other test. */
  static async create(
    addresses: readonly string[],
    options: Partial<StackOptions>,
  ): Promise<RealDigitalOcean> {
    const made = new RealDigitalOcean(await Api.listen(), await Daemon.listen());
    const { api, daemon } = made;
    api.account.addresses.push(...addresses);
    api.account.assigned = (address, userData) => {
      made.hide(address);
      if (userData !== undefined) made.faces.set(address, face(userData, address, daemon.socket));
    };
    const host = `unix://${daemon.socket}`;
    for (const one of [docker({ env: {}, host, folder: repository, patience: 2 }), random, tls()])
      made.served[one.name] = await serve(one);
    made.stack = await EngineStack.create({
      name: "qa",
      project: repository,
      providers: portsOf(made.served),
      ...options,
      config: {
        cloud: "digitalocean",
        "digitalocean:token": "a-token",
        "digitalocean:apiEndpoint": api.url,
        ...options.config,
      },
    });
    return made;
  }

  async dispose(): Promise<void> {
    (this.stack as EngineStack | undefined)?.dispose();
    for (const address of this.faces.keys()) this.hide(address);
    for (const one of Object.values(this.served)) await one.close();
    this.daemon.close();
    this.api.close();
  }

  private hide(address: string): void {
    void this.faces.get(address)?.then((found) => found.close());
    this.faces.delete(address);
  }
}
