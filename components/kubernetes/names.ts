import { createHash } from "node:crypto";
import type { Plan, Service } from "../plan/plan";
import { slug } from "../model/units";

/**
 * A name as Kubernetes allows it for every kind of object, Services among them (RFC 1035 label): lower-case
 * letters, digits and dashes, first a letter. One that is too long is cut and ends in a hash of the whole.
 */
export function objectName(text: string, max = 63): string {
  const plain = slug(text);
  const name = plain === "" ? `x-${hashOf(text)}` : /^[a-z]/.test(plain) ? plain : `x-${plain}`;
  if (name.length <= max) return name;
  return `${name.slice(0, max - 7).replace(/-+$/, "")}-${hashOf(text)}`;
}

const hashOf = (text: string): string =>
  createHash("sha256").update(text).digest("hex").slice(0, 6);

/** Room for what controllers put behind a workload's name: pods of a StatefulSet or a CronJob carry it as a label. */
export const workloadLength = 52;

/** The physical names of a plan's services, unique also where two of them have the same slug. */
export class Names {
  private readonly names = new Map<string, string>();

  constructor(plan: Plan) {
    const taken = new Set<string>();
    const all = [
      ...plan.services.map(({ name }) => name),
      ...plan.databases.filter(({ managed }) => managed).map(({ service }) => service),
    ];
    for (const service of all) {
      const plain = objectName(service, workloadLength);
      const name = taken.has(plain)
        ? objectName(`${plain}-${hashOf(service)}`, workloadLength)
        : plain;
      taken.add(name);
      this.names.set(service, name);
    }
  }

  /** The name of a service's workload, and its value of the label `berth.service`. */
  of(service: string): string {
    return this.names.get(service) ?? objectName(service, workloadLength);
  }
}

/** The service whose pod another one is in: itself, or the one whose network it shares. */
export function podOwner(plan: Plan, name: string): string {
  const service = plan.services.find((one) => one.name === name);
  const shared = service?.sharesNetworkOf;
  if (service === undefined || shared === undefined || !sharesPod(plan, service)) return name;
  return podOwner(plan, shared);
}

/** Whether a service is a container of another one's pod: both of them have to stay up. */
export function sharesPod(plan: Plan, service: Service): boolean {
  const owner = plan.services.find(({ name }) => name === service.sharesNetworkOf);
  return owner !== undefined && staysUp(owner) && staysUp(service);
}

export const staysUp = ({ rollout }: Service): boolean => rollout !== "job" && rollout !== "cron";
