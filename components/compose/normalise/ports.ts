import * as net from "node:net";

/** A port in long syntax. */
interface Port {
  readonly mode: "ingress";
  readonly host_ip?: string;
  readonly target: number;
  readonly published?: string;
  readonly protocol: string;
}

/**
 * Reads the short syntax of a port: `[[ip:]host:]container[/protocol]`, with ranges. A range of
 * container ports gives one port each; a range of host ports over one container port stays a range.
 *
 * @returns the ports, or what is wrong
 */
export function parsePort(spec: string): Port[] | string {
  const slash = spec.lastIndexOf("/");
  const protocol = (slash < 0 ? "tcp" : spec.slice(slash + 1)).toLowerCase();
  const fields = (slash < 0 ? spec : spec.slice(0, slash)).split(":");
  const container = fields.pop() ?? "";
  const host = fields.pop() ?? "";
  const address = fields.join(":");
  const ip = address.replace(/^\[(.*)\]$/, "$1");
  if (container === "") return `"${spec}" names no container port; write host:container`;
  // Without brackets the colons of an IPv6 address are ambiguous.
  if (address !== "" && net.isIP(ip) !== (ip === address ? 4 : 6))
    return `"${address}" is not an IP address; write [ip:]host:container, such as 127.0.0.1:8080:80 or [::1]:8080:80`;
  const target = range(container);
  if (typeof target === "string") return target;
  const published = host === "" ? undefined : range(host);
  if (typeof published === "string") return published;
  const wrong = protocolWrong(protocol);
  if (wrong !== undefined) return wrong;
  const count = target.end - target.start;
  if (published !== undefined && count > 0 && published.end - published.start !== count)
    return `"${host}" and "${container}" are ranges of different length; give both the same length`;
  const ports = Array.from({ length: count + 1 }, (_, index): Port => {
    const port = target.start + index;
    const on =
      published === undefined
        ? undefined
        : count === 0 && published.end > published.start
          ? `${published.start}-${published.end}`
          : String(published.start + index);
    return {
      mode: "ingress",
      ...(ip === "" ? {} : { host_ip: ip }),
      target: port,
      ...(on === undefined ? {} : { published: on }),
      protocol,
    };
  });
  // The reference orders them as text: 10 before 9.
  return ports.sort((a, b) => (`${a.target}/` < `${b.target}/` ? -1 : 1));
}

/** What is wrong with a protocol's name, if anything. */
export function protocolWrong(protocol: string): string | undefined {
  return ["tcp", "udp", "sctp"].includes(protocol)
    ? undefined
    : `"${protocol}" is not a protocol; use tcp, udp or sctp`;
}

/** A port or a range of ports, or what is wrong with it. */
export function range(text: string): { start: number; end: number } | string {
  const [, first, last] = /^(\d+)(?:-(\d+))?$/.exec(text) ?? [];
  if (first === undefined)
    return `"${text}" is not a port; write a number from 1 to 65535, or a range such as 8000-8010`;
  const start = Number(first);
  const end = last === undefined ? start : Number(last);
  if (start > 65535 || end > 65535) return `"${text}" is not a port; ports go up to 65535`;
  if (end < start) return `"${text}" ends before it starts; write the lower port first`;
  return { start, end };
}
