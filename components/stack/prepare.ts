import { catalogs } from "../clouds";
import { findContext } from "../clouds/local/context";
import type { Snapshot } from "../compose/app";
import { load } from "../compose/load";
import { folderSnapshot } from "../compose/resolve/snapshot";
import { plan as makePlan } from "../plan";
import type { Plan } from "../plan/plan";
import { formatProblem, type Problem } from "../model/problem";
import { display, refer, type Text } from "../model/reference";
import { read } from "../settings/read";
import type { Settings } from "../settings/settings";

/** What the engine, or the offline preview, gives a program. */
export interface ProgramInput {
  readonly project: string;
  readonly stack: string;
  /** The folder of Pulumi.yaml. */
  readonly folder: string;
  /** Namespaced config: `berth:cloud`, `aws:region`; structured values as JSON. */
  readonly config: Readonly<Record<string, string>>;
  /** The keys that the engine calls secret. */
  readonly secretKeys: readonly string[];
  /** Where kubectl looks for its config, as KUBECONFIG names it; absent where nothing is asked for it: offline. */
  readonly kubeconfig?: string;
}

/** The user's input is invalid; the message has every problem, one per line. */
export class Refusal extends Error {
  constructor(readonly problems: readonly Problem[]) {
    super([...new Set(problems.map(formatProblem))].join("\n"));
  }
}

/**
 * Everything before the first resource: config, Compose files, plan.
 *
 * @param preview Missing files of a build or a secret draw a notice instead of an error: a preview in CI may have the
 *   Compose file alone.
 * @throws Refusal with all problems at once.
 */
export function prepare(
  input: ProgramInput,
  preview: boolean,
): { plan: Plan; values: Map<string, string> } {
  const { settings: stated, values, problems, locate } = read(input);
  if (stated === undefined) throw new Refusal(problems);
  const { settings, problem } = onContext(stated, values, input, preview);
  const loaded = load({
    files: settings.compose,
    profiles: settings.profiles,
    variables: settings.variables,
    secrets: secretTexts(settings),
  });
  for (const [key, value] of loaded.values) values.set(key, value);
  // A service with an image in `images` is not built, so its sources need not be here.
  const absent = loaded.absent.filter(({ key }) => {
    const service = /^services\.(.+)\.build\./.exec(key)?.[1];
    return service === undefined || settings.images[service] === undefined;
  });
  const found: Problem[] = [
    ...problems,
    ...(problem === undefined ? [] : [{ ...problem, at: locate(problem.key) }]),
    ...loaded.problems,
    ...(preview ? [] : absent),
  ];
  if (loaded.app === undefined || found.length > 0) throw new Refusal(found);
  const planned = makePlan(loaded.app, settings, catalogs[settings.cloud](), {
    absent,
    preview,
    siteFiles: siteFiles(settings),
  });
  if (planned.plan === undefined)
    throw new Refusal(planned.problems.map((one) => ({ ...one, at: one.at ?? locate(one.key) })));
  return { plan: planned.plan, values };
}

/**
 * The settings with the kubeconfig's context of a cluster on this computer (decisions.md: local-context). A preview
 * needs none, but refuses a wrong one too: before anybody confirms the update.
 */
function onContext(
  settings: Settings,
  values: ReadonlyMap<string, string>,
  { kubeconfig: usual, folder }: ProgramInput,
  preview: boolean,
): { readonly settings: Settings; readonly problem?: Problem } {
  if (settings.cloud !== "local" || settings.shape !== "cluster" || usual === undefined)
    return { settings };
  const { context, kubeconfig } = settings.provider;
  const found = findContext({
    context,
    kubeconfig:
      kubeconfig === undefined
        ? undefined
        : display(kubeconfig, ({ kind, name }) => values.get(`${kind}:${name}`) ?? ""),
    folder,
    usual,
  });
  if ("problem" in found)
    return preview && found.absent ? { settings } : { settings, problem: found.problem };
  return { settings: { ...settings, provider: { ...settings.provider, ...found } } };
}

/** The files of sites that the edge may serve. */
function siteFiles({ sites }: Settings): Record<string, Snapshot> {
  return Object.fromEntries(Object.values(sites).map(({ path }) => [path, folderSnapshot(path)]));
}

function secretTexts({ secrets }: Settings): Record<string, Text> {
  return Object.fromEntries(
    Object.entries(secrets).map(([name, secret]) => [
      name,
      typeof secret === "string" ? secret : refer("generated", name),
    ]),
  );
}
