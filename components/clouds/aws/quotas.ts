import type { Quotas } from "../../model/quota";

/** Defaults of Service Quotas: "Running On-Demand Standard instances", EC2-VPC Elastic IPs, VPCs per Region. */
export const quotas: Quotas = {
  date: "2026-11-29",
  more: "https://console.aws.amazon.com/servicequotas",
  limits: [
    { what: "vCPUs of on-demand machines in a region", limit: 5, uses: ({ cpus }) => cpus },
    // Of a cluster: the way out, and the balancer's in each of two zones.
    { what: "Elastic IPs in a region", limit: 5, uses: ({ cluster }) => (cluster ? 3 : 1) },
    { what: "VPCs in a region", limit: 5, uses: () => 1 },
  ],
};
