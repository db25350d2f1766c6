import * as digitalocean from "@pulumi/digitalocean";
import * as pulumi from "@pulumi/pulumi";
import type * as cloud from "../cloud";
import { physicalName } from "../names";
import { suffix } from "../password";
import type { Home } from "./network";

const server = "registry.digitalocean.com";

/**
 * The registry of the account, every image a repository in it: nodes of a cluster pull from this kind
 * without a secret. An account has one, so the second stack with a cluster names it in `registry`.
 */
export class Registry extends pulumi.ComponentResource implements cloud.Registry {
  readonly server = pulumi.output(server);
  readonly username: pulumi.Output<string>;
  readonly password: pulumi.Output<string>;
  private readonly path: pulumi.Output<string>;

  constructor(
    name: string,
    args: cloud.RegistryArgs & { readonly home: Home },
    opts: pulumi.ComponentResourceOptions,
  ) {
    super("berth:digitalocean:Registry", name, {}, opts);
    const { plan, provider, random } = args.home;
    const child = { parent: this, provider, deleteBeforeReplace: true };
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
      child,
    );
    const { dockerCredentials } = new digitalocean.ContainerRegistryDockerCredentials(
      `${name}-credentials`,
      { registryName: registry.name, write: true },
      // New credentials are created before those in use are deleted.
      { ...child, deleteBeforeReplace: false, additionalSecretOutputs: ["dockerCredentials"] },
    );
    const login = dockerCredentials.apply(loginOf);
    this.username = login.apply(([username]) => username);
    this.password = pulumi.secret(login.apply(([, password]) => password));
    this.path = pulumi.interpolate`${server}/${registry.name}`;
    this.registerOutputs({ server: this.server });
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
