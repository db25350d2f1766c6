import { serverCommand } from "../settings/command";
import type { ServerSettings, Setting, Source, Stated } from "../settings/settings";

function read(service: Source): Stated {
  const { key, words, unread } = serverCommand(service, /^mongod$/);
  const settings = words.flatMap((word, index): Setting[] => {
    const [, name, value] = /^--?([\w-]+)(?:=(.*))?$/s.exec(word) ?? [];
    const next = words[index + 1];
    if (name === undefined) return [];
    return [{ name, value: value ?? (next?.startsWith("-") === false ? next : ""), key }];
  });
  return { settings, files: [], unread };
}

/** Of the process, the replica set that a managed one is anyway, and the disk. */
const own =
  /^(auth|bind_ip(_all)?|dbpath|directoryperdb|f|ipv6|journal|keyFile|log.*|noauth|nojournal|oplogSize|pidfilepath|port|profile|quiet|replSet|slowms|storageEngine|tls.*|unixSocketPrefix|v+|wiredTiger.*)$/;

export const mongodbSettings: ServerSettings = {
  read,
  canonical: (_, value) => value,
  instead: (name, value) =>
    name === "port" && value !== "27017" ? undefined : own.test(name) ? "own" : undefined,
  variables: /^MONGO_INITDB_(DATABASE|ROOT_USERNAME|ROOT_PASSWORD)(_FILE)?$/,
};
