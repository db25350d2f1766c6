import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { userData } from "../../components/machine/user-data";

interface CloudConfig {
  readonly packages: readonly string[];
  readonly write_files: readonly {
    readonly path: string;
    readonly permissions: string;
    readonly content: string;
  }[];
  readonly runcmd: readonly string[];
}

/** Each cloud's stable path of the data disk: the only difference between their texts. */
const disks = {
  aws: "/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_vol0123456789abcdef0",
  gcp: "/dev/disk/by-id/google-data",
  digitalocean: "/dev/disk/by-id/scsi-0DO_Volume_bigga-qa-data",
  hetzner: "/dev/disk/by-id/scsi-0HC_Volume_123456789",
} as const;

const pem = (label: string, letter: string): string =>
  `-----BEGIN ${label}-----\n${`${letter.repeat(64)}\n`.repeat(11)}-----END ${label}-----\n`;

const text = (disk: string): string =>
  userData({
    disk,
    ca: pem("CERTIFICATE", "A"),
    cert: pem("CERTIFICATE", "B"),
    key: pem("EC PRIVATE KEY", "C"),
  });

const config = parse(text(disks.gcp)) as CloudConfig;
const file = (path: string): string => {
  const found = config.write_files.find((written) => written.path === path);
  assert.ok(found, `${path} is written`);
  return found.content;
};

describe("user-data", () => {
  for (const [cloud, disk] of Object.entries(disks))
    it(`is the golden text on ${cloud}: a changed byte replaces every machine`, () => {
      const golden = join(__dirname, "golden", `${cloud}.golden.yaml`);
      if (process.env["UPDATE_GOLDEN"] === "1") writeFileSync(golden, text(disk));
      assert.equal(text(disk), readFileSync(golden, "utf8"));
    });

  it("differs between clouds by the disk's path alone", () => {
    const [first, ...others] = Object.values(disks).map((disk) =>
      text(disk).replaceAll(disk, "DISK"),
    );
    for (const other of others) assert.equal(other, first);
  });

  it("stays under the 16 KB that AWS takes", () => {
    assert.ok(Buffer.byteLength(text(disks.aws)) < 16_000);
  });

  it("keeps the server's key from other users, and brings no SSH key", () => {
    const key = config.write_files.find(({ path }) => path === "/etc/docker/tls/server-key.pem");
    assert.equal(key?.permissions, "0600");
    assert.doesNotMatch(text(disks.gcp), /ssh_authorized_keys|ssh-(rsa|ed25519)/);
  });

  it("has Docker require a client certificate, keep containers without its daemon, and stop in time", () => {
    const daemon = JSON.parse(file("/etc/docker/daemon.json")) as Record<string, unknown>;
    assert.equal(daemon["tlsverify"], true);
    assert.equal(daemon["live-restore"], true);
    assert.equal(daemon["storage-driver"], "overlay2");
    assert.equal(daemon["shutdown-timeout"], 10);
    assert.deepEqual(daemon["log-opts"], { "max-size": "10m", "max-file": "3" });
    assert.match(file("/etc/systemd/system/docker.service.d/berth.conf"), /^TimeoutStopSec=40$/m);
  });

  for (const unit of ["docker", "containerd"])
    it(`starts and keeps ${unit} only with the disk`, () => {
      const dropIn = file(`/etc/systemd/system/${unit}.service.d/berth.conf`);
      assert.match(dropIn, /^RequiresMountsFor=\/var\/lib\/docker \/var\/lib\/containerd$/m);
      assert.match(dropIn, /^BindsTo=var-lib-docker\.mount var-lib-containerd\.mount$/m);
      const mount = file(`/etc/systemd/system/var-lib-${unit}.mount`);
      assert.match(mount, /^Requires=berth-disk\.service$/m);
      assert.match(mount, new RegExp(`^Where=/var/lib/${unit}$`, "m"));
    });

  it("formats a disk only when it is blank by blkid and by its first MiB", () => {
    const script = file("/usr/local/sbin/berth-disk");
    const format = script.indexOf("mkfs.ext4");
    const blkid = script.indexOf('[ "$found" -eq 2 ]');
    const zero = script.indexOf("cmp -s -n 1048576");
    assert.ok(blkid > 0 && blkid < zero && zero < format);
    assert.equal(script.split("mkfs").length, 2);
  });

  it("reboots and removes old images on schedule", () => {
    assert.match(file("/etc/systemd/system/berth-reboot.timer"), /^OnCalendar=Sun 04:00 UTC$/m);
    assert.match(file("/etc/systemd/system/berth-tidy.timer"), /^OnCalendar=Sat 03:00 UTC$/m);
    assert.doesNotMatch(file("/usr/local/sbin/berth-tidy"), /container (prune|rm)|system prune/);
  });

  it("writes each file once, as text that YAML gives back unchanged", () => {
    const paths = config.write_files.map(({ path }) => path);
    assert.equal(new Set(paths).size, paths.length);
    assert.equal(file("/etc/docker/tls/ca.pem"), pem("CERTIFICATE", "A"));
    for (const { path, content } of config.write_files)
      if (path.startsWith("/usr/local/sbin/")) assert.match(content, /^#!\/bin\/sh\n/);
  });
});
