import { transformFileSync } from "@swc/core";
import { join } from "node:path";
import { folder, type Proxy } from "../proxy";
import type { Settings } from "./program/main";

const config = "config.json";

/** The files of the program, which Node runs without what TypeScript adds. */
const program = ["main", "session", "client", "server", "scram", "wire"] as const;

/**
 * A program of its own for PostgreSQL (decisions.md: postgres-pass-through): it speaks TLS to the server, and passes on
 * what the client says, its start-up packet and its login too. So the server itself decides which parameters it takes
 * and which roles log in.
 */
export function passThrough(listen: number): Proxy {
  return {
    name: "postgres-proxy",
    image: "node:24-alpine",
    command: ["node", `${folder}/main.js`],
    files: [config, ...program.map((name) => `${name}.js`)],
    contents: ({ host, port, tls, verify, ca, listen: at, client, server, own }) => {
      const settings: Settings = {
        ...{ host, port, tls, verify, listen: at },
        ...(ca === undefined || ca === "" ? {} : { ca }),
        ...(client === undefined ? {} : { client }),
        ...(server === undefined ? {} : { server }),
        ...(own === undefined ? {} : { own }),
      };
      return { [config]: JSON.stringify(settings), ...compiled() };
    },
    health: { tcp: listen },
    offersTls: true,
  };
}

let known: Readonly<Record<string, string>> | undefined;

function compiled(): Readonly<Record<string, string>> {
  known ??= Object.fromEntries(
    program.map((name) => [
      `${name}.js`,
      transformFileSync(join(__dirname, "program", `${name}.ts`), {
        swcrc: false,
        jsc: { parser: { syntax: "typescript" }, target: "es2022" },
        module: { type: "commonjs" },
      }).code,
    ]),
  );
  return known;
}
