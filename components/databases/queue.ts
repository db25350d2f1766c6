import type { Database, Service } from "../plan/plan";

/** How KEDA counts the messages that wait in a queue (https://keda.sh/docs/2.17/scalers). */
export interface Queue {
  /** KEDA's type of trigger. */
  readonly type: string;
  /**
   * The trigger's settings.
   *
   * @param address `host:port` of the server, which the cluster may only know later.
   */
  readonly metadata: <T>(queue: QueueArgs, address: T) => Record<string, string | T>;
  /** What the trigger logs in with, if it does. */
  readonly secret: (server: QueueServer) => QueueSecret | null;
}

export interface QueueArgs {
  /** The service that holds the queue. */
  readonly service: string;
  /** The queue's own name. */
  readonly name: string;
  /** Messages for each pod. */
  readonly length: number;
  /** The variables of the service that works the queue off. */
  readonly environment: Service["environment"];
}

export interface QueueServer {
  readonly database: Database | undefined;
  /** The variables of the service that holds the queue. */
  readonly environment: Service["environment"];
}

export interface QueueSecret {
  /** KEDA's name of the trigger's parameter. */
  readonly parameter: string;
  /** Of the login that the Compose file has, empty where it has none. */
  readonly value: (server: { user: string; password: string; address: string }) => string;
}
