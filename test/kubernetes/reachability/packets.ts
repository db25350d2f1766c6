import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";

export type Protocol = "tcp" | "udp";

export interface Listener {
  readonly at: string;
  readonly port: number;
  readonly protocol: Protocol;
  /** What it answers. */
  readonly says: string;
}

export interface Probe {
  /** The namespace that asks. */
  readonly at: string;
  /** A name, or addresses. */
  readonly to: string | readonly string[];
  readonly port: number;
  readonly protocol: Protocol;
  /** How often each address is asked: another server may answer. */
  readonly tries: number;
}

/** See packets.py. */
export interface Asked {
  readonly hosts: Readonly<Record<string, string>>;
  readonly rules: string;
  readonly attach: Readonly<Record<string, number>>;
  readonly outside: { readonly address: string; readonly gateway: string } | null;
  readonly resolver: string | null;
  readonly listeners: readonly Listener[];
  readonly probes: readonly Probe[];
}

/** Why packets cannot be tried here; undefined where they can. */
export function cannot(): string | undefined {
  if (process.platform !== "linux") return "network namespaces need Linux";
  return process.getuid?.() === 0 ? undefined : "making network namespaces needs root";
}

/** What each probe heard, in order: what a listener says, or why there was no answer. */
export async function packets(asked: Asked): Promise<string[][]> {
  const child = spawn("python3", [join(__dirname, "packets.py")], {
    stdio: ["pipe", "pipe", "pipe"],
    env: { ...process.env, PATH: `${process.env.PATH ?? ""}:/usr/sbin:/sbin` },
  });
  child.stdin.end(JSON.stringify(asked));
  const [said, complaints, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "close") as Promise<[number | null]>,
  ]);
  if (code !== 0) throw new Error(`packets.py ended with ${String(code)}: ${complaints}`);
  return JSON.parse(said) as string[][];
}
