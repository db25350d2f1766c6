import type * as kubernetes from "@pulumi/kubernetes";
import type { Plan, Service } from "../../plan/plan";
import { opened, type Scope } from "../scope";

type Probe = kubernetes.types.input.core.v1.Probe;
type Probes = Pick<
  kubernetes.types.input.core.v1.Container,
  "startupProbe" | "readinessProbe" | "livenessProbe"
>;

const whole = (seconds: number): number => Math.max(1, Math.ceil(seconds));

/**
 * A healthcheck decides when a pod has started and whether it gets requests. It restarts nothing that Docker
 * would let run, unless the service is labelled `berth.liveness` (decisions.md: healthcheck-is-not-liveness). A
 * routed service without one gets requests once its port answers.
 */
export function probes(scope: Scope, service: Service): Probes {
  const { health, compose } = service;
  if (health === undefined) {
    const port =
      compose.healthcheck?.disable === true ? undefined : routedPort(scope.plan, service);
    if (port === undefined) return {};
    const tcpSocket = { port };
    return {
      startupProbe: { tcpSocket, periodSeconds: 1, failureThreshold: whole(service.timeout) },
      readinessProbe: { tcpSocket, periodSeconds: 10, failureThreshold: 3 },
    };
  }
  const exec = { command: commandOf(health.test).map((word) => opened(scope, word)) };
  const common = { exec, timeoutSeconds: whole(health.timeout) };
  const steady: Probe = {
    ...common,
    periodSeconds: whole(health.interval),
    failureThreshold: whole(health.retries),
  };
  const period = whole(health.startInterval);
  // After it the container is restarted, which Docker would not do: so it lasts as long as the service's timeout.
  const timeoutSeconds = Math.max(
    service.timeout,
    health.startPeriod + health.retries * health.interval,
  );
  const liveness = compose.labels?.["berth.liveness"];
  return {
    startupProbe: {
      ...common,
      periodSeconds: period,
      failureThreshold: whole(timeoutSeconds / period),
    },
    readinessProbe: steady,
    ...(liveness === undefined || liveness === "false" ? {} : { livenessProbe: steady }),
  };
}

function commandOf(test: readonly string[]): string[] {
  const [kind, ...words] = test;
  if (kind === "CMD") return words;
  return ["/bin/sh", "-c", (kind === "CMD-SHELL" ? words : test).join(" ")];
}

function routedPort({ routes, edge }: Plan, { name }: Service): number | undefined {
  return (
    routes.find(({ service }) => service === name)?.port ??
    edge?.openPorts.find(({ service, protocol }) => service === name && protocol === "tcp")?.target
  );
}
