import type { Healthcheck, Service as ComposeService } from "../../compose/app";
import { mebibytes, seconds } from "../../model/units";
import { complain, type Context } from "../context";
import { imageOf, planImage } from "../images";
import { engineRunBy } from "../../databases";
import { planFollows } from "./follows";
import { keptData } from "./kept-data";
import { planMounts } from "./mounts";
import { planPublished } from "./published";
import { planRollout } from "./rollout";
import type { Health, Service } from "../plan";

/** A Compose service as it will run, before routes and databases are applied. */
export function planService(context: Context, name: string, compose: ComposeService): Service {
  const { app, settings, notices } = context;
  const image = imageOf(context, name, compose);
  const engine = engineRunBy(image, compose);
  const environment = planEnvironment(context, name, compose);
  const stated = planMounts(context, name, compose);
  const asStated = planRollout(context, name, compose, stated);
  const once = asStated === "job" || asStated === "cron";
  const scale = settings.scale[name];
  const autoscale = typeof scale === "object" ? scale : undefined;
  if (autoscale !== undefined && settings.shape === "vm")
    notices.info(null, `scale.${name}`, `a machine has no autoscaler: ${autoscale.min} always run`);
  const replicas =
    once || compose.deploy?.mode === "global"
      ? 1
      : ((typeof scale === "number" ? scale : scale?.min) ??
        compose.deploy?.replicas ??
        compose.scale ??
        1);
  const kept =
    engine === undefined || image === undefined || once
      ? []
      : keptData(context, { name, compose, image, engine, replicas, environment }, stated);
  const mounts = [...stated, ...kept];
  const rollout = kept.length === 0 ? asStated : planRollout(context, name, compose, mounts);
  if (engine !== undefined && replicas > 1 && mounts.some(({ kind }) => kind === "volume"))
    complain(
      context,
      `services.${name}.deploy.replicas`,
      `${replicas} ${engine.name} servers on one volume would destroy it; run one, or set berth:databases.${name}`,
    );
  const published = planPublished(context, name, compose, rollout);
  if (replicas > 1 && published.length > 0)
    complain(
      context,
      `services.${name}.ports`,
      `${name} runs ${replicas} times, and one container alone can have port ${published[0]!.host} of the machine; run one, or remove its published ports and let the application's own edge lead to it`,
    );
  const follows = planFollows(context, name, compose);
  const health = planHealth(compose.healthcheck);
  const awaited = Object.values(app.services).some(
    ({ depends_on }) => depends_on?.[name]?.condition === "service_healthy",
  );
  const memory = planMemory(compose);
  const cpu = planCpu(compose);
  const schedule = compose.labels?.["berth.cron"];
  const [kind, sharesNetworkOf] = (compose.network_mode ?? "").split(":");
  return {
    name,
    compose,
    image: planImage(context, name, compose),
    rollout,
    replicas,
    ...(autoscale === undefined ? {} : { autoscale }),
    ...(schedule === undefined ? {} : { schedule }),
    ...planRestart(context, name, compose, rollout),
    environment,
    networks: planNames(context, name, compose),
    mounts,
    ports: planPorts(compose),
    published,
    follows,
    after: planAfter(context, compose, follows),
    ...(health === undefined ? {} : { health }),
    waitHealthy: health !== undefined || (awaited && compose.healthcheck?.disable !== true),
    timeout: settings.timeouts[name] ?? 300,
    grace: compose.stop_grace_period === undefined ? 10 : seconds(compose.stop_grace_period),
    ...(memory === undefined ? {} : { memory }),
    ...(cpu === undefined ? {} : { cpu }),
    ...(kind === "service" && sharesNetworkOf !== undefined ? { sharesNetworkOf } : {}),
    ...(engine === undefined ? {} : { engine: engine.name }),
  };
}

/** Docker's defaults: interval and timeout 30 s, three retries. `start_interval` 5 s. */
function planHealth(check: Healthcheck | undefined): Health | undefined {
  if (check?.test === undefined || check.disable === true || check.test[0] === "NONE")
    return undefined;
  const interval = check.interval === undefined ? 30 : seconds(check.interval);
  return {
    test: check.test,
    interval,
    timeout: check.timeout === undefined ? 30 : seconds(check.timeout),
    startPeriod: check.start_period === undefined ? 0 : seconds(check.start_period),
    startInterval:
      check.start_interval === undefined ? Math.min(5, interval) : seconds(check.start_interval),
    retries: check.retries ?? 3,
  };
}

