import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { main } from "../../cli/commands/preview";

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** What a command in this process writes, and its exit code. */
export async function heard(run: () => Promise<number>): Promise<Ran> {
  const ran = { out: "", err: "" };
  const { stdout, stderr } = process;
  const write = { out: stdout.write.bind(stdout), err: stderr.write.bind(stderr) };
  stdout.write = (text) => ((ran.out += String(text)), true);
  stderr.write = (text) => ((ran.err += String(text)), true);
  try {
    return { code: await run(), ...ran };
  } finally {
    stdout.write = write.out;
    stderr.write = write.err;
  }
}

/** Runs the preview in this process over a folder of its own. */
export class Folder {
  readonly path = mkdtempSync(join(tmpdir(), "berth-preview-"));

  constructor(files: Readonly<Record<string, string>>) {
    const project = "name: shop\nruntime: nodejs\n";
    for (const [name, content] of Object.entries({ "Pulumi.yaml": project, ...files }))
      writeFileSync(join(this.path, name), content);
  }

  /** A key for saved plans is made in the folder, not in the user's configuration. */
  async preview(...words: string[]): Promise<Ran> {
    const before = process.env["XDG_CONFIG_HOME"];
    process.env["XDG_CONFIG_HOME"] = join(this.path, "config");
    try {
      return await heard(() => main(this.path, words));
    } finally {
      if (before === undefined) delete process.env["XDG_CONFIG_HOME"];
      else process.env["XDG_CONFIG_HOME"] = before;
    }
  }

  remove(): void {
    rmSync(this.path, { recursive: true });
  }
}

export const compose = `services:
  web:
    image: nginx:1.29
    ports: ["80:80"]
    environment: { PASSWORD: "\${PASSWORD}", MODE: "\${MODE:-plain}" }
    restart: unless-stopped
    depends_on: [db]
  db:
    image: postgres:17
    restart: unless-stopped
    environment: { POSTGRES_PASSWORD: "\${PASSWORD}" }
    volumes: ["data:/var/lib/postgresql/data"]
volumes:
  data:
`;

export const stack = `config:
  berth:cloud: digitalocean
  berth:operators: [203.0.113.0/24]
  berth:domain: shop.example
  berth:variables:
    PASSWORD: { secure: v1:c2VjcmV0:ZW5jcnlwdGVk }
  berth:monitoring: { alerts: ops@shop.example }
  digitalocean:token: { secure: v1:dG9rZW4=:ZW5jcnlwdGVk }
`;
