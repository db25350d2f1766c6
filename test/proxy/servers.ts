import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  chmodSync,
  chownSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer, connect } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { folder, type Proxy, type Upstream } from "../../components/proxy";

/** Servers do not run as root: this is Debian's user for nobody. */
const nobody = 65534;
const asRoot = userInfo().uid === 0;

/** Whether the program is on this computer. */
export function has(program: string): boolean {
  try {
    execFileSync("sh", ["-c", `command -v ${program}`], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as { port: number };
  await new Promise((done) => server.close(done));
  return port;
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
    const openssl = (...args: string[]): void => {
      execFileSync("openssl", args, { stdio: "ignore" });
    };
    const ec = [
      "-newkey",
      "ec",
      "-pkeyopt",
      "ec_paramgen_curve:prime256v1",
      "-nodes",
      "-days",
      "2",
    ];
    openssl(
      ...["req", "-x509", ...ec, "-keyout", at("ca.key"), "-out", at("ca.pem")],
      ...["-subj", `/CN=${name}`],
    );
    openssl(
      ...["req", "-x509", ...ec, "-keyout", at("key.pem"), "-out", at("cert.pem")],
      ...["-CA", at("ca.pem"), "-CAkey", at("ca.key"), "-subj", "/CN=localhost"],
      ...[
        "-addext",
        "subjectAltName=DNS:localhost",
        "-addext",
        "basicConstraints=critical,CA:FALSE",
      ],
    );
    for (const file of ["key.pem", "cert.pem"]) this.own(at(file), 0o600);
    return { ca: readFileSync(at("ca.pem"), "utf8"), cert: at("cert.pem"), key: at("key.pem") };
  }

  /** Starts a program, not as root, and gives it up when the bench ends. */
  start(program: string, args: readonly string[]): ChildProcess {
    const child = spawn(program, [...args], {
      cwd: this.folder,
      stdio: ["ignore", "pipe", "pipe"],
      ...(asRoot ? { uid: nobody, gid: nobody } : {}),
    });
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (text: Buffer) => (this.log += text.toString()));
    this.children.push(child);
    return child;
  }

  log = "";

  run(program: string, args: readonly string[]): string {
    return execFileSync(program, [...args], {
      cwd: this.folder,
      encoding: "utf8",
      env: { ...process.env, HOME: this.folder },
      stdio: ["ignore", "pipe", "pipe"],
      ...(asRoot ? { uid: nobody, gid: nobody } : {}),
    });
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
