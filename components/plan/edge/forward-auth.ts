import type { Context } from "../context";
import type { Middleware } from "../plan";

type Asked = NonNullable<Middleware["asks"]>;

const form = "write a URL such as http://authelia:9091/api/authz/forward-auth";

/**
 * Where a forward authentication asks: a service of the Compose file by any of its names, or a host outside.
 *
 * @param address A URL; without its scheme it is `http`.
 * @returns What is wrong and what to do, as a text, where nothing can be asked there.
 */
export function askedService(context: Context, address: string): Asked | string {
  const found = /^(?:(https?):\/\/)?(?:[^/?#@]*@)?([^/?#:[\]]+)(?::(\d+))?([/?][^#]*)?$/i.exec(
    address.trim(),
  );
  if (found === null) return `"${address}" is not a URL to ask; ${form}`;
  const [, given = "http", host = "", port, rest = "/"] = found;
  const scheme = given.toLowerCase() as Asked["scheme"];
  const path = rest.startsWith("/") ? rest : `/${rest}`;
  const service = serviceNamed(context, host);
  if (service === undefined) {
    if (!host.includes("."))
      return `no service ${host} in the Compose file to ask whether a request may pass; ${form}`;
    return { scheme, path, outside: port === undefined ? host : `${host}:${port}` };
  }
  const usual = scheme === "https" ? 443 : 80;
  return { scheme, path, service, port: port === undefined ? usual : Number(port) };
}

/** The service that answers to a name on one of its networks. */
function serviceNamed({ app }: Context, name: string): string | undefined {
  const wanted = name.toLowerCase();
  const all = Object.entries(app.services);
  const named = (names: readonly (string | undefined)[]): boolean =>
    names.some((each) => each?.toLowerCase() === wanted);
  return (all.find(([service]) => named([service])) ??
    all.find(([, { container_name, hostname, networks }]) =>
      named([
        container_name,
        hostname,
        ...Object.values(networks ?? {}).flatMap((attachment) => attachment?.aliases ?? []),
      ]),
    ))?.[0];
}
