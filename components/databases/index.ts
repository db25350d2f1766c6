import type { EngineName } from "../model/engine-name";
import { imageParts } from "../model/image-name";
import { derivedOf } from "./derived";
import type { Engine } from "./engine";
import { mariadb } from "./mariadb";
import { mongodb } from "./mongodb";
import { mysql } from "./mysql";
import { opensearch } from "./opensearch";
import { postgres } from "./postgres";
import type { Proxy } from "./proxy";
import { rabbitmq } from "./rabbitmq";
import { redis } from "./redis";
import { runsServer, type CommandLine } from "./server";
import { valkey } from "./valkey";

export { folder, type Health, type Proxy, type Upstream } from "./proxy";

/** Every engine by its name. */
export const engines: { readonly [Name in EngineName]: Engine & { readonly name: Name } } = {
  postgres,
  mysql,
  mariadb,
  redis,
  valkey,
  mongodb,
  opensearch,
  rabbitmq,
};

/** The engine that an image runs, if it is one of them. */
export function engineOf(image: string | undefined): Engine | undefined {
  if (image === undefined) return undefined;
  const { base } = imageParts(image);
  return Object.values<Engine>(engines).find(
    (engine) => engine.images.test(base) || derivedOf(engine, image) !== undefined,
  );
}

/** The engine whose server a service runs: its image is one, and its command line starts no other program. */
export function engineRunBy(
  image: string | undefined,
  commandLine: CommandLine,
): Engine | undefined {
  const engine = engineOf(image);
  return engine !== undefined && runsServer(engine, commandLine) ? engine : undefined;
}

/**
 * The proxy that has a managed database's name and port (decisions.md: name-still-answers): to the application it is
 * the container of the Compose file; to the server it speaks TLS and verifies the certificate.
 *
 * @param listen The port that the application calls.
 * @throws Error for an engine without a proxy; the plan has refused it before.
 */
export function proxyOf(engine: EngineName, listen: number): Proxy {
  const { proxy, title } = engines[engine];
  if (proxy === null) throw new Error(`${title} has no proxy`);
  return proxy(listen);
}
