import { dataDiskFolder as mountPoint } from "../model/data-disk";
import { machineDefaults } from "../model/machine-defaults";

interface SystemFile {
  readonly path: string;
  readonly content: string;
}

/** What the units below run. POSIX shell: dash is the first one on Debian and Ubuntu. */
export function scripts(disk: string): readonly SystemFile[] {
  return [
    {
      path: "/usr/local/sbin/berth-disk",
      content: `
#!/bin/sh
# Waits for the data disk, gives a blank one a file system, and mounts it.
set -eu
disk=${disk}
mountpoint -q ${mountPoint} && exit 0
until [ -b "$disk" ]; do sleep 1; done
found=0
blkid -p "$disk" >/dev/null || found=$?
if [ "$found" -eq 2 ]; then
  # Not even blkid knows it: blank only if nothing was ever written to its start.
  if ! cmp -s -n 1048576 "$disk" /dev/zero; then
    echo "$disk holds data but no file system; it is left alone" >&2
    exit 1
  fi
  mkfs.ext4 -q -m 0 -L berth "$disk"
fi
e2fsck -p "$disk" || [ $? -lt 4 ]
mkdir -p ${mountPoint}
mount -t ext4 -o noatime "$disk" ${mountPoint}
resize2fs "$disk"
mkdir -p ${mountPoint}/docker ${mountPoint}/containerd /var/lib/docker /var/lib/containerd
chmod 0711 ${mountPoint}/docker ${mountPoint}/containerd
`,
    },
    {
      path: "/usr/local/sbin/berth-firewall",
      content: `
#!/bin/sh
# No container reaches the cloud's metadata service: it gives out this machine's user-data.
# Port 53 stays: on Google Cloud the name server has the same address.
set -eu
iptables -w -N DOCKER-USER 2>/dev/null || true
for protocol in tcp udp; do
  rule="-d 169.254.169.254 -p $protocol ! --dport 53 -j DROP"
  iptables -w -C DOCKER-USER $rule 2>/dev/null || iptables -w -I DOCKER-USER $rule
done
`,
    },
    {
      path: "/usr/local/sbin/berth-live-restore",
      content: `
#!/bin/sh
# berth-live-restore true|false: whether containers outlive dockerd.
set -eu
sed -i "s/\\"live-restore\\": [a-z]*/\\"live-restore\\": $1/" /etc/docker/daemon.json
kill -HUP "$(cat /run/docker.pid)"
sleep 1
`,
    },
    {
      path: "/usr/local/sbin/berth-tidy",
      content: `
#!/bin/sh
# Keeps the five newest images of each repository, for rollback; images in use refuse to go.
# Containers are never pruned: an ended one-shot is still one of the stack's resources.
set -u
docker image ls --format '{{.Repository}} {{.ID}}' |
  awk '$1 != "<none>" && ++seen[$1] > 5 {print $2}' | sort -u |
  while read -r image; do docker image rm "$image" >/dev/null 2>&1; done
docker image prune -f --filter until=168h
docker builder prune -f --filter until=168h
# A disk that has grown since the last boot.
resize2fs "$(findmnt -no SOURCE ${mountPoint})"
`,
    },
  ].map(({ path, content }) => ({ path, content: content.trim() }));
}

/** systemd units and drop-ins: no disk, no Docker. */
export function units(): readonly SystemFile[] {
  const system = "/etc/systemd/system";
  const needsDisk = [
    "RequiresMountsFor=/var/lib/docker /var/lib/containerd",
    "BindsTo=var-lib-docker.mount var-lib-containerd.mount",
    "After=var-lib-docker.mount var-lib-containerd.mount",
  ];
  const bind = (folder: string): SystemFile => ({
    path: `${system}/var-lib-${folder}.mount`,
    content: lines(
      "[Unit]",
      // The default dependencies would order it before the very service that it waits for.
      "DefaultDependencies=no",
      "Requires=berth-disk.service",
      "After=berth-disk.service",
      "Conflicts=umount.target",
      "Before=umount.target",
      "[Mount]",
      `What=${mountPoint}/${folder}`,
      `Where=/var/lib/${folder}`,
      "Type=none",
      "Options=bind",
    ),
  });
  return [
    {
      path: `${system}/berth-disk.service`,
      content: lines(
        "[Unit]",
        "Description=Data disk",
        "[Service]",
        "Type=oneshot",
        "RemainAfterExit=yes",
        "ExecStart=/usr/local/sbin/berth-disk",
      ),
    },
    bind("docker"),
    bind("containerd"),
    {
      path: `${system}/containerd.service.d/berth.conf`,
      content: lines("[Unit]", ...needsDisk),
    },
    {
      path: `${system}/docker.service.d/berth.conf`,
      content: lines(
        "[Unit]",
        ...needsDisk,
        "StartLimitIntervalSec=0",
        "[Service]",
        "ExecStartPre=/usr/local/sbin/berth-firewall",
        // The packaged unit's -H clashes with the hosts of daemon.json.
        "ExecStart=",
        "ExecStart=dockerd --containerd=/run/containerd/containerd.sock",
        "Restart=always",
        "RestartSec=2",
        `TimeoutStopSec=${machineDefaults.grace + 30}`,
      ),
    },
    {
      // live-restore would leave containers to be killed when the machine shuts down. Turned off just
      // before, dockerd stops them with their own signal and grace, and starts them at the next boot.
      path: `${system}/berth-stop.service`,
      content: lines(
        "[Unit]",
        "Description=Stop of containers at shutdown",
        "After=docker.service",
        "[Service]",
        "Type=oneshot",
        "RemainAfterExit=yes",
        "ExecStart=-/usr/local/sbin/berth-live-restore true",
        "ExecStop=/usr/local/sbin/berth-live-restore false",
        "[Install]",
        "WantedBy=multi-user.target",
      ),
    },
    {
      path: `${system}/berth-reboot.service`,
      content: lines(
        "[Unit]",
        "Description=Reboot that upgrades wait for",
        "ConditionPathExists=/run/reboot-required",
        "[Service]",
        "Type=oneshot",
        "ExecStart=systemctl --no-block reboot",
      ),
    },
    { path: `${system}/berth-reboot.timer`, content: timer(machineDefaults.reboot) },
    {
      path: `${system}/berth-tidy.service`,
      content: lines(
        "[Unit]",
        "Description=Removal of old images",
        "After=docker.service",
        "[Service]",
        "Type=oneshot",
        "ExecStart=/usr/local/sbin/berth-tidy",
      ),
    },
    { path: `${system}/berth-tidy.timer`, content: timer("Sat 03:00") },
  ];
}

function timer(calendar: string): string {
  return lines("[Timer]", `OnCalendar=${calendar} UTC`, "[Install]", "WantedBy=timers.target");
}

function lines(...all: readonly string[]): string {
  return all.join("\n");
}
