import type { Quotas } from "../../model/quota";

/** A node's boot disk, and a machine's. */
const boot = { node: 50, machine: 20 };

/** CPUS, SSD_TOTAL_GB (balanced disks count too), STATIC_ADDRESSES and NETWORKS of new projects. */
export const quotas: Quotas = {
  date: "2026-11-29",
  more: "https://console.cloud.google.com/iam-admin/quotas",
  limits: [
    { what: "CPUs in a region", limit: 24, uses: ({ cpus }) => cpus },
    {
      what: "GB of SSD and balanced disks in a region",
      limit: 500,
      uses: ({ cluster, machines, disks }) =>
        disks + machines * (cluster ? boot.node : boot.machine),
    },
    { what: "static addresses in a region", limit: 8, uses: () => 1 },
    { what: "networks", limit: 5, uses: () => 1 },
  ],
};
