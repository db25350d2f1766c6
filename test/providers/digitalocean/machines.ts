import type { Account, Fields } from "./account";
import { moment, own, Refusal } from "./account";
import type { Routes } from "./api";

const region = (slug: unknown): Fields => ({ slug, name: slug, available: true });

/** Memory in MiB, disk in GiB, and USD a month, of the sizes that the transcripts ask for. */
const sizes: Readonly<Record<string, readonly [number, number, number, number]>> = {
  "s-1vcpu-1gb": [1, 1024, 25, 6],
  "s-1vcpu-2gb": [1, 2048, 50, 12],
  "s-2vcpu-4gb": [2, 4096, 80, 24],
  "s-4vcpu-8gb": [4, 8192, 160, 48],
};

function sized(slug: unknown): Fields {
  const size = sizes[String(slug)];
  if (size === undefined)
    throw new Refusal(
      422,
      "unprocessable_entity",
      "You specified an invalid size for Droplet creation.",
    );
  const [vcpus, memory, disk, monthly] = size;
  const hourly = Math.round((monthly / 672) * 100_000) / 100_000;
  return {
    vcpus,
    memory,
    size: { slug, vcpus, memory, disk, price_monthly: monthly, price_hourly: hourly },
    size_slug: slug,
    disk,
  };
}

/** A droplet as it is seen: without its user data, and with its volumes, which are written on these. */
function seen(account: Account, { user_data: _, ...droplet }: Fields): Fields {
  const volumes = account
    .all("volume")
    .filter(({ droplet_ids: ids }) => (ids as unknown[]).includes(droplet.id));
  return { ...droplet, volume_ids: volumes.map(({ id }) => id) };
}

function attach(account: Account, volume: unknown, droplet: Fields): void {
  const found = account.get("volume", volume);
  if ((found.droplet_ids as unknown[]).length > 0)
    throw new Refusal(422, "unprocessable_entity", "volume is already attached to a droplet");
  if ((found.region as Fields).slug !== (droplet.region as Fields).slug)
    throw new Refusal(422, "unprocessable_entity", "volume and droplet are in different regions");
  found.droplet_ids = [droplet.id];
}

function assign(account: Account, address: Fields, droplet: unknown): void {
  const userData = droplet === null ? undefined : account.get("droplet", droplet).user_data;
  address.holder = droplet;
  account.assigned?.(String(address.ip), userData as string | undefined);
}

