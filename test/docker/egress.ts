import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Bench } from "./rig";

const hostName = "host.docker.internal";

export const words = { postgres: "outside/word", redis: "cache@word", app: "apps-own-word" };

/**
 * Servers that Berth did not make, on the same Docker, that take TLS alone and whose certificate is signed by an
 * authority of their own.
 */
export class Egress {
  /** The name by which containers reach what runs beside Docker. */
  readonly host = hostName;
  private readonly folder: string;
  private readonly ports = new Map<string, string>();

  constructor(private readonly bench: Pick<Bench, "folder" | "prefix" | "docker">) {
    this.folder = join(bench.folder, "outside");
    mkdirSync(this.folder);
  }

  /** Makes an authority, and a certificate for the servers that it signed. */
  newAuthority(): void {
    const at = (file: string): string => join(this.folder, file);
    const openssl = (...args: string[]): void => {
      execFileSync("openssl", args, { stdio: "ignore" });
    };
    const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
    const made = ["req", "-x509", ...key, "-days", "2"];
    openssl(...made, "-keyout", at("ca.key"), "-out", at("ca.pem"), "-subj", "/CN=outside");
    openssl(
      ...[...made, "-keyout", at("key.pem"), "-out", at("cert.pem"), "-subj", `/CN=${hostName}`],
      ...["-CA", at("ca.pem"), "-CAkey", at("ca.key")],
      ...["-addext", `subjectAltName=DNS:${hostName}`],
      ...["-addext", "basicConstraints=critical,CA:FALSE"],
    );
    chmodSync(at("key.pem"), 0o644);
    writeFileSync(at("hba.conf"), "local all all trust\nhostssl all all all scram-sha-256\n");
  }

  /** Gives the newest authority to whom the URL of a server names its file. */
  publish(...servers: readonly string[]): void {
    for (const server of servers)
      writeFileSync(this.authority(server), readFileSync(join(this.folder, "ca.pem")));
  }

  /** The newest authority. */
  get ca(): string {
    return readFileSync(join(this.folder, "ca.pem"), "utf8");
  }

  port(server: string): string {
    return this.ports.get(server) ?? "";
  }

  private authority(server: string): string {
    return join(this.folder, `${server}-ca.pem`);
  }

  /** @param user The administrator. */
  postgres(user = "postgres"): void {
    const tls = "-c ssl=on -c ssl_cert_file=/tls/cert.pem -c ssl_key_file=/tls/key.pem";
    this.run(
      "postgres",
      5432,
      [
        ...["postgres:17", "-e", `POSTGRES_USER=${user}`, "-e", "POSTGRES_DB=shop"],
        ...["-e", `POSTGRES_PASSWORD=${words.postgres}`],
      ],
      `chown -R postgres /tls; chmod 600 /tls/key.pem; exec docker-entrypoint.sh postgres ${tls} -c hba_file=/tls/hba.conf`,
    );
  }

  redis(): void {
    this.run(
      "redis",
      6380,
      ["redis:7"],
      `exec redis-server --port 0 --tls-port 6380 --tls-cert-file /tls/cert.pem --tls-key-file /tls/key.pem --tls-auth-clients no --requirepass ${words.redis}`,
    );
  }

  url(scheme: string, user: string, word: string, server: string, rest: string): string {
    const at = `${hostName}:${this.port(server)}`;
    return `${scheme}://${user}:${encodeURIComponent(word)}@${at}${rest}=${encodeURIComponent(this.authority(server))}`;
  }

  /** Starts it, in the place of the one before on the same port. */
  private run(name: string, port: number, [image, ...more]: string[], command: string): void {
    const container = `${this.bench.prefix}-outside-${name}`;
    if (this.ports.has(name)) this.bench.docker("rm", "-fv", container);
    const published = this.ports.get(name) ?? "";
    this.bench.docker(
      ...["create", "--name", container, "-p", `${published}:${port}`, ...more, "--user", "0"],
      ...["--entrypoint", "sh", image!, "-c", command],
    );
    const files = ["cert.pem", "key.pem", "hba.conf"].map((file) => join(this.folder, file));
    execFileSync("sh", ["-c", 'mkdir -p "$0/tls" && cp "$@" "$0/tls"', this.folder, ...files]);
    this.bench.docker("cp", join(this.folder, "tls"), `${container}:/tls`);
    this.bench.docker("start", container);
    this.ports.set(name, this.bench.docker("port", container, String(port)).split(/[:\s]/)[1]!);
  }

  dispose(): void {
    for (const name of this.ports.keys())
      this.bench.docker("rm", "-fv", `${this.bench.prefix}-outside-${name}`);
    this.ports.clear();
  }
}
