import { execFileSync, spawn, type ChildProcess, type SpawnOptions } from "node:child_process";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { connect } from "node:net";
import { homedir, tmpdir, userInfo } from "node:os";
import { join, resolve } from "node:path";
import type { Context } from "mocha";
import { folder, type Proxy, proxyOf, type Upstream } from "../../components/databases";
import type { EngineName } from "../../components/model/engine-name";
import { freePort } from "../rig/port";

/** Servers do not run as root: this is Debian's user for nobody. */
const nobody = 65534;
const asRoot = userInfo().uid === 0;

const rig = process.env.BERTH_RIG ?? join(homedir(), ".cache/berth-rig");
const sid = join(rig, "programs/mysql-sid");
const inSid = resolve(__dirname, "../rig/in-sid.sh");
/** What test/rig/install.sh takes from Debian sid, and runs in a folder of its own as nobody. */
const ofSid = new Set(["mysqlrouter", "mysqld", "mysql"]);

/** Built into root's own folder, which no other user may read. */
const ofRig = new Set(["ferretdb"]);

const versions = "/usr/lib/postgresql";
/** Where this computer's programs are, the servers of Debian's packages too. */
const path = [
  process.env.PATH ?? "",
  join(rig, "bin"),
  ...(existsSync(versions) ? readdirSync(versions) : []).map((name) => join(versions, name, "bin")),
  "/usr/sbin",
  "/sbin",
].join(":");

/** A shell script that runs a program of Debian sid in place of this computer's. */
export const fromSid = (program: string): string =>
  `#!/bin/sh\nexport PATH='${path}' BERTH_RIG='${rig}'\nexec '${inSid}' ${program} "$@"\n`;

function has(program: string): boolean {
  if (ofSid.has(program)) return asRoot && existsSync(sid);
  return path.split(":").some((bin) => existsSync(join(bin, program)));
}

/** Skips with the reason, or fails where rigs are required, when one of the programs is missing. */
export function needs(context: Context, ...programs: readonly string[]): void {
  const missing = programs.filter((program) => !has(program));
  if (missing.length === 0) return;
  const reason = `there is no ${missing.join(", ")} here; run test/rig/install.sh databases as root`;
  if (process.env.BERTH_RIG_REQUIRED === "1") throw new Error(reason);
  console.error(`skipped: ${reason}`);
  context.skip();
}

interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly root?: boolean;
}

function openssl(...args: string[]): void {
  execFileSync("openssl", args, { stdio: "ignore" });
}

function certificate(...args: string[]): void {
  openssl("req", "-x509", "-nodes", "-days", "2", ...args);
}

/** A folder for servers, keys and proxies, and everything that runs in it. */
export class Bench {
  readonly folder = mkdtempSync(join(tmpdir(), "berth-proxy-"));
  private readonly children: ChildProcess[] = [];

  constructor() {
    this.own(this.folder);
  }

  /** An authority, and a server's certificate for `localhost` that it signed. */
  authority(name: string): { ca: string; cert: string; key: string } {
    const at = (file: string): string => join(this.folder, `${name}-${file}`);
    const ec = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"];
    certificate(...ec, "-keyout", at("ca.key"), "-out", at("ca.pem"), "-subj", `/CN=${name}`);
    certificate(
      ...[...ec, "-keyout", at("key.pem"), "-out", at("cert.pem"), "-subj", "/CN=localhost"],
      ...["-CA", at("ca.pem"), "-CAkey", at("ca.key")],
      ...["-addext", "subjectAltName=DNS:localhost"],
      ...["-addext", "basicConstraints=critical,CA:FALSE"],
    );
    for (const file of ["key.pem", "cert.pem"]) this.own(at(file), 0o600);
    return { ca: readFileSync(at("ca.pem"), "utf8"), cert: at("cert.pem"), key: at("key.pem") };
  }

  /** What a proxy shows to clients, as the plan makes it: PEM, with an RSA key in the form of PKCS #1. */
  shown(): { cert: string; key: string } {
    const at = (file: string): string => join(this.folder, `shown-${file}`);
    certificate(
      "-newkey",
      "rsa:2048",
      "-keyout",
      at("8.pem"),
      "-out",
      at("cert"),
      "-subj",
      "/CN=db",
    );
    openssl("rsa", "-traditional", "-in", at("8.pem"), "-out", at("key"));
    return { cert: readFileSync(at("cert"), "utf8"), key: readFileSync(at("key"), "utf8") };
  }

