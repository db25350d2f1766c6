import type * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Service } from "../../plan/plan";
import { looksSecret } from "../../model/reference";
import { contentKey, makeContent } from "./content";
import { opened, type Scope } from "../scope";

type EnvVar = kubernetes.types.input.core.v1.EnvVar;
type EnvFrom = kubernetes.types.input.core.v1.EnvFromSource;

export interface Env {
  readonly env: EnvVar[];
  readonly envFrom: EnvFrom[];
}

/**
 * A service's environment: a ConfigMap, and a Secret for secret values. Values are taken
 * literally: Kubernetes replaces `$(NAME)` in `env[].value` only.
 */
export function environment(scope: Scope, service: Service, parent: pulumi.Resource): Env {
  const env: EnvVar[] = [];
  const envFrom: EnvFrom[] = [];
  const entries = Object.entries(service.environment).sort(([a], [b]) => (a < b ? -1 : 1));
  for (const secret of [false, true]) {
    const mine = entries.filter(([name, value]) => looksSecret(name, value) === secret);
    if (mine.length === 0) continue;
    const text: Record<string, pulumi.Input<string>> = {};
    const odd: [string, string][] = [];
    mine.forEach(([name, value], index) => {
      const usual = /^[-._a-zA-Z0-9]{1,253}$/.test(name) && name !== "." && !name.startsWith("..");
      const key = usual ? name : contentKey(name, index);
      if (!usual) odd.push([name, key]);
      text[key] = opened(scope, value);
    });
    const kind = secret ? "secret" : "env";
    const name = makeContent(scope, parent, {
      resource: `${scope.name}-${service.name}-${kind}`,
      base: `${scope.names.of(service.name)}-${kind}`,
      secret,
      text,
    });
    envFrom.push(secret ? { secretRef: { name } } : { configMapRef: { name } });
    for (const [variable, key] of odd)
      env.push({
        name: variable,
        valueFrom: secret ? { secretKeyRef: { name, key } } : { configMapKeyRef: { name, key } },
      });
  }
  return { env, envFrom };
}

/** A word of a command: Kubernetes would replace `$(NAME)` in it, and `$$` is its escape. */
export function escaped(word: string): string {
  return word.replace(/\$(?=[$(])/g, "$$$$");
}