function planRestart(
  { notices }: Context,
  name: string,
  compose: ComposeService,
  rollout: Service["rollout"],
): Pick<Service, "restart" | "maxRestarts"> {
  if (rollout === "job" || rollout === "cron") {
    const attempts = /^on-failure:(\d+)$/.exec(compose.restart ?? "")?.[1];
    return attempts === undefined
      ? { restart: "no" }
      : { restart: "no", maxRestarts: Number(attempts) };
  }
  const [policy, attempts] = (compose.restart ?? "").split(":");
  if (policy === "always" || policy === "unless-stopped") return { restart: policy };
  if (policy === "on-failure")
    return {
      restart: policy,
      ...(attempts === undefined ? {} : { maxRestarts: Number(attempts) }),
    };
  const { condition, max_attempts } = compose.deploy?.restart_policy ?? {};
  if (condition === "on-failure")
    return {
      restart: "on-failure",
      ...(max_attempts === undefined ? {} : { maxRestarts: max_attempts }),
    };
  if (condition === undefined)
    notices.info(
      name,
      "restart",
      policy === "no"
        ? "unless-stopped: a service that listens has to come back after a reboot"
        : "unless-stopped: the file says nothing, and nothing would come back after a reboot",
    );
  return { restart: "unless-stopped" };
}

function planEnvironment(
  { notices }: Context,
  name: string,
  compose: ComposeService,
): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const [key, value] of Object.entries(compose.environment ?? {})) {
    if (value === null)
      notices.info(
        name,
        `environment.${key}`,
        `has no value here and is left unset; give it in berth:variables`,
      );
    else environment[key] = value;
  }
  return environment;
}

/** The names a service answers to on each of its networks, its own first. */
function planNames(
  { app }: Context,
  name: string,
  compose: ComposeService,
): Record<string, string[]> {
  if (compose.network_mode !== undefined) return {};
  const own = [name, compose.container_name, compose.hostname].filter(
    (alias) => alias !== undefined,
  );
  const links = Object.values(app.services).flatMap(({ links = [] }) =>
    links
      .map((link) => link.split(":"))
      .filter(([service, alias]) => service === name && alias !== undefined)
      .map(([, alias]) => alias!),
  );
  return Object.fromEntries(
    Object.entries(compose.networks ?? { default: null }).map(([network, attachment]) => [
      network,
      [...new Set([...own, ...(attachment?.aliases ?? []), ...links])],
    ]),
  );
}

/** The ports a service listens on, from `ports` and `expose`. */
function planPorts(compose: ComposeService): Service["ports"] {
  const ports = new Map<string, Service["ports"][number]>();
  const add = (port: number, protocol: string): void => {
    const kind = protocol === "udp" ? "udp" : "tcp";
    ports.set(`${port}/${kind}`, { port, protocol: kind });
  };
  for (const { target, protocol } of compose.ports ?? []) add(target, protocol);
  for (const entry of compose.expose ?? []) {
    const [range = "", protocol = "tcp"] = entry.split("/");
    const [first = "", last = first] = range.split("-");
    for (let port = Number(first); port <= Number(last); port++) add(port, protocol);
  }
  return [...ports.values()];
}

function planAfter(
  { app }: Context,
  compose: ComposeService,
  follows: readonly string[],
): Service["after"] {
  const word = {
    service_started: "started",
    service_healthy: "healthy",
    service_completed_successfully: "completed",
  } as const;
  const stated = Object.entries(compose.depends_on ?? {})
    .filter(([service]) => service in app.services)
    .map(([service, { condition }]) => ({ service, condition: word[condition] }));
  const more = follows.filter((name) => !stated.some(({ service }) => service === name));
  return [...stated, ...more.map((service) => ({ service, condition: "started" as const }))];
}

function planMemory({ deploy, mem_limit, mem_reservation }: ComposeService): Service["memory"] {
  const limit = deploy?.resources?.limits?.memory ?? mem_limit;
  const request = deploy?.resources?.reservations?.memory ?? mem_reservation;
  if (limit === undefined && request === undefined) return undefined;
  return {
    ...(limit === undefined ? {} : { limit: mebibytes(limit) }),
    ...(request === undefined ? {} : { request: mebibytes(request) }),
  };
}

function planCpu({ deploy, cpus }: ComposeService): Service["cpu"] {
  const limit = deploy?.resources?.limits?.cpus ?? cpus;
  const request = deploy?.resources?.reservations?.cpus;
  if (limit === undefined && request === undefined) return undefined;
  return {
    ...(limit === undefined ? {} : { limit }),
    ...(request === undefined ? {} : { request }),
  };
}
