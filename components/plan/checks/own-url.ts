import { literal } from "../../model/units";
import type { Context } from "../context";
import type { Route, Service } from "../plan";

/**
 * A loss for each health check that calls a host of the stack's own routes: a route leads to a service only when it is
 * healthy (decisions.md: start-first-or-stop-first), so that neither would come first.
 */
export function checkOwnUrls(
  { notices }: Context,
  services: readonly Service[],
  routes: readonly Route[],
): void {
  const hosts = [...new Set(routes.map(({ host }) => host))].filter(
    (host) => host !== "" && !host.startsWith("*."),
  );
  for (const { name, health, ports, compose } of services) {
    const test = health?.test.join(" ") ?? "";
    const host = hosts.find((one) => calls(test, one));
    if (host === undefined) continue;
    const port =
      routes.find((route) => route.service === name && route.host === host)?.port ??
      ports.find(({ protocol }) => protocol === "tcp")?.port;
    notices.loss(
      name,
      compose.healthcheck?.test === undefined ? "healthcheck" : "healthcheck.test",
      `${host} leads here only when the service is healthy, so that this test fails at the first up; call http://localhost${port === undefined ? "" : `:${port}`} instead`,
    );
  }
}

/** Whether a command calls a host: as a URL, or as a word of its own that is no value of a header. */
function calls(test: string, host: string): boolean {
  const escaped = literal(host);
  return new RegExp(`(://|(?<!host:\\s*)(?<![\\w.@/-]))${escaped}(?![\\w.-])`, "i").test(test);
}
