import type { ReplicaSet } from "../haproxy/haproxy";

/** `08<name>00`: a truth value of BSON by that name, in hexadecimal. */
const truth = `08(${["ismaster", "isWritablePrimary"].map((name) => Buffer.from(name).toString("hex").toUpperCase()).join("|")})00`;

/**
 * The primary among the members of the SRV record. The check sends `{ isMaster: 1, $db: "admin" }`, which every version
 * answers without a login, and which only the primary answers with true.
 */
export const replicaSet: ReplicaSet = {
  service: "_mongodb._tcp",
  // A replica set has at most seven voting members.
  members: 7,
  check: [
    "  option tcp-check",
    `  tcp-check send-binary ${isMaster().toString("hex")}`,
    // The check matches the positive answer as a whole; a negative one fails without waiting for the timeout.
    `  tcp-check expect rbinary ${truth}0[01]`,
    `  tcp-check expect min-recv 1 rbinary ${truth}01`,
  ],
};

function isMaster(): Buffer {
  const elements = Buffer.from("\x10isMaster\0\x01\0\0\0\x02$db\0\x06\0\0\0admin\0\0", "latin1");
  const message = Buffer.alloc(25 + elements.length);
  elements.copy(message, 25);
  message.writeInt32LE(message.length, 0);
  message.writeInt32LE(1, 4);
  message.writeInt32LE(2013, 12);
  message.writeInt32LE(4 + elements.length, 21);
  return message;
}
