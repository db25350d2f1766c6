import type { FileObject, Network, Volume } from "../../compose/app";
import { both, honoured, info, loss, type Rows, when } from "./treatment";

/** What becomes of every key of a network, a volume, a secret and a config, as service-keys.ts has it for services. */

const classes =
  "a cluster's volumes come from its storage classes; name one in berth:volumes.<volume>.class";
const addresses = info("pods get their addresses from the cluster");
const labels = both(info("is ignored: it has the stack's labels"));

export const networkKeys: Rows<Network> = {
  attachable: both(info("is ignored: it is for Swarm")),
  driver: when(
    "other than bridge and overlay",
    (value) => !/^(bridge|overlay|default)$/.test(String(value)),
    {
      vm: "honoured",
      cluster: loss(
        "is not supported on a cluster, which has one network; NetworkPolicies isolate services",
      ),
    },
  ),
  driver_opts: {
    vm: "honoured",
    cluster: info("is ignored: a cluster has one network, with its own driver"),
  },
  enable_ipv4: both(info("is ignored: networks have IPv4")),
  enable_ipv6: {
    vm: "honoured",
    cluster: loss("is not supported on a cluster, whose network is the cloud's"),
  },
  external: honoured,
  internal: honoured,
  ipam: {
    config: {
      aux_addresses: both(loss("is not supported: give the service itself an ipv4_address")),
      gateway: { vm: "honoured", cluster: addresses },
      ip_range: { vm: "honoured", cluster: addresses },
      subnet: { vm: "honoured", cluster: addresses },
    },
    driver: when("other than default", (value) => value !== "default", {
      vm: loss("is not supported: Docker's own driver hands out the addresses"),
      cluster: addresses,
    }),
    options: {
      vm: loss("is not supported: Docker's own driver hands out the addresses"),
      cluster: addresses,
    },
  },
  labels,
  name: honoured,
};

export const volumeKeys: Rows<Volume> = {
  driver: when("other than local", (value) => value !== "local", {
    vm: "honoured",
    cluster: loss(classes),
  }),
  driver_opts: { vm: "honoured", cluster: loss(classes) },
  external: honoured,
  labels,
  name: honoured,
};

export const fileKeys: Rows<FileObject> = {
  binary: honoured,
  content: honoured,
  driver: both(loss("is not supported: give a file, an environment variable or berth:secrets")),
  driver_opts: both(
    loss("is not supported: give a file, an environment variable or berth:secrets"),
  ),
  environment: honoured,
  external: honoured,
  file: honoured,
  labels,
  name: honoured,
  template_driver: both(loss("is not supported: the content is written as it is")),
};
