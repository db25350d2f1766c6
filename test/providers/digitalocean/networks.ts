import type { Account, Fields } from "./account";
import { given, moment, Refusal } from "./account";
import type { Routes } from "./api";

/** Networks, firewalls, and the tags by which firewalls find droplets. */
export const networks: Routes = {
  "POST /v2/vpcs": ({ account, body }) => {
    account.unique("vpc", body.name, 422, "This name is already in use");
    const id = account.uuid();
    const vpc = {
      id,
      urn: `do:vpc:${id}`,
      name: body.name,
      description: body.description ?? "",
      region: body.region,
      ip_range: body.ip_range ?? `10.${110 + (account.number() % 100)}.0.0/20`,
      created_at: moment,
      default: false,
    };
    return { vpc: account.add("vpc", id, vpc) };
  },
  "GET /v2/vpcs/:id": ({ account, path }) => ({ vpc: account.get("vpc", path.id) }),
  "PUT /v2/vpcs/:id": ({ account, path, body }) => ({
    vpc: Object.assign(account.get("vpc", path.id), {
      name: body.name,
      description: body.description ?? "",
    }),
  }),
  "DELETE /v2/vpcs/:id": ({ account, path }) => {
    const member = ["droplet", "database", "cluster", "balancer"]
      .flatMap((kind) => account.all(kind))
      .some((thing) => [thing.vpc_uuid, thing.private_network_uuid].includes(path.id));
    if (member) throw new Refusal(403, "forbidden", "Can not delete VPC with members");
    account.remove("vpc", path.id);
    return undefined;
  },

  "POST /v2/firewalls": ({ account, body }) => {
    account.unique("firewall", body.name, 409, "duplicate name");
    const id = account.uuid();
    return { firewall: account.add("firewall", id, firewall(account, id, body)) };
  },
  "GET /v2/firewalls/:id": ({ account, path }) => ({ firewall: account.get("firewall", path.id) }),
  "PUT /v2/firewalls/:id": ({ account, path, body }) => {
    account.get("firewall", path.id);
    return { firewall: account.add("firewall", path.id, firewall(account, path.id!, body)) };
  },
  "DELETE /v2/firewalls/:id": ({ account, path }) => {
    account.remove("firewall", path.id);
    return undefined;
  },

  "POST /v2/tags": ({ account, body }) => {
    const [name] = account.tags([body.name]);
    return { tag: account.counted({ name }) };
  },
  "GET /v2/tags/:name": ({ account, path }) => ({
    tag: account.counted(account.get("tag", path.name)),
  }),
  "DELETE /v2/tags/:name": ({ account, path }) => {
    account.remove("tag", path.name);
    for (const kind of ["droplet", "volume", "database"])
      for (const thing of account.all(kind))
        thing.tags = (thing.tags as unknown[]).filter((tag) => tag !== path.name);
    return undefined;
  },
  "POST /v2/tags/:name/resources": ({ account, path, body }) => {
    for (const thing of carriers(account, body)) {
      const tags = thing.tags as unknown[];
      thing.tags = [...tags.filter((tag) => tag !== path.name), path.name];
    }
    return undefined;
  },
  "DELETE /v2/tags/:name/resources": ({ account, path, body }) => {
    for (const thing of carriers(account, body))
      thing.tags = (thing.tags as unknown[]).filter((tag) => tag !== path.name);
    return undefined;
  },
};

function carriers(account: Account, { resources }: Fields): Fields[] {
  return (resources as Fields[]).map(({ resource_type: kind, resource_id: id }) =>
    account.get(String(kind), id),
  );
}

/** All ports are read back as 0, and so is what has none. */
function firewall(account: Account, id: string, body: Fields): Fields {
  const read = (rules: unknown): Fields[] =>
    ((rules ?? []) as Fields[]).map((rule) => ({
      ...rule,
      ports: [undefined, "", "all"].includes(rule.ports as string | undefined) ? "0" : rule.ports,
    }));
  return given({
    id,
    name: body.name,
    status: "succeeded",
    inbound_rules: read(body.inbound_rules),
    outbound_rules: read(body.outbound_rules),
    droplet_ids: body.droplet_ids ?? [],
    tags: account.tags(body.tags),
    created_at: moment,
    pending_changes: [],
  });
}
