import { join } from "node:path";
import { load } from "../../../components/compose/load";
import { objectName } from "../../../components/kubernetes/names";
import type { Api, KubernetesObject } from "../../rig/kube/api";
import { connect, defineKinds, makeNamespace, programs } from "../cluster";
import { count, score } from "./score";
import { kompose, sources, type Source } from "./sources";
import { page, type Outcome, type Row } from "./table";

/** What one converter makes of a source, and what API server and kube-score say to it. */
async function outcome(
  api: Api,
  services: readonly string[],
  convert: () => KubernetesObject[] | Promise<KubernetesObject[]>,
): Promise<Outcome> {
  let objects: KubernetesObject[];
  try {
    objects = await convert();
  } catch (error) {
    const { stderr, message } = error as { stderr?: string; message: string };
    const [last] = (stderr ?? "").trim().split("\n").slice(-1);
    const refused = last === undefined || last === "" ? message.split("\n")[0]! : last;
    return { refused, rejected: [], findings: new Map(), named: new Map() };
  }
  // Objects are refused in a namespace that a dry run has made: one is there for the time.
  const metadata = { name: "berth-kompose" };
  const namespace = await makeNamespace(api, { apiVersion: "v1", kind: "Namespace", metadata });
  const rejected: string[] = [];
  for (const object of objects) {
    const inside = { ...object.metadata, namespace: namespace.metadata.name };
    const placed = object.kind === "Namespace" ? object : { ...object, metadata: inside };
    await api.create(placed, { dryRun: true }).catch((error: unknown) => {
      rejected.push(`${object.kind} ${object.metadata.name}: ${(error as Error).message}`);
    });
  }
  const scored = score(join(programs, "kube-score"), objects);
  const names = new Set(services.map((service) => objectName(service)));
  return { rejected, findings: count(scored), named: count(scored, names) };
}

function servicesOf({ folder, files, profiles }: Source): string[] {
  const paths = files.map((file) => join(folder, file));
  const { app } = load({ files: paths, profiles, variables: {}, lenient: true });
  return Object.keys(app?.services ?? {});
}

async function main(): Promise<void> {
  const { api } = await connect();
  await defineKinds(api);
  const rows: Row[] = [];
  for (const source of sources()) {
    process.stderr.write(`${source.name}\n`);
    const services = servicesOf(source);
    rows.push({
      name: source.name,
      services: services.length,
      kompose: await outcome(api, services, () => kompose(join(programs, "kompose"), source)),
      berth: await outcome(api, services, source.berth),
    });
  }
  const date = new Date().toISOString().slice(0, 10);
  process.stdout.write(page(rows, date, "kompose 1.35.0 and kube-score 1.20.0"));
}

void main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(`compare: ${(error as Error).message}`);
    process.exit(1);
  },
);
