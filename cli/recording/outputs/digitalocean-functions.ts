import { address, hex, moment, number, pem, text, uuid, type Knowledge } from "./known";

const slugs = ["1.36.0-do.0", "1.35.3-do.1", "1.34.6-do.1"];

const sizes = [
  { slug: "s-1vcpu-1gb", vcpus: 1, memory: 1024, disk: 25, priceMonthly: 6 },
  { slug: "s-1vcpu-2gb", vcpus: 1, memory: 2048, disk: 50, priceMonthly: 12 },
  { slug: "s-2vcpu-2gb", vcpus: 2, memory: 2048, disk: 60, priceMonthly: 18 },
  { slug: "s-2vcpu-4gb", vcpus: 2, memory: 4096, disk: 80, priceMonthly: 24 },
  { slug: "s-4vcpu-8gb", vcpus: 4, memory: 8192, disk: 160, priceMonthly: 48 },
  { slug: "s-8vcpu-16gb", vcpus: 8, memory: 16384, disk: 320, priceMonthly: 96 },
].map((size) => ({
  ...size,
  available: true,
  priceHourly: Math.round((size.priceMonthly / 672) * 100_000) / 100_000,
  regions: ["ams3", "fra1", "lon1", "nyc3", "sfo3", "sgp1"],
  transfer: size.priceMonthly / 6,
}));

/** One `filters` entry of a DigitalOcean list function. */
interface Filter {
  readonly key: string;
  readonly values: readonly string[];
}

/** What DigitalOcean's functions answer. */
export const digitaloceanFunctions: Knowledge["functions"] = {
  "digitalocean:index/getAccount:getAccount": () => ({
    id: uuid("do/account"),
    uuid: uuid("do/account"),
    email: "owner@example.com",
    emailVerified: true,
    dropletLimit: 25,
    floatingIpLimit: 3,
    status: "active",
    statusMessage: "",
  }),
  "digitalocean:index/getKubernetesVersions:getKubernetesVersions": (args) => {
    const prefix = text(args, "versionPrefix", "");
    const validVersions = slugs.filter((slug) => slug.startsWith(prefix));
    return { id: "versions", validVersions, latestVersion: validVersions[0] ?? "" };
  },
  "digitalocean:index/getSizes:getSizes": (args) => {
    const filters = Array.isArray(args.filters) ? (args.filters as Filter[]) : [];
    const found = sizes.filter((size) =>
      filters.every(({ key, values }) =>
        values.includes(String((size as Record<string, unknown>)[key])),
      ),
    );
    return { id: "sizes", sizes: found };
  },
  "digitalocean:index/getDatabaseCa:getDatabaseCa": (args) => ({
    id: text(args, "clusterId", ""),
    certificate: pem("CERTIFICATE", "do/database-ca", 1100),
  }),
  "digitalocean:index/getRegion:getRegion": (args) => ({
    id: text(args, "slug", "nyc3"),
    name: text(args, "slug", "nyc3"),
    available: true,
    features: ["backups", "ipv6", "metadata", "storage"],
    sizes: sizes.map(({ slug }) => slug),
  }),
  "digitalocean:index/getDomain:getDomain": (args) => ({
    id: text(args, "name", ""),
    domainUrn: `do:domain:${text(args, "name", "")}`,
    ttl: 1800,
    zoneFile: "",
  }),
  "digitalocean:index/getProject:getProject": (args) => ({
    id: text(args, "id", uuid("do/project/default")),
    name: text(args, "name", "default"),
    description: "",
    environment: "Production",
    isDefault: true,
    purpose: "Web Application",
    resources: [],
    createdAt: moment,
    updatedAt: moment,
    ownerId: 1,
    ownerUuid: uuid("do/owner"),
  }),
  "digitalocean:index/getVpc:getVpc": (args) => ({
    id: text(args, "id", uuid("do/vpc/default")),
    name: text(args, "name", "default"),
    region: text(args, "region", "nyc3"),
    ipRange: "10.108.0.0/20",
    default: true,
    description: "",
    createdAt: moment,
    vpcUrn: `do:vpc:${uuid("do/vpc/default")}`,
  }),
  "digitalocean:index/getImage:getImage": (args) => ({
    id: number(`do/image/${text(args, "slug", "")}`),
    slug: text(args, "slug", ""),
    image: text(args, "slug", ""),
    name: text(args, "slug", ""),
    distribution: "Ubuntu",
    private: false,
    regions: ["ams3", "fra1", "lon1", "nyc3", "sfo3", "sgp1"],
    minDiskSize: 7,
    sizeGigabytes: 0.7,
    status: "available",
    tags: [],
    type: "base",
    created: moment,
    description: "",
    errorMessage: "",
  }),
  "digitalocean:index/getContainerRegistry:getContainerRegistry": (args) => ({
    id: text(args, "name", ""),
    createdAt: moment,
    endpoint: `registry.digitalocean.com/${text(args, "name", "")}`,
    region: "nyc3",
    serverUrl: "registry.digitalocean.com",
    storageUsageBytes: 0,
    subscriptionTierSlug: "basic",
  }),
  "digitalocean:index/getSshKey:getSshKey": (args) => ({
    id: number(`do/key/${text(args, "name", "")}`),
    fingerprint: hex(`do/key/${text(args, "name", "")}`, 32).replace(/(..)(?=.)/g, "$1:"),
    publicKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI",
  }),
  "digitalocean:index/getReservedIp:getReservedIp": (args) => ({
    id: text(args, "ipAddress", address),
    ipAddress: text(args, "ipAddress", address),
    dropletId: number("do/droplet"),
    region: "nyc3",
    reservedIpUrn: `do:reservedip:${text(args, "ipAddress", address)}`,
  }),
};
