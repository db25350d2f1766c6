import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { engines } from "../../components/databases";
import { script } from "../../components/docker/backups/script";
import { planOf } from "../plan/make";
import { deploy } from "./deploy";

const volume = [{ type: "volume" as const, source: "rows", target: "/var/lib/mysql" }];

describe("the container that makes backups", () => {
  it("mounts what it copies and has the scripts of each database", async () => {
    const made = planOf(
      {
        db: { image: "mysql:8", restart: "always", volumes: volume },
        web: { volumes: [{ type: "volume", source: "files", target: "/files" }] },
      },
      {},
      { volumes: { rows: { name: "rows" }, files: { name: "files" } } },
    );
    const deployment = await deploy(made, false, {
      repository: "s3:https://host/bucket",
      password: "word",
      credentials: { AWS_SECRET_ACCESS_KEY: "key" },
    });
    const { inputs } = deployment.of("box-backups-scheduler");
    const mounted = inputs["volumes"] as readonly { readonly containerPath: string }[];
    assert.deepEqual(
      mounted.map(({ containerPath }) => containerPath),
      ["/var/run/docker.sock", "/volumes/files"],
    );
    const uploads = inputs["uploads"] as readonly { readonly file: string }[];
    assert.deepEqual(
      uploads.map(({ file }) => file.replace("/etc/berth/backups/", "")),
      [
        "/usr/local/bin/berth-backup",
        "databases/db/dump",
        "databases/db/restore",
        "databases/db/count",
        "volumes/files/pause",
      ],
    );
  });

  it("runs scripts that a shell can read", () => {
    const scripts = Object.values(engines).flatMap(({ backup }) =>
      backup.kind === "dump" ? [backup.dump, backup.restore, backup.count] : [backup.flush ?? ""],
    );
    for (const one of [script, ...scripts]) execFileSync("sh", ["-n"], { input: one });
  });
});
