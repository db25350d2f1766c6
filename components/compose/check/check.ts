import * as fs from "node:fs";
import * as path from "node:path";
import { nearest, type Position } from "../../model/problem";
import { hasReference } from "../../model/reference";
import type { App, DeviceRequest, Service } from "../app";
import type { Context } from "../read/context";
import { findCycles } from "./cycles";
import { isRemote } from "../read/paths";

/** The top-level definitions of the files, used or not. */
export interface Defined {
  readonly networks: ReadonlySet<string>;
  readonly volumes: ReadonlySet<string>;
  readonly secrets: ReadonlySet<string>;
  readonly configs: ReadonlySet<string>;
  readonly models: ReadonlySet<string>;
  /** Profiles by the service that they switch on. */
  readonly profiles: ReadonlyMap<string, readonly string[]>;
}

/** Reports contradictions within the whole App. */
export function check(app: App, defined: Defined, context: Context): void {
  if (Object.keys(app.services).length === 0) noServices(app, defined, context);
  for (const [name, service] of Object.entries(app.services))
    new ServiceCheck(name, service, app, defined, context).run();
  containerNames(app, context);
  for (const { names, at } of findCycles(app))
    context.complain(
      at,
      `services.${names[0]!}.depends_on`,
      `depends on itself: ${[...names, names[0]!].join(" → ")}; break the cycle`,
    );
}

function noServices(app: App, defined: Defined, context: Context): void {
  if (context.problems.length > 0 || context.lenient) return;
  const profiles = [...new Set([...defined.profiles.values()].flat())].sort();
  context.complain(
    app.positions.get("services"),
    "services",
    app.disabled.length > 0
      ? `no chosen profile switches a service on; set berth:profiles to some of ${profiles.join(", ")}`
      : "there are no services; add one",
  );
}

function containerNames(app: App, context: Context): void {
  const taken = new Map<string, string>();
  for (const [name, { container_name: wanted }] of Object.entries(app.services)) {
    if (wanted === undefined) continue;
    const other = taken.get(wanted);
    if (other === undefined) taken.set(wanted, name);
    else
      context.complain(
        app.positions.get(`services.${name}.container_name`),
        `services.${name}.container_name`,
        `"${wanted}" is the container name of "${other}" too; give each its own, or none`,
      );
  }
}

/** The checks of one service. */
class ServiceCheck {
  constructor(
    private readonly name: string,
    private readonly service: Service,
    private readonly app: App,
    private readonly defined: Defined,
    private readonly context: Context,
  ) {}

  run(): void {
    this.origin();
    this.build();
    this.networks();
    this.services();
    this.mounts();
    this.objects();
    this.health();
    this.numbers();
    this.devices();
    this.names();
  }

  /** @param key below the service; the problem gets the position of the nearest known key above it */
  private complain(key: string, message: string): void {
    const whole = key === "" ? `services.${this.name}` : `services.${this.name}.${key}`;
    this.context.complain(this.place(whole), whole, message);
  }

  /** A file that is missing on this computer: a preview accepts that, `up` does not. */
  private absent(key: string, message: string): void {
    const whole = `services.${this.name}.${key}`;
    this.context.absent.push({ at: this.place(whole), key: whole, message });
  }

