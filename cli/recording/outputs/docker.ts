import {
  hex,
  list,
  object,
  text,
  type PreviewAnswers,
  type Properties,
} from "../../../components/clouds/preview";

/** The name part of an image reference, without tag and digest. */
function repository(reference: string): string {
  const [plain = ""] = reference.split("@");
  return plain.replace(/:[^:/]*$/, "");
}

const digest = (seed: string): string => `sha256:${hex(`docker/${seed}`, 64)}`;

function image(name: string, inputs: Properties): Properties {
  const reference = text(inputs, "name", name);
  return {
    id: digest(reference) + reference,
    imageId: digest(reference),
    repoDigest: `${repository(reference)}@${digest(`${reference}/manifest`)}`,
  };
}

/** What a Docker daemon computes, or fills in where the inputs leave it out. */
export const docker: PreviewAnswers = {
  resources: {
    "docker:index/container:Container": (name, inputs) => ({
      id: hex(`docker/container/${name}`, 64),
      name,
      // The image's own, which no preview knows.
      entrypoints: ["image-entrypoint"],
      command: ["image-command"],
      bridge: "",
      containerLogs: "",
      exitCode: 0,
      hostname: hex(`docker/container/${name}`, 12),
      networkDatas: list(inputs, "networksAdvanced").map((network, index) => ({
        networkName: text(object(network), "name", ""),
        ipAddress: `172.18.${index}.2`,
        ipPrefixLength: 16,
        gateway: `172.18.${index}.1`,
        globalIpv6Address: "",
        globalIpv6PrefixLength: 0,
        ipv6Gateway: "",
        macAddress: "02:42:ac:12:00:02",
      })),
      ipcMode: "private",
      logDriver: "json-file",
      runtime: "runc",
      shmSize: 64,
      init: false,
      stopTimeout: 0,
      securityOpts: [],
    }),
    "docker:index/network:Network": (name) => ({
      id: hex(`docker/network/${name}`, 64),
      name,
      driver: "bridge",
      internal: false,
      scope: "local",
    }),
    "docker:index/volume:Volume": (name, inputs) => ({
      id: text(inputs, "name", name),
      name,
      driver: "local",
      mountpoint: `/var/lib/docker/volumes/${text(inputs, "name", name)}/_data`,
    }),
    "docker:index/remoteImage:RemoteImage": image,
    "docker:index/registryImage:RegistryImage": (name, inputs) => ({
      id: digest(text(inputs, "name", name)),
      sha256Digest: digest(text(inputs, "name", name)),
    }),
    "docker:index/tag:Tag": (_, inputs) => ({
      id: `${text(inputs, "sourceImage", "")}.${text(inputs, "targetImage", "")}`,
      sourceImageId: digest(text(inputs, "sourceImage", "")),
    }),
    "docker:index/image:Image": (name, inputs) => {
      const reference = text(inputs, "imageName", name);
      const build = object(inputs.build);
      const context = text(build, "context", ".");
      return {
        id: reference,
        baseImageName: reference,
        context,
        dockerfile: text(build, "dockerfile", "Dockerfile"),
        platform: text(build, "platform", ""),
        registryServer: text(object(inputs.registry), "server", ""),
        repoDigest:
          inputs.skipPush === true
            ? digest(`${reference}/built`)
            : `${repository(reference)}@${digest(`${reference}/manifest`)}`,
      };
    },
  },
  functions: {
    "docker:index/getNetwork:getNetwork": (args) => ({
      id: hex(`docker/network/${text(args, "name", "")}`, 64),
      driver: "bridge",
      internal: false,
      ipamConfigs: [{ subnet: "172.18.0.0/16", gateway: "172.18.0.1" }],
      options: {},
      scope: "local",
    }),
    "docker:index/getRegistryImage:getRegistryImage": (args) => ({
      id: digest(text(args, "name", "")),
      sha256Digest: digest(text(args, "name", "")),
    }),
    "docker:index/getRemoteImage:getRemoteImage": (args) => ({
      ...image(text(args, "name", ""), args),
    }),
  },
  replaces: {
    "docker:index/image:Image": [],
    "docker:index/network:Network": ["*"],
    "docker:index/remoteImage:RemoteImage": ["name", "platform"],
    "docker:index/volume:Volume": ["*"],
  },
};
