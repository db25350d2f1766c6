import type { Fields } from "./account";
import { given, moment, own, Refusal } from "./account";
import type { Routes } from "./api";

/** Load balancers, records of domains, and alerts. */
export const others: Routes = {
  "POST /v2/load_balancers": ({ account, body }) => {
    account.unique("balancer", body.name, 422, "Load balancer name is already in use");
    const id = account.uuid();
    const balancer = account.add("balancer", id, {
      id,
      ip: `203.0.113.${10 + (account.number() % 200)}`,
      status: "active",
      created_at: moment,
      ...balancing(body),
    });
    return { load_balancer: { ...balancer, status: "new", ip: "" } };
  },
  "GET /v2/load_balancers/:id": ({ account, path }) => ({
    load_balancer: account.get("balancer", path.id),
  }),
  "PUT /v2/load_balancers/:id": ({ account, path, body }) => ({
    load_balancer: Object.assign(account.get("balancer", path.id), balancing(body)),
  }),
  "DELETE /v2/load_balancers/:id": ({ account, path }) => {
    account.remove("balancer", path.id);
    return undefined;
  },

  "POST /v2/domains": ({ account, body }) => ({
    domain: account.add("domain", body.name, { name: body.name, ttl: 1800, zone_file: "" }),
  }),
  "POST /v2/domains/:domain/records": ({ account, path, body }) => {
    account.get("domain", path.domain);
    const id = account.number();
    return {
      domain_record: account.add("record", `${path.domain}/${id}`, { id, ...record(body) }),
    };
  },
  "GET /v2/domains/:domain/records/:id": ({ account, path }) => ({
    domain_record: account.get("record", `${path.domain}/${path.id}`),
  }),
  "PUT /v2/domains/:domain/records/:id": ({ account, path, body }) => {
    const found = account.get("record", `${path.domain}/${path.id}`);
    return { domain_record: Object.assign(found, record({ type: found.type, ...body })) };
  },
  "DELETE /v2/domains/:domain/records/:id": ({ account, path }) => {
    account.remove("record", `${path.domain}/${path.id}`);
    return undefined;
  },

  "POST /v2/monitoring/alerts": ({ account, body }) => {
    const uuid = account.uuid();
    return { policy: account.add("alert", uuid, { uuid, ...body, tags: account.tags(body.tags) }) };
  },
  "GET /v2/monitoring/alerts/:id": ({ account, path }) => ({
    policy: account.get("alert", path.id),
  }),
  "PUT /v2/monitoring/alerts/:id": ({ account, path, body }) => ({
    policy: Object.assign(account.get("alert", path.id), body, { tags: account.tags(body.tags) }),
  }),
  "DELETE /v2/monitoring/alerts/:id": ({ account, path }) => {
    account.remove("alert", path.id);
    return undefined;
  },
};

/** A load balancer with what is computed where nothing is given. */
function balancing(body: Fields): Fields {
  const { region, size, ...rest } = body;
  return given({
    algorithm: "round_robin",
    size_unit: 1,
    type: "REGIONAL",
    health_check: {
      protocol: "http",
      port: 80,
      path: "/",
      check_interval_seconds: 10,
      response_timeout_seconds: 5,
      healthy_threshold: 5,
      unhealthy_threshold: 3,
    },
    sticky_sessions: { type: "none" },
    droplet_ids: [],
    http_idle_timeout_seconds: 60,
    vpc_uuid: own.vpc,
    network: "EXTERNAL",
    network_stack: "IPV4",
    tls_cipher_policy: "DEFAULT",
    ...rest,
    project_id: body.project_id || own.project,
    region: { slug: region, name: region, available: true },
  });
}

/** The name of another host ends with a dot when it is written, and with none when it is read. */
function record(body: Fields): Fields {
  const { type, name, data, ttl } = body;
  const host = ["CNAME", "MX", "NS", "SRV"].includes(String(type)) && data !== "@";
  if (host && !String(data).endsWith("."))
    throw new Refusal(422, "unprocessable_entity", "Data needs to end with a dot (.)");
  return {
    type,
    name: name ?? "@",
    data: host ? String(data).slice(0, -1) : data,
    ttl: ttl ?? 1800,
    priority: body.priority || null,
    port: body.port || null,
    weight: body.weight || null,
    flags: body.flags || null,
    tag: body.tag ?? null,
  };
}
