import { amended, factsOf } from "../facts";
import type { Simulator } from "../simulator";
import type { Properties } from "../values";
import { Engine, endpointOf, type Endpoint } from "./api";
import { container } from "./container";
import { image, remoteImage } from "./image";
import { known } from "./known";
import { network, volume } from "./network";

/** Where the simulated provider finds its world. */
export interface DockerOptions {
  /** The provider's environment. `DOCKER_HOST` in it outranks a provider's host in image builds. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** The daemon of a provider without a host. Default: `BERTH_DOCKER_HOST`, `DOCKER_HOST`. */
  readonly host?: string;
  /** Folder that relative build contexts and upload sources start from. Default: this process's. */
  readonly folder?: string;
  /** Seconds to wait for networks and volumes that are still in use. Default: 30, as the provider. */
  readonly patience?: number;
}

/**
 * The docker provider: its far end is a real daemon, through the Engine API. It does what the real
 * one does, also where that is not what one would wish.
 */
export function docker(options: DockerOptions = {}): Simulator {
  const env = options.env ?? process.env;
  const fallback =
    options.host ?? env.BERTH_DOCKER_HOST ?? env.DOCKER_HOST ?? "unix:///var/run/docker.sock";
  const folder = options.folder ?? process.cwd();
  const patience = options.patience ?? 30;
  const connect = (config: Properties): Engine => new Engine(endpointOf(config, fallback));
  const builder = {
    folder,
    connect: (endpoint: Endpoint) => new Engine(endpoint),
    endpoint(config: Properties): Endpoint {
      const { host, ca, cert, key } = endpointOf(config, fallback);
      const at = env.DOCKER_HOST ?? host;
      // The native part speaks TLS when it has all three, and plainly otherwise.
      return ca !== undefined && cert !== undefined && key !== undefined
        ? { host: at, ca, cert, key }
        : { host: at };
    },
  };
  return {
    name: "docker",
    version: "5.2.0",
    facts: amended(factsOf("docker"), known),
    config: [
      "caMaterial",
      "certMaterial",
      "certPath",
      "context",
      "disableDockerDaemonCheck",
      "host",
      "keyMaterial",
      "registryAuth",
      "sshOpts",
    ],
    resources: {
      "docker:index/container:Container": container(connect, folder),
      "docker:index/network:Network": network(connect, patience),
      "docker:index/volume:Volume": volume(connect, patience),
      "docker:index/remoteImage:RemoteImage": remoteImage(connect),
      "docker:index/image:Image": image(builder),
    },
    functions: {},
  };
}
