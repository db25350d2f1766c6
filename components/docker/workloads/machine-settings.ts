import type * as docker from "@pulumi/docker";
import type * as pulumi from "@pulumi/pulumi";
import { machineDefaults } from "../../model/machine-defaults";
import { makeContainer } from "../container/make-container";
import { type Host, ownLabels, physicalName } from "../host";

/**
 * What a machine's user-data leaves at its default and this stack has otherwise: the weekly reboot, and the time that
 * containers get when the machine shuts down. A container sets it by drop-ins of systemd, so that a change replaces
 * the container and not the machine (decisions.md: settings-of-a-machine). Docker starts it again at each boot, and on
 * the machine that takes over the data disk.
 *
 * @returns undefined where the defaults hold.
 */
export function makeMachineSettings(
  host: Host,
  parent: pulumi.Resource,
): docker.Container | undefined {
  const { machine, settings, prefix } = host.plan;
  const { reboot } = settings.updates;
  const grace = machine?.grace ?? machineDefaults.grace;
  if (reboot === machineDefaults.reboot && grace <= machineDefaults.grace) return undefined;
  return makeContainer(host, parent, {
    resource: `${host.name}-machine-settings`,
    base: physicalName(prefix, "machine-settings"),
    args: {
      image: host.helperImage(),
      command: ["sh", "-c", script],
      // Docker itself waits for the longest stop timeout of its containers; systemd has to wait for Docker.
      envs: [`REBOOT=${reboot}`, `STOP=${Math.ceil(grace) + 30}`],
      // The machine's files and its systemd are below the root of its first process.
      pidMode: "host",
      capabilities: { adds: ["CAP_SYS_PTRACE"] },
      securityOpts: ["apparmor=unconfined"],
      networkMode: "none",
      healthcheck: {
        // An update waits for the first try; one that failed is unhealthy from a minute later on.
        tests: ["CMD-SHELL", '[ -e /tmp/set ] || [ -n "$(find /tmp/tried -mmin -1 2>/dev/null)" ]'],
        interval: "1s",
        timeout: "5s",
        retries: 60,
      },
      wait: true,
      waitTimeout: 60,
      memory: 32,
      restart: "unless-stopped",
      destroyGraceSeconds: 10,
      logDriver: "json-file",
      logOpts: { "max-size": "10m", "max-file": "3" },
      labels: ownLabels(host, "machine-settings"),
    },
    // The old one takes its drop-ins away.
    stopFirst: true,
  });
}

/**
 * The drop-ins are below /run: after a reboot they are gone, should the container not be. Their name comes after that
 * of user-data's own, as the last value counts. A machine that shuts down keeps them.
 */
const script = `
set -u
units=/proc/1/root/run/systemd/system
systemctl() { chroot /proc/1/root systemctl "$@"; }
load() {
  systemctl daemon-reload && systemctl restart berth-reboot.timer
}
back() {
  case $(systemctl is-system-running) in
  running | degraded)
    rm -f "$units/berth-reboot.timer.d/stack.conf" "$units/docker.service.d/stack.conf"
    load
    ;;
  esac
  exit 0
}
set_up() {
  mkdir -p "$units/berth-reboot.timer.d" "$units/docker.service.d" &&
    printf '[Timer]\\nOnCalendar=\\nOnCalendar=%s UTC\\n' "$REBOOT" >"$units/berth-reboot.timer.d/stack.conf" &&
    printf '[Service]\\nTimeoutStopSec=%s\\n' "$STOP" >"$units/docker.service.d/stack.conf" &&
    load
}
trap back TERM
if set_up; then
  touch /tmp/set
else
  echo "the machine's systemd cannot be reached: it reboots and stops containers by the defaults" >&2
  touch /tmp/tried
fi
while :; do
  sleep 3600 &
  wait $!
done
`.trim();
