import type { MachineType, Catalog } from "../../model/catalog";

const here: MachineType = { cpus: 2, memory: 4, monthly: 0 };

/** This computer's Docker or Kubernetes: no account, no cost, every database a container. */
export const catalog: Catalog = {
  cloud: "local",
  config: { namespace: { vm: "docker", cluster: "kubernetes" }, plain: ["context"] },
  regions: { europe: "local", "us-east": "local", "us-west": "local", asia: "local" },
  machines: { small: "small", medium: "medium", large: "large", xlarge: "xlarge" },
  machineTypes: {
    small: here,
    medium: { ...here, memory: 8 },
    large: { ...here, cpus: 4, memory: 16 },
    xlarge: { ...here, cpus: 8, memory: 32 },
  },
  nodeSize: "small",
  podsPerNode: 110,
  engines: {},
  prices: {
    date: "2026-11-21",
    diskGiB: 0,
    bootDisk: 0,
    address: 0,
    volumeGiB: 0,
    controlPlane: 0,
    loadBalancer: 0,
    balancerAddresses: 0,
    nat: 0,
    natPerNode: 0,
    nodeDisk: 0,
    registry: 0,
    site: 0,
    bucket: 0,
    bucketGiB: 0,
    notIncluded: {},
  },
  can: {
    cluster: true,
    sites: false,
    dns: false,
    registry: false,
    buckets: false,
    finalSnapshots: false,
    alerts: false,
  },
};
