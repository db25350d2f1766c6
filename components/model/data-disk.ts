/** Where a machine mounts its data disk; /var/lib/docker and /var/lib/containerd are folders of it. */
export const dataDiskFolder = "/mnt/berth";
