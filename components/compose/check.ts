import type { App } from "./app";
import type { Context } from "./context";

/** Tells what does not fit together in the whole App. */
export function check(
  app: App,
  _defined: (kind: string) => ReadonlySet<string>,
  context: Context,
): void {
  for (const [name, service] of Object.entries(app.services))
    if (
      service.image === undefined &&
      service.build === undefined &&
      service.provider === undefined
    )
      context.complain(
        app.positions.get(`services.${name}`),
        `services.${name}`,
        "has neither image nor build; give it one",
      );
}
