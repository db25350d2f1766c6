import type { Engine } from "../engine";
import { kept } from "../kept";
import { urlReader } from "../existing";

const port = 9200;

export const opensearch = {
  name: "opensearch",
  title: "OpenSearch",
  port,
  images: /^opensearch$/,
  derived: [],
  programs: ["opensearch", "opensearchwrapper"],
  dataFolders: ["/usr/share/opensearch/data"],
  keeps: kept("/usr/share/opensearch/data", "opensearch/data"),
  memory: 1024,
  console: false,
  login: () => ({}),
  settings: null,
  requiredUser: null,
  url: urlReader({ port }),
  // Requests name a host and bring a login with each: bytes passed on would say the wrong one.
  proxy: null,
  logins: null,
  bootstrap: null,
  // Its segments and its translog fit together at one moment alone.
  backup: { kind: "copy", pause: true },
  queue: null,
} as const satisfies Engine;
