import type { Engine } from "../engine";
import { redis } from "../redis";

/** Redis's protocol and commands. */
export const valkey = {
  ...redis,
  name: "valkey",
  title: "Valkey",
  programs: ["valkey-server", "redis-server"],
  images: /^valkey$/,
  derived: [{ images: /(^|\/)valkey-(bundle|extensions)$/, extensions: ["search", "json", "bf"] }],
} as const satisfies Engine;
