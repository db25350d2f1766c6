import type { Engine } from "../engine";
import { urlReader } from "../existing";
import { haproxy } from "../haproxy/haproxy";

const port = 9200;

export const opensearch = {
  name: "opensearch",
  title: "OpenSearch",
  port,
  images: /^opensearch$/,
  dataFolders: ["/usr/share/opensearch/data"],
  memory: 1024,
  console: false,
  login: () => ({}),
  requiredUser: null,
  url: urlReader({ port }),
  proxy: () => haproxy(),
  logins: null,
  bootstrap: null,
  queue: null,
} as const satisfies Engine;
