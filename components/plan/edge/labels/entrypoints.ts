import type { Port } from "../../../compose/app";
import { reachOf } from "../../../model/addresses";
import type { Option, Static } from "./static";

/** What the entrypoints of a router say about it. */
export interface Entry {
  /** Whether anyone outside can reach one of them. */
  readonly reachable: boolean;
  /** Whether one of them speaks TLS. */
  readonly secure: boolean;
  /** Middlewares of the entrypoints themselves, and options of their TLS. */
  readonly middlewares: readonly Option[];
  readonly tlsOptions: readonly Option[];
}

interface EntryPoint extends Entry {
  readonly name: string;
  readonly port: number;
  readonly byDefault: boolean;
}

const option = /^entrypoints\.([^.]+)\./;

/** The entrypoints of the Compose file's own Traefik; without one, those of a Traefik that is not in it. */
export class EntryPoints {
  readonly #known: readonly EntryPoint[] | undefined;

  constructor(own: Static | undefined) {
    const names = [...(own?.options.keys() ?? [])].flatMap((name) => option.exec(name)?.[1] ?? []);
    this.#known =
      own === undefined || names.length === 0
        ? undefined
        : [...new Set(names)].map((name) => entryPoint(own, name));
  }

  /** @param names Those that a router names; none means the default ones. */
  of(names: readonly string[]): Entry {
    const lower = names.map((name) => name.toLowerCase());
    if (this.#known === undefined)
      return {
        reachable: lower.length === 0 || lower.some((name) => usual.test(name)),
        secure: lower.length === 0 || lower.some((name) => /secure|https|tls/.test(name)),
        middlewares: [],
        tlsOptions: [],
      };
    const web = this.#known.filter(({ byDefault }) => byDefault);
    const found =
      lower.length > 0
        ? this.#known.filter(({ name }) => lower.includes(name))
        : web.length > 0
          ? web
          : this.#known;
    const open = found.filter(({ reachable }) => reachable);
    return {
      reachable: open.length > 0,
      secure: open.some(({ secure }) => secure),
      middlewares: distinct(open.flatMap(({ middlewares }) => middlewares)),
      tlsOptions: distinct(open.flatMap(({ tlsOptions }) => tlsOptions)),
    };
  }

  /** The port of an entrypoint, for messages. */
  portOf(name: string): number | undefined {
    return this.#known?.find((one) => one.name === name.toLowerCase())?.port;
  }
}

/** Names that a Traefik outside of the Compose file usually gives to what everyone reaches. */
const usual = /^(web|http|https|web-?_?secure)$/;

function distinct(all: readonly Option[]): Option[] {
  return [...new Map(all.map((one) => [one.value, one])).values()];
}

function entryPoint({ options, compose }: Static, name: string): EntryPoint {
  const start = `entrypoints.${name}.`;
  const at = (key: string): Option[] => {
    const found = options.get(`${start}${key}`);
    return found === undefined ? [] : [found];
  };
  const address = at("address")[0]?.value ?? "";
  const port = Number(/:(\d+)(?:\/\w+)?$/.exec(address)?.[1] ?? 80);
  const bound = /^(127\.|localhost|\[?::1)/.test(address);
  const published =
    compose.network_mode === "host" ||
    (compose.ports ?? []).some((each) => each.target === port && isPublic(each));
  return {
    name,
    port,
    reachable: published && !bound,
    secure: port === 443 || [...options.keys()].some((key) => key.startsWith(`${start}http.tls`)),
    byDefault: at("asdefault")[0]?.value === "true",
    middlewares: at("http.middlewares"),
    tlsOptions: at("http.tls.options"),
  };
}

const isPublic = ({ published, host_ip }: Port): boolean =>
  published !== undefined && ["world", "one"].includes(reachOf(host_ip));
