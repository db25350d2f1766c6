import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import * as tls from "@pulumi/tls";
import { clouds } from "../clouds";
import type { Cloud, Site } from "../clouds/cloud";
import { SecretResolver } from "./secret-resolver";
import type { Plan } from "../plan/plan";
import { refer, type SecretValues } from "../model/reference";
import { madePasswordName } from "../plan/backups/backups";
import { makeRecords } from "./dns-records";
import { runError } from "../model/run-error";
import { onCluster, onMachine, type Realised } from "./shapes";

export interface EnvironmentArgs {
  readonly plan: Plan;
  /** The values of the plan's references to secrets. */
  readonly values: SecretValues;
}

/**
 * A Plan on a Cloud: everything in a stack. Its constructor makes the guard and the cloud's
 * provider; `realise` makes the rest, once the credentials are known to be the right ones
 * (decisions.md: account-before-resources).
 */
export class Environment extends pulumi.ComponentResource {
  readonly #name: string;
  readonly #plan: Plan;
  readonly #opener: SecretResolver;
  readonly #cloud: Cloud;
  readonly #guard: random.RandomId;

  constructor(
    name: string,
    { plan, values }: EnvironmentArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("berth:index:Environment", name, {}, opts);
    this.#name = name;
    this.#plan = plan;
    this.#opener = new SecretResolver(values);
    const randomProvider = new random.Provider(`${name}-random`, {}, { parent: this });
    this.#guard = this.#makeGuard(randomProvider);
    const tlsProvider = new tls.Provider(
      `${name}-tls`,
      {},
      { parent: this, dependsOn: [this.#guard] },
    );
    this.#generate(randomProvider);
    const Cloud = clouds[plan.cloud]();
    this.#cloud = new Cloud({
      plan,
      open: this.#opener.open,
      guard: this.#guard,
      tls: tlsProvider,
      random: randomProvider,
    });
  }

  /**
   * Creates the application and everything that it needs, and returns the stack's outputs.
   *
   * @throws pulumi.RunError when the credentials belong to another account than `account` says, or the
   *   process environment names another Docker.
   */
  async realise(): Promise<Record<string, unknown>> {
    if (!pulumi.runtime.isDryRun()) {
      const wrong = strayDocker(this.#plan) ?? (await this.#cloud.checkAccount?.());
      if (wrong !== undefined) throw runError(wrong);
    }
    await this.#cloud.lookUp?.();

    const name = `${this.#name}-${this.#plan.cloud}`;
    const args = {
      plan: this.#plan,
      cloud: this.#cloud,
      opener: this.#opener,
      guard: this.#guard,
      parent: this,
    };
    const realised: Realised =
      this.#plan.shape === "vm" ? onMachine(name, args) : onCluster(name, args);
    const sites = this.#sites(name);
    const outputs = {
      urls: realised.urls,
      address: realised.addresses[0],
      ...(sites.length > 0 && {
        sites: Object.fromEntries(sites.map(([site, { url }]) => [site, url])),
      }),
      records: makeRecords(
        name,
        args,
        realised.addresses,
        sites.flatMap(([, { records = [] }]) => records),
      ),
      ...realised.outputs,
    };
    this.registerOutputs(outputs);
    return outputs;
  }

  /**
   * A switch of cloud, shape or location replaces the guard, and the engine refuses to replace a protected
   * resource when it is registered: before the first resource of the other cloud (decisions.md: guard).
   */
  #makeGuard(provider: random.Provider): random.RandomId {
    const { cloud, shape, location, settings } = this.#plan;
    return new random.RandomId(
      `${this.#name}-guard-see-docs-switch-cloud`,
      { byteLength: 4, keepers: { cloud, shape, location } },
      { parent: this, provider, protect: settings.protect },
    );
  }

  /** Passwords that `secrets.<name>: { generate: true }` asks for. */
  #generate(provider: random.Provider): void {
    for (const secret of this.#plan.generated) {
      const password = new random.RandomPassword(
        `${this.#name}-secret-${secret}`,
        { length: 32, special: false, minLower: 1, minUpper: 1, minNumeric: 1 },
        { parent: this, provider, dependsOn: [this.#guard] },
      );
      this.#opener.bind("generated", secret, pulumi.secret(password.result));
    }
    if (this.#plan.backups?.password === refer("generated", madePasswordName)) {
      const { result } = new random.RandomPassword(
        `${this.#name}-backups-password`,
        { length: 32, special: false },
        // Without it no backup can be read.
        {
          parent: this,
          provider,
          dependsOn: [this.#guard],
          protect: this.#plan.settings.protect,
        },
      );
      this.#opener.bind("generated", madePasswordName, pulumi.secret(result));
    }
  }

  /** Static sites by name, where the cloud has object storage with a CDN. */
  #sites(name: string): readonly (readonly [string, Site])[] {
    const { sites, settings } = this.#plan;
    return sites.flatMap((site) => {
      const args = { site, tags: settings.tags };
      const made = this.#cloud.site?.(`${name}-site-${site.name}`, args, { parent: this });
      return made === undefined ? [] : [[site.name, made] as const];
    });
  }
}

/**
 * An image would be built on the Docker that the environment names, and the machine would never have it
 * (decisions.md: no-foreign-docker-host).
 */
function strayDocker({ cloud, shape }: Plan): string | undefined {
  if (cloud === "local" || shape !== "vm") return undefined;
  const set = ["DOCKER_HOST", "DOCKER_CONTEXT"].find((name) => process.env[name] !== undefined);
  return set === undefined
    ? undefined
    : `${set} is set and would send image builds elsewhere; unset it and run pulumi up again`;
}
