import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Fact, Facts, ObjectFacts, Type } from "../facts";
import { secretsOf } from "./sdk";

/*
 * ts-node test/simulators/facts/extract.ts <folder with <package>.json> [package]...
 *
 * Makes the compact facts of this folder from the providers' property lists: every resource of
 * docker, tls and random, those that Berth uses of digitalocean, and the nested types they name.
 */

const used: Readonly<Record<string, RegExp>> = {
  docker: /./,
  tls: /./,
  random: /./,
  digitalocean: new RegExp(
    `:(${[
      "ContainerRegistry(DockerCredentials)?|Database(Cluster|Firewall|Replica|(Mysql|Postgresql|Valkey)Config)|DnsRecord|Droplet",
      "Firewall|Kubernetes(Cluster|NodePool)|LoadBalancer|MonitorAlert|ReservedIp(Assignment)?",
      "Tag|Volume|Vpc",
    ].join("|")})$`,
  ),
};

/** Every nested type that `type` names. */
function named(type: Type): string[] {
  if (typeof type === "string") return [type];
  return named(Array.isArray(type) ? (type as [Type])[0] : (type as { "*": Type })["*"]);
}

function rename(type: Type, to: (name: string) => string): Type {
  if (typeof type === "string") return to(type);
  if (Array.isArray(type)) return [rename((type as [Type])[0], to)];
  return { "*": rename((type as { "*": Type })["*"], to) };
}

/** The part of a package's property lists that `wanted` types need, types by their short names. */
export function extract(name: string, all: Facts, wanted: RegExp): Facts {
  const short = (type: string): string => type.split(":").at(-1) ?? type;
  const slim = (of: ObjectFacts): ObjectFacts =>
    Object.fromEntries(
      Object.entries(of).map(([key, fact]): [string, Fact] => [
        key,
        { ...fact, type: rename(fact.type, short) },
      ]),
    );
  const byShort = new Map(Object.entries(all.types).map(([token, of]) => [short(token), of]));
  const resources = Object.fromEntries(
    Object.entries(all.resources)
      .filter(([token]) => token.startsWith(`${name}:`) && wanted.test(token))
      .map(([token, of]) => [token, slim(of)]),
  );
  const types: Record<string, ObjectFacts> = {};
  const follow = (of: ObjectFacts): void => {
    for (const { type } of Object.values(of))
      for (const found of named(type)) {
        const nested = byShort.get(found);
        if (nested === undefined || types[found] !== undefined) continue;
        types[found] = slim(nested);
        follow(types[found]);
      }
  };
  Object.values(resources).forEach(follow);
  return { resources, types, secrets: secretsOf(Object.keys(resources)) };
}

/** One resource or type a line: small, and a changed fact is a changed line. */
export function print(facts: Facts): string {
  const part = (of: Readonly<Record<string, unknown>>): string =>
    Object.keys(of)
      .sort()
      .map((key) => `    ${JSON.stringify(key)}: ${JSON.stringify(of[key])}`)
      .join(",\n");
  const parts = (["resources", "types", "secrets"] as const).map(
    (name) => `  "${name}": {\n${part(facts[name])}\n  }`,
  );
  return `{\n${parts.join(",\n")}\n}\n`;
}

if (require.main === module) {
  const [folder, ...packages] = process.argv.slice(2);
  if (folder === undefined) throw new Error("extract.ts: name the folder of the property lists");
  for (const name of packages.length > 0 ? packages : Object.keys(used)) {
    const all = JSON.parse(readFileSync(join(folder, `${name}.json`), "utf8")) as Facts;
    const facts = extract(name, all, used[name] ?? /./);
    writeFileSync(join(__dirname, `${name}.json`), print(facts));
  }
}
