import type { Fact } from "../facts";

const container = "docker:index/container:Container";
const duration = /^[+-]?(0|(\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h))+$/;

/** What the provider's checks take and fill in beyond its schema. */
export const known: Record<string, Partial<Fact>> = {
  [`${container}.containerReadRefreshTimeoutMilliseconds`]: { default: 15000 },
  [`${container}.mustRun`]: { default: true },
  [`${container}.networkMode`]: { default: "bridge" },
  [`${container}.removeVolumes`]: { default: true },
  [`${container}.start`]: { default: true },
  [`${container}.waitTimeout`]: { default: 60 },
  [`${container}.restart`]: {
    default: "no",
    values: ["no", "on-failure", "always", "unless-stopped"],
  },
  [`${container}.memory`]: { least: 0 },
  [`${container}.memorySwap`]: { least: -1 },
  [`${container}.shmSize`]: { least: 0 },
  [`${container}.cpuSet`]: { pattern: /^\d+([,-]\d+)*$/ },
  "ContainerDevice.permissions": { default: "rwm" },
  "ContainerDeviceRequest.driver": { default: "cdi" },
  "ContainerHealthcheck.interval": { default: "0s", pattern: duration },
  "ContainerHealthcheck.timeout": { default: "0s", pattern: duration },
  "ContainerHealthcheck.startPeriod": { default: "0s", pattern: duration },
  "ContainerHealthcheck.startInterval": { default: "0s", pattern: duration },
  "ContainerMount.type": { values: ["bind", "volume", "tmpfs"] },
  "ContainerPort.ip": { default: "0.0.0.0" },
  "ContainerPort.protocol": { default: "tcp" },
  "ContainerUpload.permissions": { pattern: /^0[0-7]{3}$/ },
  "docker:index/network:Network.ipamDriver": { default: "default" },
  "docker:index/image:Image.buildOnPreview": { default: false },
  "DockerBuild.builderVersion": { values: ["BuilderV1", "BuilderBuildKit"] },
};
