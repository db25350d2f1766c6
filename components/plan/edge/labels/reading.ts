import type { App } from "../../../compose/app";
import { versionOf } from "../../../model/image-name";
import type { Context } from "../../context";
import { EntryPoints } from "./entrypoints";
import { Labels, labelsOf } from "./label";
import { Middlewares } from "./middlewares";
import type { Syntax } from "./matchers";
import { ownTraefik, type Static } from "./static";

/** What reading the labels of one service needs to know of the whole file. */
export interface Reading {
  readonly context: Context;
  readonly all: readonly Labels[];
  readonly middlewares: Middlewares;
  readonly entryPoints: EntryPoints;
  /** The Traefik that the file itself runs. */
  readonly own: Static | undefined;
  /** The version whose language the rules are in, where the file says. */
  readonly syntax: Syntax;
}

export function readingOf(context: Context): Reading {
  const all = labelsOf(context.app);
  const own = ownTraefik(context.app);
  return {
    context,
    all,
    middlewares: new Middlewares(context, all),
    entryPoints: new EntryPoints(own),
    own,
    syntax: syntaxOf(context.app, own),
  };
}

function syntaxOf(app: App, own: Static | undefined): Syntax {
  if (own === undefined) return undefined;
  const stated = own.options.get("core.defaultrulesyntax")?.value.toLowerCase();
  if (stated === "v2" || stated === "v3") return stated;
  const [major] = versionOf(app.services[own.service]!.image ?? "")?.split(".") ?? [];
  return major === "2" ? "v2" : major === "3" ? "v3" : undefined;
}
