import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import * as tls from "@pulumi/tls";
import { clouds } from "./clouds";
import type { Cloud, Machine } from "./clouds/cloud";
import { Application } from "./docker";
import { Opener } from "./open";
import type { Plan } from "./plan/plan";
import type { SecretValues } from "./reference";

export interface EnvironmentArgs {
  readonly plan: Plan;
  /** What the plan's references to secrets stand for. */
  readonly values: SecretValues;
}

/** A Plan on a Cloud: everything that a stack is. */
export class Environment extends pulumi.ComponentResource {
  /** Where each route answers, by the route's name. */
  readonly urls: pulumi.Output<Record<string, string>>;
  /** The public address of the edge. */
  readonly address: pulumi.Output<string>;
  /** How to reach the machine's Docker: secret. */
  readonly docker: pulumi.Output<Record<string, string>> | undefined;

  constructor(
    name: string,
    { plan, values }: EnvironmentArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("berth:index:Environment", name, {}, opts);
    const opener = new Opener(values);
    const randomProvider = new random.Provider(`${name}-random`, {}, { parent: this });
    const guard = this.#guard(name, plan, randomProvider);
    const afterGuard = { parent: this, dependsOn: [guard] };
    const tlsProvider = new tls.Provider(`${name}-tls`, {}, afterGuard);
    this.#generate(name, plan, opener, randomProvider, guard);

    const Cloud = clouds[plan.cloud]();
    const cloud: Cloud = new Cloud({
      plan,
      open: opener.open,
      guard,
      tls: tlsProvider,
      random: randomProvider,
    });
    const machine = this.#machine(`${name}-${plan.cloud}`, plan, cloud);
    this.address = machine.address;
    opener.bind("cloud", "address", machine.address);
    const application = new Application(
      `${name}-${plan.cloud}-docker`,
      {
        plan,
        endpoint: machine.docker,
        open: opener.open,
        guard,
        ...(machine.disk === undefined ? {} : { disk: machine.disk }),
      },
      { parent: this, dependsOn: [machine] },
    );
    const { host, ca, cert, key } = machine.docker;
    this.docker =
      host === undefined
        ? undefined
        : pulumi.secret(pulumi.all({ host, ca: ca!, cert: cert!, key: key! }));
    this.urls = application.urls;
    this.registerOutputs({ urls: this.urls, address: this.address });
  }

  /**
   * Rule 6: a switch of cloud, shape or location replaces the guard, and the engine refuses to replace
   * what is protected when it is registered: before the first resource of the other cloud.
   */
  #guard(
    name: string,
    { cloud, shape, location, settings }: Plan,
    provider: random.Provider,
  ): random.RandomId {
    return new random.RandomId(
      `${name}-guard-see-docs-switch-cloud`,
      { byteLength: 4, keepers: { cloud, shape, location } },
      { parent: this, provider, protect: settings.protect },
    );
  }

  /** Passwords that `secrets.<name>: { generate: true }` asks for. */
  #generate(
    name: string,
    plan: Plan,
    opener: Opener,
    provider: random.Provider,
    guard: pulumi.Resource,
  ): void {
    for (const secret of plan.generated) {
      const password = new random.RandomPassword(
        `${name}-secret-${secret}`,
        { length: 32, special: false, minLower: 1, minUpper: 1, minNumeric: 1 },
        { parent: this, provider, dependsOn: [guard] },
      );
      opener.bind("generated", secret, pulumi.secret(password.result));
    }
  }

  #machine(name: string, { machine, settings }: Plan, cloud: Cloud): Machine {
    return cloud.machine(
      `${name}-machine`,
      {
        type: machine?.type ?? "",
        disk: machine?.disk ?? 0,
        ports: machine?.ports ?? [],
        operators: machine?.operators ?? [],
        grace: machine?.grace ?? 10,
        reboot: settings.updates.reboot,
        tags: settings.tags,
        protect: settings.protect,
      },
      { parent: this },
    );
  }
}
