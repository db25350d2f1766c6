import * as digitalocean from "@pulumi/digitalocean";
import * as pulumi from "@pulumi/pulumi";
import type * as cloud from "../cloud";
import { physicalName } from "../names";
import { suffix } from "../password";
import type { Home } from "./network";

const server = "registry.digitalocean.com";

const year = 365 * 24 * 3600;

/**
 * The registry of the account, every image a repository in it; an account has one, so other stacks name it
 * (`registry.name`). Images are pushed with a login that ends after a year, and pods pull with one that only reads:
 * it lasts five years, as nodes pull also where nobody runs `up`. Both are renewed by the first `up` of a quarter.
 */
export class Registry extends pulumi.ComponentResource implements cloud.Registry {
  readonly server = pulumi.output(server);
  readonly username: pulumi.Output<string>;
  readonly password: pulumi.Output<string>;
  readonly pull: cloud.Login;
  private readonly path: pulumi.Output<string>;

  constructor(
    name: string,
    args: cloud.RegistryArgs & { readonly home: Home },
    opts: pulumi.ComponentResourceOptions,
  ) {
    super("berth:digitalocean:Registry", name, {}, opts);
    const registry =
      args.name === undefined ? this.make(name, args.home) : pulumi.output(args.name);
    const login = (role: string, write: boolean, expirySeconds: number): cloud.Login => {
      const { dockerCredentials } = new digitalocean.ContainerRegistryDockerCredentials(
        `${name}-${role}`,
        { registryName: registry, write, expirySeconds },
        {
          parent: this,
          provider: args.home.provider,
          // New credentials are created before those in use are deleted.
          deleteBeforeReplace: false,
          replacementTrigger: quarter(new Date()),
          additionalSecretOutputs: ["dockerCredentials"],
        },
      );
      const both = dockerCredentials.apply(loginOf);
      return {
        username: both.apply(([username]) => username),
        password: pulumi.secret(both.apply(([, password]) => password)),
      };
    };
    ({ username: this.username, password: this.password } = login("credentials", true, year));
    this.pull = login("pull-credentials", false, 5 * year);
    this.path = pulumi.interpolate`${server}/${registry}`;
    this.registerOutputs({ server: this.server });
  }

  private make(name: string, { plan, provider, random }: Home): pulumi.Output<string> {
    const registry = new digitalocean.ContainerRegistry(
      `${name}-images`,
      {
        // Names are shared by all of DigitalOcean's customers.
        name: pulumi.interpolate`${physicalName(plan.prefix, "images", 54)}-${suffix(`${name}-suffix`, {}, random, this)}`,
        region: plan.region!,
        // The free tier holds one repository.
        subscriptionTierSlug: "basic",
      },
      // An account has one, so a second one cannot be made beside it.
      { parent: this, provider, deleteBeforeReplace: true },
    );
    return registry.name;
  }

  repository(name: string): pulumi.Output<string> {
    return pulumi.interpolate`${this.path}/${name}`;
  }
}

/** User name and password out of a Docker config file. */
function loginOf(config: string): [string, string] {
  const { auths } = JSON.parse(config) as { auths: Record<string, { auth: string } | undefined> };
  const login = Buffer.from(auths[server]?.auth ?? "", "base64").toString("utf8");
  const colon = login.indexOf(":");
  return [login.slice(0, colon), login.slice(colon + 1)];
}

/** `2026-Q4`. */
function quarter(day: Date): string {
  return `${day.getUTCFullYear()}-Q${Math.floor(day.getUTCMonth() / 3) + 1}`;
}
