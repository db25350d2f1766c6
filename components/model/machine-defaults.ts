/**
 * What a machine's user-data says of its weekly reboot (systemd's OnCalendar, UTC) and of the seconds that containers
 * get to stop. Constants: another value reaches a machine that runs (decisions.md: settings-of-a-machine), and a
 * changed byte of user-data replaces every machine.
 */
export const machineDefaults: { readonly reboot: string; readonly grace: number } = {
  reboot: "Sun 04:00",
  grace: 10,
};