  private place(key: string): Position | undefined {
    for (let at = key; at !== ""; at = at.replace(/(\.[^.[\]]*|\[\d+\])$/, "")) {
      const found = this.app.positions.get(at);
      if (found !== undefined || !/[.[]/.test(at)) return found;
    }
    return undefined;
  }

  private origin(): void {
    const { image, build, provider } = this.service;
    if (image !== undefined || build !== undefined || provider !== undefined) return;
    // A bad image or build has been reported already.
    if (
      !["image", "build", "extends"].some((key) =>
        this.context.hasProblem(`services.${this.name}.${key}`),
      )
    )
      this.complain("", "has neither image nor build; give it one");
  }

  private build(): void {
    const { build, platform } = this.service;
    if (build === undefined) return;
    if (build.dockerfile !== undefined && build.dockerfile_inline !== undefined)
      this.complain("build.dockerfile_inline", "stands beside dockerfile; keep one of the two");
    if (
      platform !== undefined &&
      build.platforms !== undefined &&
      !build.platforms.includes(platform)
    )
      this.complain("build.platforms", `must hold the service's platform "${platform}"; add it`);
    for (const [key, context] of Object.entries(build.additional_contexts ?? {})) {
      if (!context.startsWith("service:")) continue;
      const other = this.app.services[context.slice("service:".length)];
      if (other?.build === undefined)
        this.complain(
          `build.additional_contexts.${key}`,
          `"${context}" is not a service with a build; name one that has a build`,
        );
    }
    if (!this.context.lenient) this.sources(build.context, build.dockerfile);
  }

  private sources(folder: string, dockerfile: string | undefined): void {
    if (isRemote(folder)) return;
    if (folder === "") {
      this.complain("build.context", "is empty; name the folder of the sources");
      return;
    }
    const stat = fs.statSync(folder, { throwIfNoEntry: false });
    const shown = this.context.shown(folder);
    if (stat === undefined)
      this.absent("build.context", `folder ${shown} does not exist; check the path`);
    else if (!stat.isDirectory())
      this.complain("build.context", `${shown} is not a folder; name the folder of the sources`);
    else if (dockerfile !== undefined && !fs.existsSync(path.resolve(folder, dockerfile)))
      this.absent(
        "build.dockerfile",
        `${this.context.shown(path.resolve(folder, dockerfile))} does not exist; create it, or name another with dockerfile`,
      );
  }

  private networks(): void {
    const { network_mode: mode, networks } = this.service;
    if (mode !== undefined && networks !== undefined)
      this.complain("network_mode", "stands beside networks; keep one of the two");
    for (const network of Object.keys(networks ?? {}))
      this.known("networks", network, this.keyOf("networks", network));
  }

  /** The key of a name that a list or a mapping may hold. */
  private keyOf(key: string, entry: string): string {
    return `${key}.${entry}`;
  }

  private known(
    kind: "networks" | "volumes" | "secrets" | "configs" | "models",
    name: string,
    key: string,
  ): void {
    if (this.defined[kind].has(name)) return;
    const near = nearest(name, this.defined[kind]);
    this.complain(
      key,
      `no ${kind.slice(0, -1)} "${name}" is defined; ${near === undefined ? `add it to the top-level ${kind}` : `did you mean "${near}"?`}`,
    );
  }

  private services(): void {
    const { links, volumes_from: from, depends_on: dependsOn } = this.service;
    const told = new Set<string>();
    const needs = (key: string, other: string): void => {
      if (this.app.services[other] === undefined) told.add(other);
      this.exists(key, other);
    };
    links?.forEach((link, index) => {
      needs(`links[${index}]`, link.split(":", 1)[0]!);
    });
    from?.forEach((source, index) => {
      if (!source.startsWith("container:"))
        needs(`volumes_from[${index}]`, source.split(":", 1)[0]!);
    });
    for (const key of ["network_mode", "ipc", "pid", "uts", "cgroup"] as const) {
      const value = this.service[key];
      if (value?.startsWith("service:") === true) needs(key, value.slice("service:".length));
    }
    for (const [other, { required }] of Object.entries(dependsOn ?? {}))
      if (!told.has(other) && (required || !this.app.disabled.includes(other)))
        this.exists(this.keyOf("depends_on", other), other);
  }

  private exists(key: string, other: string): void {
    if (this.app.services[other] !== undefined) return;
    if (this.app.disabled.includes(other)) {
      const profiles = this.defined.profiles.get(other) ?? [];
      this.complain(
        key,
        `service "${other}" is switched off; add profile "${profiles.join('" or "')}" to berth:profiles, or write required: false in depends_on`,
      );
      return;
    }
    const near = nearest(other, Object.keys(this.app.services));
    this.complain(
      key,
      `no service "${other}" is defined; ${near === undefined ? "add it, or remove this" : `did you mean "${near}"?`}`,
    );
  }

  private mounts(): void {
    const targets = new Map<string, string>();
    const mount = (key: string, target: string): void => {
      const other = targets.get(target);
      if (other !== undefined)
        this.complain(key, `${target} is mounted by ${other} already; give each its own target`);
      else targets.set(target, key);
    };
    this.service.tmpfs?.forEach((entry, index) => {
      mount(`tmpfs[${index}]`, entry.split(":", 1)[0]!);
    });
    this.service.volumes?.forEach(({ type, source, target }, index) => {
      const key = `volumes[${index}]`;
      mount(key, target);
      if (type === "volume" && source !== undefined) this.known("volumes", source, key);
      if (type === "bind" && source === undefined)
        this.complain(key, "a bind mount needs a source; give the path on the host");
      if (!this.context.lenient && !target.startsWith("/"))
        this.complain(
          key,
          /^[A-Za-z]:/.test(target)
            ? `"${target}" reads as a path of Windows; give the volume a name of two letters or more`
            : `"${target}" is not an absolute path; start the target with /`,
        );
    });
  }

  private objects(): void {
    const { build, configs, models, secrets } = this.service;
    secrets?.forEach(({ source }, index) => {
      this.known("secrets", source, `secrets[${index}]`);
    });
    configs?.forEach(({ source }, index) => {
      this.known("configs", source, `configs[${index}]`);
    });
    build?.secrets?.forEach(({ source }, index) => {
      this.known("secrets", source, `build.secrets[${index}]`);
    });
    for (const model of Object.keys(models ?? {}))
      this.known("models", model, this.keyOf("models", model));
  }

  private health(): void {
    const [first, ...rest] = this.service.healthcheck?.test ?? [];
    if (first === undefined) return;
    if (!["CMD", "CMD-SHELL", "NONE"].includes(first))
      this.complain(
        "healthcheck.test",
        `starts with "${first}"; a list starts with CMD, CMD-SHELL or NONE`,
      );
    else if (first !== "NONE" && rest.length === 0)
      this.complain("healthcheck.test", `names no command after ${first}; write one`);
  }

  /** Two keys with the same meaning must agree. */
  private numbers(): void {
    const { container_name: container, deploy, scale } = this.service;
    const limits = deploy?.resources?.limits;
    const reservations = deploy?.resources?.reservations;
    const agree = (key: string, one: unknown, otherKey: string, other: unknown): void => {
      if (one !== undefined && one !== other)
        this.complain(key, `says something else than ${otherKey}; keep one of the two`);
    };
    if (deploy?.replicas !== undefined) agree("scale", scale, "deploy.replicas", deploy.replicas);
    if (limits !== undefined) {
      agree("cpus", this.service.cpus, "deploy.resources.limits.cpus", limits.cpus);
      agree("mem_limit", this.service.mem_limit, "deploy.resources.limits.memory", limits.memory);
      agree("pids_limit", this.service.pids_limit, "deploy.resources.limits.pids", limits.pids);
    }
    if (reservations !== undefined)
      agree(
        "mem_reservation",
        this.service.mem_reservation,
        "deploy.resources.reservations.memory",
        reservations.memory,
      );
    if (container !== undefined && (scale ?? deploy?.replicas ?? 1) > 1)
      this.complain(
        "container_name",
        "names one container, and the service has several; remove it",
      );
    for (const [index, { action, target }] of (this.service.develop?.watch ?? []).entries())
      if (target === undefined && action !== "rebuild" && action !== "restart")
        this.complain(`develop.watch[${index}]`, `"${action}" needs a target; give it`);
  }

  /** Devices are selected by number or by id. */
  private devices(): void {
    const check = (key: string, requests: readonly DeviceRequest[] = []): void => {
      for (const [index, { count, device_ids: ids }] of requests.entries())
        if (count !== undefined && ids !== undefined)
          this.complain(`${key}[${index}]`, "has both count and device_ids; keep one of the two");
    };
    check("gpus", this.service.gpus);
    check(
      "deploy.resources.reservations.devices",
      this.service.deploy?.resources?.reservations?.devices,
    );
  }

  /** A secret in the name of a variable or label would be visible. */
  private names(): void {
    for (const key of ["environment", "labels", "annotations"] as const)
      for (const [index, name] of Object.keys(this.service[key] ?? {}).entries())
        if (hasReference(name))
          this.complain(`${key}[${index}]`, "this decides what is created and cannot be secret");
  }
}
