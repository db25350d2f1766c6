import type { Queue } from "../queue";

/** Queues of RabbitMQ, asked for over AMQP (https://keda.sh/docs/2.17/scalers/rabbitmq-queue). */
export const rabbitmqQueue: Queue = {
  type: "rabbitmq",
  metadata: ({ name, length }) => ({
    protocol: "amqp",
    queueName: name,
    mode: "QueueLength",
    value: String(length),
  }),
  secret: ({ environment }) => {
    const vhost = environment["RABBITMQ_DEFAULT_VHOST"] ?? "/";
    const path = vhost === "/" ? "" : encodeURIComponent(vhost);
    return {
      parameter: "host",
      // The image's own user, where the Compose file has none.
      value: ({ user, password, address }) =>
        `amqp://${encodeURIComponent(user || "guest")}:${encodeURIComponent(password || "guest")}@${address}/${path}`,
    };
  },
};
