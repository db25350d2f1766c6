import {
  address,
  hex,
  moment,
  number,
  pem,
  text,
  type PreviewAnswers,
  type Properties,
} from "../preview";

const project = "example-project";

/** A resource that Google knows by project and name: its own one, or one made up from the program's. */
const named =
  (
    path: string,
    more: (own: string, name: string, inputs: Properties) => Properties = () => ({}),
  ) =>
  (name: string, inputs: Properties): Properties => {
    const own = text(inputs, "name", `${name}-${hex(`gcp/${path}/${name}`, 7)}`);
    const id = `projects/${project}/${path}/${own}`;
    return {
      id,
      name: own,
      project,
      selfLink: `https://www.googleapis.com/compute/v1/${id}`,
      ...more(own, name, inputs),
    };
  };

const authority = (name: string): Properties[] => [
  { cert: pem("CERTIFICATE", `gcp/ca/${name}`, 780), createTime: moment, expirationTime: moment },
];

/** What Google Cloud computes, by type token. */
export const preview: PreviewAnswers = {
  resources: {
    "gcp:projects/service:Service": (_, inputs) => ({
      id: `${project}/${text(inputs, "service", "")}`,
      project,
    }),
    "gcp:compute/network:Network": named("global/networks"),
    "gcp:compute/subnetwork:Subnetwork": named("regions/europe-west1/subnetworks"),
    "gcp:compute/router:Router": named("regions/europe-west1/routers"),
    "gcp:compute/routerNat:RouterNat": named("regions/europe-west1/routers/nats"),
    "gcp:compute/firewall:Firewall": named("global/firewalls"),
    "gcp:compute/address:Address": named("regions/europe-west1/addresses", () => ({ address })),
    "gcp:compute/globalAddress:GlobalAddress": named("global/addresses", (_own, _name, inputs) => ({
      address: inputs.addressType === "INTERNAL" ? "10.80.0.0" : address,
    })),
    "gcp:compute/disk:Disk": named("zones/europe-west1-b/disks"),
    "gcp:compute/instance:Instance": named("zones/europe-west1-b/instances", (_own, name) => ({
      instanceId: String(number(`gcp/instance/${name}`)),
      currentStatus: "RUNNING",
    })),
    "gcp:servicenetworking/connection:Connection": (name) => ({
      id: name,
      peering: "servicenetworking-googleapis-com",
    }),
    "gcp:sql/databaseInstance:DatabaseInstance": named("instances", (own, name, inputs) => ({
      id: own,
      connectionName: `${project}:${text(inputs, "region", "europe-west1")}:${own}`,
      privateIpAddress: `10.80.0.${(number(`gcp/sql/${name}`) % 200) + 3}`,
      serverCaCerts: authority(name),
    })),
    "gcp:sql/user:User": (name) => ({ id: name, project }),
    "gcp:redis/instance:Instance": named("locations/europe-west1/instances", (_own, name) => ({
      host: `10.80.0.${(number(`gcp/redis/${name}`) % 200) + 3}`,
      port: 6378,
      authString: hex(`gcp/redis/${name}`, 36),
      serverCaCerts: authority(name),
    })),
    "gcp:storage/hmacKey:HmacKey": (name) => ({
      id: name,
      accessId: `GOOG1E${hex(`gcp/hmac/${name}`, 55).toUpperCase()}`,
      secret: hex(`gcp/secret/${name}`, 40),
      state: "ACTIVE",
      project,
    }),
    "gcp:serviceaccount/account:Account": (name, inputs) => {
      const email = `${text(inputs, "accountId", name)}@${project}.iam.gserviceaccount.com`;
      return {
        id: `projects/${project}/serviceAccounts/${email}`,
        email,
        member: `serviceAccount:${email}`,
        project,
      };
    },
    "gcp:container/cluster:Cluster": named("locations/europe-west1-b/clusters", (_own, name) => ({
      endpoint: "203.0.113.11",
      masterAuth: {
        clusterCaCertificate: Buffer.from(pem("CERTIFICATE", `gcp/gke/${name}`, 780)).toString(
          "base64",
        ),
      },
      masterVersion: "1.35.2-gke.100",
    })),
    "gcp:container/nodePool:NodePool": named("locations/europe-west1-b/nodePools"),
    "gcp:artifactregistry/repository:Repository": named("locations/europe-west1/repositories"),
    "gcp:monitoring/notificationChannel:NotificationChannel": named("notificationChannels"),
    "gcp:monitoring/alertPolicy:AlertPolicy": named("alertPolicies"),
    "gcp:monitoring/uptimeCheckConfig:UptimeCheckConfig": named("uptimeCheckConfigs", (own) => ({
      uptimeCheckId: own,
    })),
    "gcp:storage/bucket:Bucket": (name, inputs) => {
      const own = text(inputs, "name", name);
      return { id: own, name: own, url: `gs://${own}`, project };
    },
    "gcp:compute/backendBucket:BackendBucket": named("global/backendBuckets"),
    "gcp:compute/uRLMap:URLMap": named("global/urlMaps"),
    "gcp:compute/targetHttpProxy:TargetHttpProxy": named("global/targetHttpProxies"),
    "gcp:compute/targetHttpsProxy:TargetHttpsProxy": named("global/targetHttpsProxies"),
    "gcp:compute/managedSslCertificate:ManagedSslCertificate": named("global/sslCertificates"),
    "gcp:compute/sSLPolicy:SSLPolicy": named("global/sslPolicies"),
    "gcp:compute/globalForwardingRule:GlobalForwardingRule": named("global/forwardingRules"),
  },
  functions: {
    "gcp:organizations/getClientConfig:getClientConfig": () => ({
      id: project,
      project,
      region: "europe-west1",
      zone: "europe-west1-b",
      accessToken: `ya29.${hex("gcp/token", 60)}`,
    }),
    "gcp:sql/getDatabaseInstances:getDatabaseInstances": () => ({ id: project, instances: [] }),
    "gcp:dns/getManagedZones:getManagedZones": (_, zone = "example.com") => ({
      id: project,
      project,
      managedZones: [{ name: "example", dnsName: `${zone}.`, visibility: "public" }],
    }),
  },
  // From the provider's schema: ForceNew.
  // From the provider's schema (ForceNew). A machine type, of a machine or of nodes, is changed in place.
  replaces: {
    "gcp:artifactregistry/repository:Repository": ["format", "repositoryId", "location", "mode"],
    "gcp:compute/address:Address": ["name", "region", "addressType", "networkTier"],
    "gcp:compute/backendBucket:BackendBucket": ["name"],
    "gcp:compute/disk:Disk": ["name", "zone", "type", "image", "snapshot"],
    "gcp:compute/firewall:Firewall": ["name", "network", "direction"],
    "gcp:compute/globalAddress:GlobalAddress": [
      "name",
      "addressType",
      "purpose",
      "network",
      "prefixLength",
    ],
    "gcp:compute/globalForwardingRule:GlobalForwardingRule": ["name", "ipAddress", "portRange"],
    "gcp:compute/instance:Instance": [
      "name",
      "zone",
      "hostname",
      "metadataStartupScript",
      "bootDisk.initializeParams.image",
      "bootDisk.initializeParams.type",
    ],
    "gcp:compute/managedSslCertificate:ManagedSslCertificate": ["name", "managed"],
    "gcp:compute/network:Network": ["name", "autoCreateSubnetworks"],
    "gcp:compute/router:Router": ["name", "network", "region"],
    "gcp:compute/routerNat:RouterNat": ["name", "router", "region"],
    "gcp:compute/sSLPolicy:SSLPolicy": ["name"],
    "gcp:compute/subnetwork:Subnetwork": ["name", "network", "region"],
    "gcp:compute/targetHttpProxy:TargetHttpProxy": ["name"],
    "gcp:compute/targetHttpsProxy:TargetHttpsProxy": ["name"],
    "gcp:compute/uRLMap:URLMap": ["name"],
    "gcp:container/cluster:Cluster": [
      "name",
      "location",
      "network",
      "subnetwork",
      "initialNodeCount",
      "ipAllocationPolicy.clusterSecondaryRangeName",
      "ipAllocationPolicy.servicesSecondaryRangeName",
      "networkingMode",
      "nodeConfig.oauthScopes",
      "nodeConfig.serviceAccount",
      "privateClusterConfig.masterIpv4CidrBlock",
      "datapathProvider",
      "defaultMaxPodsPerNode",
      "enableAutopilot",
      "description",
    ],
    "gcp:container/nodePool:NodePool": [
      "name",
      "initialNodeCount",
      "maxPodsPerNode",
      "location",
      "cluster",
      "nodeConfig.oauthScopes",
      "nodeConfig.serviceAccount",
      "nodeConfig.shieldedInstanceConfig",
    ],
    "gcp:dns/recordSet:RecordSet": ["name", "managedZone"],
    "gcp:monitoring/uptimeCheckConfig:UptimeCheckConfig": ["monitoredResource"],
    "gcp:projects/iAMMember:IAMMember": ["member", "project", "role"],
    "gcp:projects/service:Service": ["service"],
    "gcp:redis/instance:Instance": [
      "name",
      "region",
      "tier",
      "authorizedNetwork",
      "connectMode",
      "transitEncryptionMode",
    ],
    "gcp:serviceaccount/account:Account": ["accountId"],
    "gcp:servicenetworking/connection:Connection": ["network", "service"],
    "gcp:sql/databaseInstance:DatabaseInstance": ["name", "region", "encryptionKeyName"],
    "gcp:sql/user:User": ["name", "instance", "host"],
    "gcp:storage/bucket:Bucket": ["name", "location"],
    "gcp:storage/hmacKey:HmacKey": ["serviceAccountEmail"],
    "gcp:storage/bucketIAMMember:BucketIAMMember": ["bucket", "member", "role"],
    "gcp:storage/bucketObject:BucketObject": [
      "bucket",
      "name",
      "cacheControl",
      "contentType",
      "source",
    ],
  },
  grows: { "gcp:compute/disk:Disk": "size" },
};