  /** A folder that the servers' user may write to. */
  room(name: string): string {
    const room = join(this.folder, name);
    mkdirSync(room, { recursive: true });
    this.own(room);
    return room;
  }

  /** A file that the servers' user may read. */
  file(name: string, text: string, mode = 0o644): string {
    const file = join(this.folder, name);
    writeFileSync(file, text);
    this.own(file, mode);
    return file;
  }

  /** Starts a program, not as root where it can be, and ends it with the bench. */
  start(program: string, args: readonly string[]): ChildProcess {
    const child = spawn(...this.called(program, args), {
      ...this.surroundings(ofSid.has(program) || ofRig.has(program)),
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (text: Buffer) => (this.log += text.toString()));
    this.children.push(child);
    return child;
  }

  log = "";

  /** What a program prints; `root` is for those that run others in a folder of their own. */
  run(
    program: string,
    args: readonly string[],
    { env = {}, root = ofSid.has(program) }: RunOptions = {},
  ): string {
    const surroundings = this.surroundings(root);
    return execFileSync(...this.called(program, args), {
      ...surroundings,
      encoding: "utf8",
      maxBuffer: 2 ** 26,
      env: { ...surroundings.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
  }

  private called(program: string, args: readonly string[]): [string, string[]] {
    return ofSid.has(program) ? [inSid, [program, ...args]] : [program, [...args]];
  }

  private surroundings(root: boolean): SpawnOptions & { env: NodeJS.ProcessEnv } {
    return {
      cwd: this.folder,
      // Not every computer lets others write to /tmp.
      env: { ...process.env, PATH: path, BERTH_RIG: rig, HOME: this.folder, TMPDIR: this.folder },
      ...(asRoot && !root ? { uid: nobody, gid: nobody } : {}),
    };
  }

  /** Runs a proxy with the very files that a pod would have, in another folder. */
  proxy(proxy: Proxy, upstream: Upstream): ChildProcess {
    const own = join(this.folder, `${proxy.name}-${upstream.listen}`);
    mkdirSync(own);
    for (const [file, text] of Object.entries(proxy.contents(upstream))) {
      writeFileSync(join(own, file), text.replaceAll(folder, own));
      this.own(join(own, file));
    }
    const [program = "", ...args] = proxy.command.map((word) => word.replaceAll(folder, own));
    return this.start(program, args);
  }

  /**
   * Runs HAProxy until it answers. Several share this computer, and in pods they would not: the port of their health
   * differs.
   *
   * @param names The port of a server of names in place of this computer's.
   */
  async haproxy(engine: EngineName, at: Upstream, names?: number): Promise<void> {
    const health = await freePort();
    const proxy = proxyOf(engine, at.listen);
    // A name server may not know localhost, and after half a minute HAProxy would take the server out.
    const server =
      names === undefined ? "parse-resolv-conf\n  hold nx 1h" : `nameserver own 127.0.0.1:${names}`;
    const own = (text: string): string =>
      text.replace("bind :8404", `bind :${health}`).replace("parse-resolv-conf", server);
    const contents = (of: Upstream): Record<string, string> =>
      Object.fromEntries(
        Object.entries(proxy.contents(of)).map(([file, text]) => [file, own(text)]),
      );
    this.proxy({ ...proxy, contents }, at);
    await this.answers(at.listen);
  }

  async answers(port: number): Promise<void> {
    for (let left = 100; left > 0; left--) {
      const up = await new Promise<boolean>((done) => {
        const socket = connect(port, "127.0.0.1");
        socket.once("connect", () => {
          socket.destroy();
          done(true);
        });
        socket.once("error", () => {
          done(false);
        });
      });
      if (up) return;
      await new Promise((done) => setTimeout(done, 100));
    }
    throw new Error(`nothing answers on ${port}:\n${this.log}`);
  }

  /** Until what runs here has said it. */
  async says(what: RegExp): Promise<void> {
    for (let left = 100; left > 0 && !what.test(this.log); left--)
      await new Promise((done) => setTimeout(done, 50));
    if (!what.test(this.log)) throw new Error(`nobody said ${String(what)}:\n${this.log}`);
  }

  async end(): Promise<void> {
    for (const child of this.children) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const ended = new Promise((done) => child.once("exit", done));
      child.kill("SIGKILL");
      await ended;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }

  private own(file: string, mode?: number): void {
    if (mode !== undefined) chmodSync(file, mode);
    if (asRoot) chownSync(file, nobody, nobody);
  }
}
