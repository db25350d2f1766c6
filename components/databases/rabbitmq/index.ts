import type { Engine } from "../engine";
import { kept } from "../kept";
import { urlReader } from "../existing";
import { haproxy } from "../haproxy/haproxy";
import { variables } from "../variables";
import { rabbitmqBackup } from "./backup";
import { rabbitmqQueue } from "./queue";

const port = 5672;

export const rabbitmq = {
  name: "rabbitmq",
  title: "RabbitMQ",
  port,
  images: /^rabbitmq$/,
  derived: [],
  programs: ["rabbitmq-server"],
  dataFolders: ["/var/lib/rabbitmq"],
  keeps: kept("/var/lib/rabbitmq", "rabbitmq/mnesia"),
  memory: 200,
  console: true,
  login: variables({ user: ["RABBITMQ_DEFAULT_USER"], password: ["RABBITMQ_DEFAULT_PASS"] }),
  settings: null,
  requiredUser: null,
  // https://www.rabbitmq.com/docs/uri-spec
  url: urlReader({ port, plain: ["amqp:"], ports: { "amqps:": 5671 } }),
  proxy: () => haproxy(),
  logins: null,
  bootstrap: null,
  backup: rabbitmqBackup,
  queue: rabbitmqQueue,
} as const satisfies Engine;
