import assert from "node:assert/strict";
import { examples } from "./examples";

/** What a resource costs: nothing, an item of the price list, or what the list names as not included. */
type Bill = "free" | { readonly item?: RegExp; readonly left?: RegExp };

const database = { item: /: managed / };
const backups = /^backups: bucket/;
const site = { left: /storage and requests of sites/ };
const registry = { item: /^registry: images/ };

const bills: Readonly<Record<string, Bill>> = {
  "aws:cloudfront/distribution:Distribution": { left: /^traffic$/ },
  "aws:cloudfront/function:Function": site,
  "aws:cloudwatch/metricAlarm:MetricAlarm": { left: /alarms beyond ten/ },
  "aws:cloudwatch/logGroup:LogGroup": { item: /control plane's logs/ },
  "aws:ebs/volume:Volume": { item: /^machine: data disk/ },
  "aws:ec2/eip:Eip": { item: /address|NAT gateway/ },
  "aws:ec2/instance:Instance": { item: /^machine: t3/ },
  "aws:ec2/natGateway:NatGateway": { item: /NAT gateway/ },
  "aws:ecr/repository:Repository": registry,
  "aws:eks/cluster:Cluster": { item: /control plane/ },
  "aws:eks/nodeGroup:NodeGroup": { item: /\d nodes, / },
  "aws:elasticache/replicationGroup:ReplicationGroup": database,
  "aws:rds/instance:Instance": database,
  "aws:s3/bucket:Bucket": { ...site, item: backups },
  "aws:sns/topic:Topic": "free",
  "digitalocean:index/containerRegistry:ContainerRegistry": registry,
  "digitalocean:index/databaseCluster:DatabaseCluster": database,
  "digitalocean:index/databaseReplica:DatabaseReplica": database,
  "digitalocean:index/droplet:Droplet": { item: /^machine: s-/ },
  "digitalocean:index/kubernetesCluster:KubernetesCluster": { item: /control plane/ },
  "digitalocean:index/kubernetesNodePool:KubernetesNodePool": { item: /\d nodes, / },
  "digitalocean:index/loadBalancer:LoadBalancer": { item: /load balancer$/ },
  // It costs while no machine holds it.
  "digitalocean:index/reservedIp:ReservedIp": "free",
  "digitalocean:index/spacesBucket:SpacesBucket": { item: backups },
  "digitalocean:index/volume:Volume": { item: /^machine: data disk/ },
  "gcp:artifactregistry/repository:Repository": registry,
  "gcp:compute/address:Address": { item: /public address|load balancer$/ },
  "gcp:compute/disk:Disk": { item: /^machine: data disk/ },
  "gcp:compute/globalForwardingRule:GlobalForwardingRule": { item: /: static site/ },
  "gcp:compute/instance:Instance": { item: /^machine: e2/ },
  "gcp:compute/routerNat:RouterNat": { item: /NAT gateway/ },
  "gcp:container/cluster:Cluster": { item: /control plane/ },
  "gcp:container/nodePool:NodePool": { item: /\d nodes, / },
  "gcp:monitoring/alertPolicy:AlertPolicy": { left: /alerting policies/ },
  "gcp:redis/instance:Instance": database,
  "gcp:sql/databaseInstance:DatabaseInstance": database,
  "gcp:storage/bucket:Bucket": { ...site, item: backups },
  "hcloud:index/primaryIp:PrimaryIp": { item: /^machine: public address/ },
  "hcloud:index/server:Server": { item: /^machine: c/ },
  "hcloud:index/volume:Volume": { item: /^machine: data disk/ },
};

/** Types that no cloud charges for: rules, names, rights, and settings of what is charged. */
const free =
  /:(acm|iam|dns|projects|serviceaccount|servicenetworking|route53|vpc)\/|:(Addon|Attachment|BackendBucket|Bucket(IAMMember|LifecycleConfiguration|Object|Objectv2|Policy|PublicAccessBlock|Versioning)|ContainerRegistryDockerCredentials|Database(Firewall|MysqlConfig|PostgresqlConfig|ValkeyConfig)|DnsRecord|EipAssociation|Firewall|GlobalAddress|HmacKey|InternetGateway|LaunchTemplate|LifecyclePolicy|ManagedSslCertificate|MonitorAlert|Network|NotificationChannel|OriginAccessControl|ParameterGroup|PodIdentityAssociation|ReservedIpAssignment|Route|RouteTable|RouteTableAssociation|Router|SSLPolicy|SecurityGroup|SpacesBucketPolicy|SpacesKey|Subnet|SubnetGroup|Subnetwork|Tag|TargetHttps?Proxy|TopicSubscription|URLMap|UptimeCheckConfig|User|VolumeAttachment|Vpc|ZoneRrset)$/;

describe("the price list", function () {
  this.timeout(120_000);

  it("has a price for every resource that a cloud charges for, or says that it has none", async () => {
    const missing = new Set<string>();
    for (const { plan, recording } of await examples()) {
      const { items, unknown = [], notIncluded = [] } = plan.cost;
      const listed = [...items, ...unknown].map(({ resource, item }) => `${resource}: ${item}`);
      for (const { type, custom } of recording.resources) {
        if (!custom || !/^(aws|gcp|digitalocean|hcloud):/.test(type)) continue;
        const bill = bills[type] ?? (free.test(type) ? "free" : undefined);
        if (bill === "free") continue;
        const found =
          bill !== undefined &&
          (listed.some((line) => bill.item?.test(line)) ||
            notIncluded.some((line) => bill.left?.test(line)));
        if (!found) missing.add(`${plan.cloud} ${plan.shape}: ${type}`);
      }
    }
    assert.deepEqual([...missing], []);
  });

  it("counts every address of a cloud that charges for each", async () => {
    for (const { plan, recording } of await examples()) {
      if (plan.cloud !== "aws") continue;
      const addresses = recording.resources.filter(({ type }) => type === "aws:ec2/eip:Eip").length;
      // The gateway's own is in its price: 36.50 is 32.85 and 3.65.
      const price = (item: RegExp): number =>
        plan.cost.items
          .filter((one) => item.test(one.item))
          .reduce((sum, { monthly }) => sum + monthly, 0);
      const charged = price(/address/) + (price(/NAT gateway/) > 0 ? 3.65 : 0);
      assert.equal(Math.round(charged * 100), addresses * 365, `${plan.app.name} ${plan.shape}`);
    }
  });

  it("is of a day and of regions, which it names where the stack's is another", async () => {
    for (const { plan } of await examples()) {
      assert.match(plan.cost.date!, /^2026-\d\d-\d\d$/);
      const home: Readonly<Record<string, string>> = { aws: "us-east-1", gcp: "us-central1" };
      const elsewhere = (home[plan.cloud] ?? plan.region) !== plan.region;
      assert.equal(plan.cost.pricesOf !== undefined, elsewhere, `${plan.cloud} ${plan.region!}`);
    }
  });
});
