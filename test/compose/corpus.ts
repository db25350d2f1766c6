import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import type { Reference } from "../../components/model/reference";
import { load, type Loaded } from "../../components/compose/load";
import { configOutput } from "../../components/compose/normalise/config-output";
import { formatProblem } from "../../components/model/problem";

/** Real Compose files and what the reference implementation makes of them. */
export const corpus = process.env.BERTH_CORPUS ?? path.resolve(__dirname, "../../../shared/corpus");

export interface Case {
  readonly name: string;
  readonly files: readonly string[];
  readonly profiles: readonly string[];
}

export function cases(): Case[] {
  if (!fs.existsSync(corpus)) return [];
  return fs
    .readdirSync(corpus)
    .filter((name) => fs.existsSync(path.join(corpus, name, "case.json")))
    .map((name) => ({
      ...(JSON.parse(fs.readFileSync(path.join(corpus, name, "case.json"), "utf8")) as Case),
      name,
    }));
}

export function loadCase(one: Case): Loaded {
  return load({
    files: one.files.map((file) => path.join(corpus, one.name, file)),
    profiles: one.profiles,
    variables: {},
    lenient: true,
  });
}

/** The case's normal form, references opened, with its folder written as `/case`. */
export function printed(one: Case, { app, problems, values }: Loaded): unknown {
  if (app === undefined) return { problems: problems.map(formatProblem) };
  const open = ({ kind, name }: Reference): string => values.get(`${kind}:${name}`) ?? "";
  const text = JSON.stringify(configOutput(app, open));
  // `~` was /home/user where the reference ran.
  return JSON.parse(
    text
      .replaceAll(path.join(corpus, one.name), "/case")
      .replaceAll(`"source":"${os.userInfo().homedir}/`, '"source":"/home/user/'),
  );
}

export function reference(one: Case): unknown {
  return JSON.parse(fs.readFileSync(path.join(corpus, one.name, "reference.json"), "utf8"));
}
