import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { createHash, createHmac } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../rig/port";
import { killGroup } from "../rig/processes";
import { programAt } from "../rig/pulumi";

/** A key of a user. */
export interface Key {
  readonly id: string;
  readonly secret: string;
}

/** The body that switches a bucket's versioning. */
export const versioning = (status: string): string =>
  `<VersioningConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Status>${status}</Status></VersioningConfiguration>`;

/** A server that speaks S3, with versions, users and bucket policies: versitygw, on all addresses of this computer. */
export class S3Server {
  readonly root: Key = { id: "root", secret: "root-of-the-tests" };

  private constructor(
    readonly port: number,
    private readonly folder: string,
    private readonly child: ChildProcess,
  ) {}

  static async start(): Promise<S3Server> {
    const port = await freePort();
    const folder = mkdtempSync(join(tmpdir(), "berth-s3-"));
    for (const part of ["data", "versions", "users"]) mkdirSync(join(folder, part));
    const words = ["--port", `0.0.0.0:${port}`, "--iam-dir", join(folder, "users"), "--quiet"];
    const posix = ["posix", "--versioning-dir", join(folder, "versions"), join(folder, "data")];
    const child = spawn(programAt("versitygw"), [...words, ...posix], {
      env: {
        ...process.env,
        ROOT_ACCESS_KEY_ID: "root",
        ROOT_SECRET_ACCESS_KEY: "root-of-the-tests",
      },
      stdio: "ignore",
      detached: true,
    });
    const server = new S3Server(port, folder, child);
    for (let tries = 0; (await server.call(server.root, "GET", "/")).status !== 200; tries++) {
      if (tries > 100) throw new Error("versitygw does not answer");
      await sleep(100);
    }
    return server;
  }

  /** A versioned bucket, and a user with such rights on it. */
  async bucket(name: string, rights: readonly object[]): Promise<Key> {
    const user: Key = { id: `${name}-user`, secret: `${name}-secret` };
    const admin = ["--access", this.root.id, "--secret", this.root.secret];
    const words = ["create-user", "--access", user.id, "--secret", user.secret, "--role", "user"];
    const at = ["--endpoint-url", `http://127.0.0.1:${this.port}`];
    execFileSync(programAt("versitygw"), ["admin", ...admin, ...at, ...words], { timeout: 20_000 });
    const policy = {
      Version: "2012-10-17",
      Statement: rights.map((right) => ({ ...right, Principal: { AWS: [user.id] } })),
    };
    for (const [path, body] of [
      [`/${name}`, ""],
      [`/${name}?versioning=`, versioning("Enabled")],
      [`/${name}?policy=`, JSON.stringify(policy)],
    ] as const) {
      const { status, body: said } = await this.call(this.root, "PUT", path, body);
      if (status >= 300) throw new Error(`PUT ${path}: ${status} ${said}`);
    }
    return user;
  }

  /** One signed request (https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html). */
  call(
    key: Key,
    method: string,
    path: string,
    body = "",
  ): Promise<{ status: number; body: string }> {
    const [name = "/", query = ""] = path.split("?");
    const moment = new Date().toISOString().replace(/[-:]|\.\d+/g, "");
    const hash = createHash("sha256").update(body).digest("hex");
    const headers = {
      host: `127.0.0.1:${this.port}`,
      "x-amz-content-sha256": hash,
      "x-amz-date": moment,
    };
    const signed = Object.keys(headers).join(";");
    const sorted = query.split("&").filter(Boolean).sort().join("&");
    const canonical = [
      ...[method, name, sorted],
      ...Object.entries(headers).map((pair) => pair.join(":")),
      ...["", signed, hash],
    ].join("\n");
    const scope = `${moment.slice(0, 8)}/us-east-1/s3/aws4_request`;
    const sha = createHash("sha256").update(canonical).digest("hex");
    let secret: Buffer | string = `AWS4${key.secret}`;
    for (const part of scope.split("/"))
      secret = createHmac("sha256", secret).update(part).digest();
    const text = ["AWS4-HMAC-SHA256", moment, scope, sha].join("\n");
    const signature = createHmac("sha256", secret).update(text).digest("hex");
    const authorization = `AWS4-HMAC-SHA256 Credential=${key.id}/${scope}, SignedHeaders=${signed}, Signature=${signature}`;
    return new Promise((done) => {
      const asked = request(
        { port: this.port, method, path, headers: { ...headers, authorization }, timeout: 10_000 },
        (answer) => {
          let said = "";
          answer.setEncoding("utf8").on("data", (part: string) => (said += part));
          answer.on("end", () => {
            done({ status: answer.statusCode ?? 0, body: said });
          });
        },
      );
      asked.on("timeout", () => asked.destroy());
      asked.on("error", ({ message }) => {
        done({ status: 0, body: message });
      });
      asked.end(body);
    });
  }

  /** Every version of every object of a bucket, deletions among them. */
  async versions(
    bucket: string,
  ): Promise<
    readonly { readonly key: string; readonly version: string; readonly deletion: boolean }[]
  > {
    const { body } = await this.call(this.root, "GET", `/${bucket}?max-keys=1000&versions=`);
    return [...body.matchAll(/<(Version|DeleteMarker)>([^]*?)<\/\1>/g)].map(([, kind, part]) => ({
      key: /<Key>(.*?)<\/Key>/.exec(part!)![1]!,
      version: /<VersionId>(.*?)<\/VersionId>/.exec(part!)![1]!,
      deletion: kind === "DeleteMarker",
    }));
  }

  stop(): void {
    killGroup(this.child);
    rmSync(this.folder, { recursive: true, force: true });
  }
}
