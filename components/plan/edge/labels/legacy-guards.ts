import type { Context } from "../../context";
import type { Middleware } from "../../plan";
import { list, lose, refuse, type Label, type Labels } from "./label";
import { middleware } from "./middlewares";
import { kinds, needless, valueOf } from "./options";

/** The guards of a frontend of Traefik 1, in the order in which it met them. */
export function guardsOf(context: Context, labels: Labels, frontend: string): Middleware[] {
  const at = (option: string): Label | undefined => labels.take(`${frontend}${option}`);
  const ranges = at("whitelist.sourcerange") ?? at("whitelistsourcerange");
  const forwarded = at("whitelist.usexforwardedfor");
  if (forwarded !== undefined && forwarded.value.trim().toLowerCase() !== "false")
    refuse(
      context,
      forwarded,
      "the allow list asks for the addresses in X-Forwarded-For, which the edge takes from no one",
    );
  const header = at("auth.headerfield");
  const own = header === undefined ? {} : { headerField: header.value };
  const basic = at("auth.basic.users") ?? at("auth.basic");
  const removed = at("auth.basic.removeheader");
  const address = at("auth.forward.address");
  return [
    ...(ranges === undefined
      ? []
      : middleware(
          context,
          kinds["ipallowlist"]!,
          list(ranges.value).length === 0 ? {} : { sourceRange: list(ranges.value) },
          ranges,
        )),
    ...(basic === undefined
      ? []
      : middleware(
          context,
          kinds["basicauth"]!,
          { users: basic.value, ...own, ...switched("removeHeader", removed) },
          basic,
        )),
    ...(address === undefined
      ? []
      : middleware(
          context,
          kinds["forwardauth"]!,
          {
            address: address.value,
            ...own,
            ...switched("trustForwardHeader", at("auth.forward.trustforwardheader")),
            ...listed("authResponseHeaders", at("auth.forward.authresponseheaders")),
          },
          address,
        )),
  ];
}

function switched(name: string, label: Label | undefined): Record<string, unknown> {
  const value = label === undefined ? undefined : valueOf("switch", label.value);
  return value === undefined ? {} : { [name]: value };
}

function listed(name: string, label: Label | undefined): Record<string, unknown> {
  const value = label === undefined ? undefined : valueOf("list", label.value);
  return value === undefined ? {} : { [name]: value };
}

/** `traefik.frontend.headers.*`: `name:value||name:value` are headers, the others as version 3 has them. */
export function headersOf(context: Context, labels: Labels, frontend: string): Middleware[] {
  const start = `${frontend}headers.`;
  const options: Record<string, unknown> = {};
  const known = kinds["headers"]!.options;
  for (const label of labels.takeAll(/\.frontend\.headers\./)) {
    if (!label.name.startsWith(start)) continue;
    const option = label.name.slice(start.length);
    if (needless.test(`headers.${option}`)) continue;
    const [path, type] = known[option] ?? [];
    if (path === undefined || type === undefined) {
      lose(context, label, "is not supported by the edge; write headers in berth:routes");
      continue;
    }
    const value = type === "names" ? pairs(label.value) : valueOf(type, label.value);
    if (value === undefined)
      lose(context, label, `"${label.value}" is no value of headers.${path}`);
    else options[path] = value;
  }
  return Object.keys(options).length === 0 ? [] : [{ kind: "headers", options }];
}

function pairs(value: string): Record<string, string> {
  return Object.fromEntries(
    value.split("||").flatMap((pair) => {
      const cut = pair.indexOf(":");
      return cut < 1 ? [] : [[pair.slice(0, cut).trim(), pair.slice(cut + 1).trim()]];
    }),
  );
}
