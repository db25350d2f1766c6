import type { Cases } from "../subject";
import { one, property, unstarted } from "./docker-case";

export const files: Cases = {
  "uploads of text": one(
    { uploads: [{ file: "/etc/app.conf", content: "a = 1\n", permissions: "0600" }] },
    { change: { uploads: [{ file: "/etc/app.conf", content: "a = 2\n", permissions: "0600" }] } },
    { change: { uploads: undefined } },
  ),
  "uploads in base64, with an owner": property("uploads", [
    { file: "/app.bin", contentBase64: "AAEC", permissions: "0644", owner: "1000", group: "1000" },
  ]),
  "uploads without permissions": property("uploads", [{ file: "/a", content: "a" }]),
  "uploads that are executable": property("uploads", [
    { file: "/a", content: "a", executable: true },
  ]),
  "uploads without content": one({ uploads: [{ file: "/a" }] }),
  "uploads with an empty content": one({ uploads: [{ file: "/a", content: "" }] }),
  "uploads with two contents": one({
    uploads: [{ file: "/a", content: "a", contentBase64: "AAEC" }],
  }),
  "uploads with permissions of three digits": one({
    uploads: [{ file: "/a", content: "a", permissions: "644" }],
  }),
  "uploads with a sticky bit": one({
    uploads: [{ file: "/a", content: "a", permissions: "1644" }],
  }),
  "uploads into a root that is read-only": one({
    readOnly: true,
    uploads: [{ file: "/a", content: "a" }],
  }),
  "volumes by name": property(
    "volumes",
    [{ volumeName: "<run>", containerPath: "/data", readOnly: false }],
    [{ volumeName: "<run>", containerPath: "/data", readOnly: true }],
  ),
  "volumes that are read-only": property("volumes", [
    { volumeName: "<run>", containerPath: "/data", readOnly: true },
  ]),
  "volumes of the host": property("volumes", [
    { hostPath: "/tmp", containerPath: "/data", readOnly: true },
  ]),
  "volumes without a name": property("volumes", [{ containerPath: "/data" }]),
  "volumes of another container": property("volumes", [
    { fromContainer: "<run>-other", readOnly: false },
  ]),
  "volumes of another container, read-only": property("volumes", [
    { fromContainer: "<run>-other", readOnly: true },
  ]),
  "volumes at a relative path": one({ volumes: [{ volumeName: "<run>", containerPath: "data" }] }),
  "volumes with SELinux labels": property("volumes", [
    { hostPath: "/tmp", containerPath: "/data", selinuxRelabel: "z" },
  ]),
  "mounts of a volume": property("mounts", [
    { type: "volume", source: "<run>", target: "/data", readOnly: true },
  ]),
  "mounts of a volume without a copy": one({
    mounts: [{ type: "volume", source: "<run>", target: "/data", volumeOptions: { noCopy: true } }],
  }),
  "mounts of a part of a volume": one({
    mounts: [{ type: "volume", source: "<run>", target: "/data", volumeOptions: { subpath: "a" } }],
  }),
  "mounts of a folder": one({
    ...unstarted,
    mounts: [
      { type: "bind", source: "/tmp", target: "/data", bindOptions: { propagation: "rslave" } },
    ],
  }),
  "mounts of memory": property("mounts", [
    { type: "tmpfs", target: "/data", tmpfsOptions: { sizeBytes: 1048576, mode: 1023 } },
  ]),
  "mounts of another type": one({ mounts: [{ type: "moon", target: "/data" }] }),
};

export const networks: Cases = {
  "networkMode none": property("networkMode", "none"),
  "networkMode host": property("networkMode", "host"),
  "networkMode container": property("networkMode", "container:<other>"),
  "networkMode by a container's name": one({ networkMode: "container:<run>-other" }),
  "networksAdvanced with an alias": property(
    "networksAdvanced",
    [{ name: "<run>", aliases: ["web", "api"] }],
    [{ name: "<run>", aliases: ["web"] }],
  ),
  "networksAdvanced by id": property("networksAdvanced", [{ name: "<network>" }]),
  "networksAdvanced twice": one(
    { networksAdvanced: [{ name: "<run>-second" }, { name: "<run>", aliases: ["web"] }] },
    {
      change: {
        networksAdvanced: [{ name: "<run>", aliases: ["web"] }, { name: "<run>-second" }],
      },
    },
  ),
  "networksAdvanced with an address": property("networksAdvanced", [
    { name: "<run>", ipv4Address: "10.77.5.7" },
  ]),
  "networksAdvanced that is not there": one({ networksAdvanced: [{ name: "<run>-nowhere" }] }),
  ports: property(
    "ports",
    [{ internal: 80, external: 18081, protocol: "tcp" }],
    [{ internal: 80, external: 18082, protocol: "tcp" }],
  ),
  "ports with an address": property("ports", [
    { internal: 80, external: 18081, protocol: "tcp", ip: "127.0.0.1" },
  ]),
  "ports not in order": property("ports", [
    { internal: 443, external: 18083, protocol: "tcp" },
    { internal: 80, external: 18081, protocol: "tcp" },
    { internal: 8125, external: 18084, protocol: "udp" },
  ]),
  "ports without a protocol": property("ports", [{ internal: 80, external: 18081 }]),
  "ports of an unknown protocol": one({
    ports: [{ internal: 80, external: 18081, protocol: "moon" }],
  }),
  publishAllPorts: property("publishAllPorts", true),
};
