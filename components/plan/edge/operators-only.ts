import type { Service as ComposeService } from "../../compose/app";
import { imageParts } from "../../model/image-name";

/** Consoles and development tools, by the last part of their image's name. They read or change all data. */
const tools = new RegExp(
  `^(${[
    "phpmyadmin|adminer|adminerevo|pgadmin4?|pgweb|mongo-express|mongoku|nosqlclient|cloudbeaver|dbgate|sqlpad",
    "redis-?insight|redis-?commander|phpredisadmin|p3x-redis-ui|influxdb-?ui|chronograf|cerebro|elasticvue|elasticsearch-head|dejavu",
    "kafka-ui|kafdrop|akhq|cmak|kafka-manager|kowl|console|conduktor-(platform|console)|zoonavigator|schema-registry-ui",
    "flower|asynqmon|bull-?board|arena|rq-dashboard|rabbitmq-?management|temporal-ui|temporal-admin-tools",
    "mailhog|mailpit|maildev|mailcatcher|smtp4dev|inbucket|fake-smtp-server|mailtrap",
    "kibana|opensearch-dashboards|logstash(-oss)?|fluent-bit|ollama|portainer(-[a-z]+)?|dozzle|cadvisor|dockge|yacht|docker-registry-ui|traefik|netdata|glances",
    "prometheus|alertmanager|pushgateway|node-exporter|jaeger|all-in-one|zipkin|loki|tempo|mock-server|mockserver|wiremock|localstack",
    "minio-console|jupyter|base-notebook|scipy-notebook|jupyterlab|code-server|selenoid-ui|selenium|standalone-chrome|hub|xdebug",
  ].join("|")})$`,
);

/** Images whose last name part means something else elsewhere: they count with their owner alone. */
const owned: Readonly<Record<string, RegExp>> = {
  console: /redpanda/,
  hub: /selenium/,
  "all-in-one": /jaeger/,
  selenium: /./,
};

/** Data stores that answer HTTP, mostly without a login. */
const stores =
  /^(elasticsearch|opensearch|solr|clickhouse(-server)?|couchdb|influxdb|neo4j|meilisearch|qdrant|weaviate|chroma|typesense|etcd|consul|vault|arangodb|rethinkdb|dgraph|victoria-metrics|questdb|registry)$/;

/**
 * What a service is when its published ports are for the people who run it and not for the world: a
 * development tool or a data store; undefined for all others. A database's own console counts: the
 * caller knows engines.
 */
export function operatorsOnly(compose: ComposeService): string | undefined {
  const { base, repository } = imageParts(compose.image ?? "");
  const image = base.toLowerCase();
  if (stores.test(image)) return "a data store";
  const words = [compose.entrypoint ?? [], compose.command ?? []].flat().join(" ");
  const tool = tools.test(image) && (owned[image] ?? /./).test(repository.toLowerCase());
  return tool || /\bcelery\b.*\bflower\b/.test(words) ? "a development tool" : undefined;
}

/** Ports that speak something else than HTTP in every image. */
const otherPorts = new Set([
  21, 22, 23, 25, 53, 110, 111, 123, 139, 143, 389, 445, 465, 514, 587, 636, 873, 990, 993, 995,
  1025, 1194, 1433, 1514, 1521, 1883, 1935, 2003, 2004, 2049, 2181, 2375, 2376, 2525, 3306, 3389,
  3478, 4222, 4369, 5044, 5060, 5061, 5222, 5269, 5349, 5432, 5433, 5671, 5672, 5900, 5901, 6222,
  6379, 6380, 6432, 6543, 6667, 6697, 7000, 7199, 7687, 8300, 8301, 8302, 8554, 8883, 9042, 9092,
  9093, 9094, 9300, 10051, 11211, 19092, 24224, 25565, 25672, 26379, 27017, 27018, 27019, 29092,
  29093, 33060, 61613, 61616,
]);

/** Ports of gRPC, by convention: HTTP/2 without TLS, which no browser speaks. */
const grpcPorts: ReadonlySet<number> = new Set([4317, 7233, 14250, 50051]);

/** Ports of debuggers: JDWP, Node's inspector, debugpy, Delve, Xdebug. They run any code. */
const debuggers = new Set([2345, 5005, 5678, 9003, 9229]);

/** Applications that serve HTTP on a debugger's port, by their image or what their variables begin with. */
const sharing: Readonly<Record<number, RegExp>> = { 5005: /rasa/i, 5678: /n8n/i };

/** Images that listen on protocols of their own, with the ports of theirs that are HTTP. */
const speakers: readonly (readonly [RegExp, readonly number[]])[] = [
  [/^(kafka|cp-kafka|cp-server|zookeeper|cp-zookeeper)$/, []],
  [/^redpanda$/, [8081, 8082]],
  [/^(eclipse-)?mosquitto$/, [9001]],
  [/^nats(-streaming)?$/, [8222]],
  [/^logstash(-oss)?$/, [9600]],
  [/^portainer(-(ce|ee))?$/, [9000, 9443]],
  [/^fluent(d|-bit)$/, [2020, 9880]],
  [/^(pgbouncer|pgcat|supavisor|pgpool|proxysql)$/, [4000]],
  [/^(emqx)$/, [8083, 18083]],
  [
    /^(memcached|postfix|docker-mailserver|mssql|mssql-server|oracle-xe|oracle-free|cassandra)$/,
    [],
  ],
  [/^(scylla|sftp|vsftpd|ftp|openvpn|wireguard|coturn|minecraft-server|teamspeak|unbound)$/, []],
];

/** Whether a port of a service speaks HTTP, as far as its image and its number say. */
export function speaksHttp(compose: ComposeService, port: number): boolean {
  const { base } = imageParts(compose.image ?? "");
  const own = speakers.find(([pattern]) => pattern.test(base));
  if (own !== undefined) return own[1].includes(port);
  return !otherPorts.has(port) && !isDebugger(compose, port);
}

/** Whether a port is a debugger's, unless the image or a variable such as `PORT` says that the application has it. */
export function isDebugger({ image = "", environment = {} }: ComposeService, port: number) {
  if (!debuggers.has(port)) return false;
  const variables = Object.entries(environment);
  const named = variables.some(
    ([name, value]) =>
      value === String(port) && /(^|_)PORT$/.test(name) && !/DEBUG|JDWP|INSPECT/.test(name),
  );
  return (
    !named && sharing[port]?.test([image, ...variables.map(([name]) => name)].join(" ")) !== true
  );
}

/** Ports on which a container speaks TLS itself, by convention. */
export const speaksTls = (port: number): boolean => [443, 4443, 8443, 9443].includes(port);

/** Whether a port speaks gRPC. */
export const speaksGrpc = (port: number): boolean => grpcPorts.has(port);
