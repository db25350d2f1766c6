import type { Backup } from "../backup";

const login = [
  "set -e",
  'user="${MONGO_INITDB_ROOT_USERNAME:-${MONGODB_ROOT_USER:-}}" password="${MONGO_INITDB_ROOT_PASSWORD:-${MONGODB_ROOT_PASSWORD:-}}"',
  'file="${MONGO_INITDB_ROOT_USERNAME_FILE:-}"; [ -z "$file" ] || user=$(cat "$file")',
  'file="${MONGO_INITDB_ROOT_PASSWORD_FILE:-}"; [ -z "$file" ] || password=$(cat "$file")',
  'set --; [ -z "$user" ] || set -- --username "$user" --password "$password" --authenticationDatabase admin',
].join("\n");

/** An archive of the database tools, which the official image has. */
export const mongodbBackup: Backup = {
  kind: "dump",
  dump: [login, 'mongodump --quiet --archive "$@"'].join("\n"),
  // Users are in the database admin: those of this stack stay.
  restore: [
    login,
    "mongorestore --quiet --archive --drop --nsExclude 'admin.*' --nsExclude 'config.*' \"$@\"",
  ].join("\n"),
  count: [
    login,
    "shell=$(command -v mongosh || command -v mongo)",
    `"$shell" --quiet "$@" --eval 'var sum = 0; db.adminCommand({ listDatabases: 1 }).databases.forEach(function (d) { if (["admin", "config", "local"].indexOf(d.name) < 0) { var one = db.getSiblingDB(d.name); one.getCollectionNames().forEach(function (c) { sum += Number(one.getCollection(c).countDocuments({})) }) } }); print(sum)'`,
  ].join("\n"),
  without: "users that the application itself creates in the database admin",
};
