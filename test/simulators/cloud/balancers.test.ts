import assert from "node:assert/strict";
import { aws } from "../aws";
import { Client } from "../client";
import { World } from "./world";
import { digitalocean } from "../digitalocean";
import { gcp } from "../gcp";
import { serve, type ServedProvider } from "../server";
import type { Simulator } from "../simulator";
import type { Properties } from "../values";
import { balancers as ofAws } from "../aws/balancers";
import { balancers as ofDigitalocean } from "../digitalocean/balancers";
import { balancers as ofGcp } from "../gcp/balancers";
import type { KubernetesObject } from "../../rig/kube/api";

const service = (annotations: Record<string, string>, spec: Properties = {}): KubernetesObject => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: "edge", uid: "a-uid", annotations },
  spec,
});

describe("the balancer of a Service in a simulated cloud", () => {
  let world: World;
  let served: ServedProvider | undefined;
  let client: Client;

  const start = async (simulator: Simulator, config: Properties): Promise<void> => {
    served = await serve(simulator);
    client = new Client(served.port);
    await client.configure(config);
  };
  const make: Client["make"] = (...thing) => client.make(...thing);

  beforeEach(() => {
    world = new World();
  });
  afterEach(async () => {
    client.close();
    await served?.close();
  });

  it("keeps subnet, gateway and address on aws", async () => {
    await start(aws({ world, env: {} }), { region: "eu-central-1" });
    const vpc = await make("aws:ec2/vpc:Vpc", { cidrBlock: "10.0.0.0/16" });
    const gateway = await make("aws:ec2/internetGateway:InternetGateway", { vpcId: vpc.id });
    const subnet = await make("aws:ec2/subnet:Subnet", { vpcId: vpc.id, cidrBlock: "10.0.0.0/24" });
    const address = await make("aws:ec2/eip:Eip", { domain: "vpc" });
    const prefix = "service.beta.kubernetes.io/aws-load-balancer";
    const balancer = ofAws.balancerOf(
      service({ [`${prefix}-subnets`]: subnet.id, [`${prefix}-eip-allocations`]: address.id }),
      world,
    );
    world.add(balancer);
    await assert.rejects(client.delete(subnet.type, subnet.id), /still used by LoadBalancer edge/);
    await assert.rejects(client.delete(address.type, address.id), /still used by LoadBalancer/);
    await assert.rejects(client.delete(gateway.type, gateway.id), /mapped public addresses: edge/);
    world.remove(balancer.type, balancer.id);
    for (const { type, id } of [address, gateway, subnet, vpc]) await client.delete(type, id);
    assert.deepEqual(world.things(), []);
  });

  it("keeps network and address on gcp", async () => {
    await start(gcp({ world, env: {} }), { project: "acme" });
    const network = await make("gcp:compute/network:Network", { name: "net" });
    const address = await make("gcp:compute/address:Address", { name: "edge" });
    await make("gcp:container/cluster:Cluster", { network: network.id, deletionProtection: false });
    const balancer = ofGcp.balancerOf(
      service({}, { loadBalancerIP: world.get(address.type, address.id)!.outputs.address }),
      world,
    );
    world.add(balancer);
    await assert.rejects(client.delete(network.type, network.id), /ForwardingRule edge/);
    await assert.rejects(client.delete(address.type, address.id), /ForwardingRule edge/);
    world.remove(balancer.type, balancer.id);
    await client.delete(address.type, address.id);
  });

  it("keeps the network on digitalocean, and is the one that the Service names", async () => {
    await start(digitalocean({ world, env: {} }), { token: "t" });
    const vpc = await make("digitalocean:index/vpc:Vpc", { name: "net", region: "fra1" });
    await make("digitalocean:index/kubernetesCluster:KubernetesCluster", {
      name: "shop",
      region: "fra1",
      version: "1.35.3-do.1",
      vpcUuid: vpc.id,
      nodePool: { name: "system", size: "s-1vcpu-2gb", nodeCount: 1 },
    });
    const own = await make("digitalocean:index/loadBalancer:LoadBalancer", {
      name: "edge",
      region: "fra1",
      vpcUuid: vpc.id,
      forwardingRules: [
        { entryProtocol: "tcp", entryPort: 80, targetProtocol: "tcp", targetPort: 80 },
      ],
    });
    const annotations = { "kubernetes.digitalocean.com/load-balancer-id": own.id };
    assert.equal(ofDigitalocean.balancerOf(service(annotations), world).id, own.id);
    await assert.rejects(client.delete(vpc.type, vpc.id), /LoadBalancer thing/);
  });
});