/** Droplets, and what is theirs. */
export const machines: Routes = {
  "GET /v2/account": () => ({
    account: {
      uuid: "8a1b2c3d-0000-4000-8000-000000000001",
      email: "owner@example.com",
      email_verified: true,
      status: "active",
      droplet_limit: 25,
    },
  }),
  "GET /v2/actions/:id": ({ account, path }) => ({ action: account.get("action", path.id) }),

  "POST /v2/droplets": ({ account, body }) => {
    const id = account.number();
    if (body.vpc_uuid !== undefined) account.get("vpc", body.vpc_uuid);
    if (Buffer.byteLength((body.user_data ?? "") as string) > 64 * 1024)
      throw new Refusal(422, "unprocessable_entity", "user_data must not exceed 64 KiB");
    const on = (feature: string): string[] => (body[feature] === true ? [feature] : []);
    const droplet: Fields = {
      id,
      name: body.name,
      ...sized(body.size),
      region: region(body.region || "nyc3"),
      image: { slug: body.image },
      user_data: body.user_data,
      locked: false,
      status: "active",
      created_at: moment,
      features: [
        ...on("backups"),
        ...on("ipv6"),
        ...on("monitoring"),
        "droplet_agent",
        "private_networking",
      ],
      tags: account.tags(body.tags),
      vpc_uuid: body.vpc_uuid ?? own.vpc,
      networks: {
        v4: [
          { ip_address: `10.108.0.${id % 250}`, netmask: "255.255.240.0", type: "private" },
          { ip_address: `198.51.100.${id % 250}`, netmask: "255.255.255.0", type: "public" },
        ],
        v6:
          body.ipv6 === true
            ? [{ ip_address: `2001:DB8::${id % 250}`, netmask: 64, type: "public" }]
            : [],
      },
    };
    for (const { id: volume } of (body.volumes ?? []) as Fields[]) attach(account, volume, droplet);
    account.add("droplet", id, droplet);
    return { droplet: { ...seen(account, droplet), status: "new", networks: { v4: [], v6: [] } } };
  },
  "GET /v2/droplets": ({ account }) => {
    const droplets = account.all("droplet").map((droplet) => seen(account, droplet));
    return { droplets, links: {}, meta: { total: droplets.length } };
  },
  "GET /v2/droplets/:id": ({ account, path }) => ({
    droplet: seen(account, account.get("droplet", path.id)),
  }),
  "DELETE /v2/droplets/:id": ({ account, path }) => {
    const { id } = account.get("droplet", path.id);
    account.remove("droplet", id);
    for (const volume of account.all("volume"))
      volume.droplet_ids = (volume.droplet_ids as unknown[]).filter((one) => one !== id);
    for (const address of account.all("address"))
      if (address.holder === id) assign(account, address, null);
    return undefined;
  },
  // Nothing is under way.
  "GET /v2/droplets/:id/actions": ({ account, path }) => {
    account.get("droplet", path.id);
    return { actions: [], links: {}, meta: { total: 0 } };
  },
  "POST /v2/droplets/:id/actions": ({ account, path, body }) => {
    const droplet = account.get("droplet", path.id);
    switch (body.type) {
      case "power_off":
        droplet.status = "off";
        break;
      case "shutdown":
        setTimeout(() => (droplet.status = "off"), account.shutdown).unref();
        break;
      case "power_on":
        droplet.status = "active";
        break;
      case "rename":
        droplet.name = body.name;
        break;
      case "resize": {
        const { disk, ...rest } = sized(body.size);
        if (droplet.status !== "off")
          throw new Refusal(422, "unprocessable_entity", "Droplet must be powered off");
        if (Number(disk) < Number(droplet.disk))
          throw new Refusal(
            422,
            "unprocessable_entity",
            "This size is not available because it has a smaller disk.",
          );
        Object.assign(droplet, rest, body.disk === true ? { disk } : {});
        break;
      }
      default:
        throw new Refusal(
          422,
          "unprocessable_entity",
          `the action ${String(body.type)} is not part of the stand-in`,
        );
    }
    return account.act(body.type, "droplet", path.id);
  },

  "POST /v2/volumes": ({ account, body }) => {
    account.unique(
      "volume",
      body.name,
      409,
      "a volume with that name already exists in that region",
    );
    const id = account.uuid();
    const volume = {
      id,
      name: body.name,
      region: region(body.region),
      size_gigabytes: body.size_gigabytes,
      description: body.description,
      droplet_ids: [],
      created_at: moment,
      filesystem_type: body.filesystem_type ?? "",
      filesystem_label: body.filesystem_label ?? "",
      tags: account.tags(body.tags),
    };
    return { volume: account.add("volume", id, volume) };
  },
  "GET /v2/volumes/:id": ({ account, path }) => ({ volume: account.get("volume", path.id) }),
  "DELETE /v2/volumes/:id": ({ account, path }) => {
    if ((account.get("volume", path.id).droplet_ids as unknown[]).length > 0)
      throw new Refusal(409, "conflict", "the volume is attached to a droplet");
    account.remove("volume", path.id);
    return undefined;
  },
  "POST /v2/volumes/:id/actions": ({ account, path, body }) => {
    const volume = account.get("volume", path.id);
    if (body.type === "attach") attach(account, path.id, account.get("droplet", body.droplet_id));
    if (body.type === "detach") volume.droplet_ids = [];
    if (body.type === "resize") volume.size_gigabytes = body.size_gigabytes;
    return account.act(body.type, "volume", path.id);
  },

  "POST /v2/reserved_ips": ({ account, body }) => {
    const ip = account.addresses.shift() ?? `203.0.113.${10 + (account.number() % 200)}`;
    const address = {
      ip,
      region: region(body.region),
      locked: false,
      project_id: "",
      holder: null,
    };
    account.add("address", ip, address);
    return { reserved_ip: { ...address, droplet: null } };
  },
  "GET /v2/reserved_ips/:ip": ({ account, path }) => {
    const { holder, ...address } = account.get("address", path.ip);
    return {
      reserved_ip: {
        ...address,
        droplet: holder === null ? null : seen(account, account.get("droplet", holder)),
      },
    };
  },
  "DELETE /v2/reserved_ips/:ip": ({ account, path }) => {
    account.remove("address", path.ip);
    return undefined;
  },
  "POST /v2/reserved_ips/:ip/actions": ({ account, path, body }) => {
    const address = account.get("address", path.ip);
    assign(account, address, body.type === "assign" ? body.droplet_id : null);
    return account.act(body.type, "reserved_ip", path.ip);
  },
  "GET /v2/reserved_ips/:ip/actions/:id": ({ account, path }) => ({
    action: account.get("action", path.id),
  }),
};
