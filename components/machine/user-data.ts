import { machineDefaults } from "../model/machine-defaults";
import { scripts, units } from "./system-files";

export interface UserDataArgs {
  /** Stable path of the data disk: `/dev/disk/by-id/…`. The only thing that differs between clouds. */
  readonly disk: string;
  /** PEM of the authority, and of the API server's certificate and key. */
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

interface File {
  readonly path: string;
  /** Octal; 0644 by default. */
  readonly mode?: string;
  readonly content: string;
}

/**
 * The cloud-config of a machine, for cloud-init 22.4 and later on Ubuntu 24.04 and Debian 12. Every file
 * is there before the docker.io package is installed, so that Docker's first start is already the right
 * one. A changed byte replaces every machine: test/clouds/golden holds each cloud's text.
 */
export function userData(args: UserDataArgs): string {
  const files: readonly File[] = [
    { path: "/etc/docker/tls/ca.pem", content: args.ca },
    { path: "/etc/docker/tls/server.pem", content: args.cert },
    { path: "/etc/docker/tls/server-key.pem", mode: "0600", content: args.key },
    { path: "/etc/docker/daemon.json", content: daemon() },
    ...scripts(args.disk).map((file) => ({ ...file, mode: "0755" })),
    ...units(),
    ...settings,
  ];
  return [
    "#cloud-config",
    "ssh_pwauth: false",
    "disable_root: true",
    "package_update: true",
    "packages:",
    "  - docker.io",
    "  - unattended-upgrades",
    "write_files:",
    ...files.flatMap(entry),
    "swap:",
    "  filename: /swapfile",
    "  size: 2G",
    "  maxsize: 2G",
    "runcmd:",
    // An image that brings Docker along loaded its units before the files above were there.
    "  - systemctl daemon-reload",
    "  - systemctl reset-failed docker.service || true",
    "  - systemctl enable --now docker.service berth-stop.service berth-reboot.timer berth-tidy.timer",
    "  - systemctl restart systemd-journald.service",
    "  - sysctl --system",
    "",
  ].join("\n");
}

function entry({ path, mode = "0644", content }: File): string[] {
  return [
    `  - path: ${path}`,
    `    permissions: '${mode}'`,
    "    content: |",
    ...content
      .trimEnd()
      .split("\n")
      .map((line) => (line === "" ? "" : `      ${line}`)),
  ];
}

function daemon(): string {
  const settings = {
    hosts: ["fd://", "tcp://0.0.0.0:2376"],
    tls: true,
    tlsverify: true,
    tlscacert: "/etc/docker/tls/ca.pem",
    tlscert: "/etc/docker/tls/server.pem",
    tlskey: "/etc/docker/tls/server-key.pem",
    // Both are stated: a newer Docker with another default store would not find the existing containers.
    "storage-driver": "overlay2",
    features: { "containerd-snapshotter": false },
    "live-restore": true,
    // The least: a container's own longer stop timeout counts.
    "shutdown-timeout": machineDefaults.grace,
    "log-driver": "json-file",
    "log-opts": { "max-size": "10m", "max-file": "3" },
    builder: { gc: { enabled: true, defaultKeepStorage: "5GB" } },
  };
  return JSON.stringify(settings, null, 1);
}

const settings: readonly File[] = [
  {
    path: "/etc/apt/apt.conf.d/20auto-upgrades",
    content: [
      'APT::Periodic::Update-Package-Lists "1";',
      'APT::Periodic::Unattended-Upgrade "1";',
      'APT::Periodic::AutocleanInterval "7";',
    ].join("\n"),
  },
  {
    // The first boot's own upgrade run may hold the lock; a mirror may hiccup.
    path: "/etc/apt/apt.conf.d/80-berth",
    content: ['Acquire::Retries "5";', 'DPkg::Lock::Timeout "300";'].join("\n"),
  },
  {
    path: "/etc/systemd/journald.conf.d/berth.conf",
    content: ["[Journal]", "SystemMaxUse=200M"].join("\n"),
  },
  {
    // Elasticsearch, OpenSearch and Solr refuse to start below 262144 memory maps.
    path: "/etc/sysctl.d/90-berth.conf",
    content: ["vm.max_map_count = 1048576", "vm.swappiness = 10"].join("\n"),
  },
];
