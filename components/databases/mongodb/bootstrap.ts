import type { Bootstrap, DatabaseSpec } from "../bootstrap";
import { folder } from "../proxy";

/** Makes the user that is missing, or gives it the password that it should have: run again, it changes nothing. */
function mongodbJs({ user, password }: DatabaseSpec): string {
  if (user === undefined) return "";
  return `const name = ${JSON.stringify(user)}, pwd = ${JSON.stringify(password ?? "")};
const admin = db.getSiblingDB("admin");
// As near to the root that the image would have made as a managed server lets its administrator give.
const roles = [
  ["root"],
  ["readWriteAnyDatabase", "dbAdminAnyDatabase", "userAdminAnyDatabase", "clusterMonitor"],
  ["readWriteAnyDatabase", "dbAdminAnyDatabase", "userAdminAnyDatabase"],
];
const create = () => {
  for (const [index, some] of roles.entries()) {
    try {
      admin.createUser({ user: name, pwd, roles: some.map((role) => ({ role, db: "admin" })) });
      return;
    } catch (error) {
      if (index === roles.length - 1) throw error;
    }
  }
};
if (admin.getUser(name) === null) create();
else admin.updateUser(name, { pwd });
`;
}

/**
 * First-start scripts run once each, with the administrator's rights, in the application's database. The
 * `mongosh` or `mongo` that they call connects to the server with that login, whatever host and user they pass.
 */
const mongodbScript = `set -eu
if [ "$APP_USER" = "$ADMIN" ]; then
  echo "$ADMIN is the administrator of the managed server; give the application another user" >&2
  exit 1
fi
export CLIENT=$(command -v mongosh || command -v mongo)
if [ "$SRV" = true ]; then SERVER="mongodb+srv://$HOST"; else SERVER="mongodb://$HOST:$PORT"; fi
if [ "$TLS" = true ]; then
  SETTINGS="tls=true"
  CHECKED="--tlsCAFile ${folder}/ca.pem"
  if [ "$VERIFY" != host ]; then CHECKED="$CHECKED --tlsAllowInvalidHostnames"; fi
else
  SETTINGS="tls=false"
  CHECKED=""
fi
# DocumentDB has none of those writes.
export SERVER CHECKED SETTINGS="$SETTINGS&retryWrites=false"
bin=$(mktemp -d)
cat > "$bin/mongosh" <<'END'
#!/bin/sh
value="" database="" named=""
for word; do
  shift
  if [ "$value" = keep ]; then value=""; set -- "$@" "$word"; continue; fi
  if [ -n "$value" ]; then value=""; continue; fi
  case "$word" in
    -u | -p | -h | --username | --password | --host | --port | --authenticationDatabase | --authenticationMechanism | --tlsCAFile | --tlsCertificateKeyFile) value=drop ;;
    --username=* | --password=* | --host=* | --port=* | --authenticationDatabase=* | --authenticationMechanism=* | --tls* | --ssl*) ;;
    --eval | --file | -f) value=keep; set -- "$@" "$word" ;;
    -* | *.js | *.mjs) set -- "$@" "$word" ;;
    *)
      if [ -n "$named" ]; then set -- "$@" "$word"; continue; fi
      named=yes
      case "$word" in
        *://*/*) database="\${word#*://*/}"; database="\${database%%\\?*}" ;;
        *://*) ;;
        *) database="\${word##*/}" ;;
      esac ;;
  esac
done
exec "$CLIENT" "$SERVER/\${database:-\${DATABASE:-test}}?$SETTINGS" --username "$ADMIN" --password "$ADMIN_PASSWORD" --authenticationDatabase admin $CHECKED "$@"
END
chmod 755 "$bin/mongosh"
ln -s mongosh "$bin/mongo"
export PATH="$bin:$PATH" DATABASE="$APP_DATABASE"
left=30
until mongosh --quiet --eval 'db.getSiblingDB("admin").runCommand({ connectionStatus: 1 }).ok' >/dev/null; do
  left=$((left - 1))
  [ "$left" -gt 0 ] || exit 1
  sleep 5
done
[ ! -s ${folder}/bootstrap.js ] || mongosh --quiet admin ${folder}/bootstrap.js >/dev/null
[ -n "$(ls /docker-entrypoint-initdb.d 2>/dev/null)" ] || exit 0
export MONGO_INITDB_ROOT_USERNAME="$ADMIN" MONGO_INITDB_ROOT_PASSWORD="$ADMIN_PASSWORD"
if [ -n "$APP_DATABASE" ]; then export MONGO_INITDB_DATABASE="$APP_DATABASE"; fi
rootAuthDatabase=admin
for file in /docker-entrypoint-initdb.d/*; do
  [ -f "$file" ] || continue
  name=$(basename "$file")
  quoted=$(printf %s "$name" | sed 's/[\\\\"]/\\\\&/g')
  applied="db.getSiblingDB(\\"berth\\").applied"
  known=$(mongosh --quiet --eval "$applied.countDocuments({ _id: \\"$quoted\\" })")
  [ "$known" = 0 ] || continue
  echo "running $name"
  case "$file" in
    *.sh) if [ -x "$file" ]; then "$file"; else (. "$file"); fi ;;
    *.js) mongosh --quiet "$file" ;;
    *) echo "$name is left out: it is neither .sh nor .js" ; continue ;;
  esac
  mongosh --quiet --eval "$applied.insertOne({ _id: \\"$quoted\\", at: new Date() })" >/dev/null
done
`;

export const mongodbBootstrap: Bootstrap = {
  image: "mongo",
  file: "bootstrap.js",
  script: mongodbScript,
  sql: mongodbJs,
  // mongosh is a program of Node.js.
  memory: 512,
  users: (login) => login,
  serverUser: (user) => user,
};
