import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Plan } from "../../plan/plan";
import type { Open } from "../cloud";
import { physicalName, stackTags } from "../names";
import { zones } from "./catalog";

/** What everything of a stack on AWS is made with. */
export interface Home {
  readonly plan: Plan;
  readonly open: Open;
  readonly tls: pulumi.ProviderResource;
  readonly random: pulumi.ProviderResource;
  readonly provider: aws.Provider;
}

/** Where machines, clusters and databases stand. */
export interface Place extends Home {
  readonly network: Network;
}

/** Known before the cluster: its subnets are tagged with it. */
export function clusterName({ prefix }: Plan): string {
  return physicalName(prefix, "cluster", 100);
}

/** Docker's own networks take 172.17.0.0/16 and up, EKS's services 172.20.0.0/16: this is neither. */
const range = "10.64.0.0/16";

/**
 * A VPC of the stack's own: the default one may be gone, and its subnets are public. One public subnet
 * for a machine alone; databases want private subnets in two zones, a cluster public ones too.
 */
export class Network extends pulumi.ComponentResource {
  readonly id: pulumi.Output<string>;
  readonly range = range;
  /** The zone of what stands in one zone. */
  readonly zone: string;
  /** The zones of the public subnets. */
  readonly zones: readonly string[];
  readonly publicSubnets: readonly aws.ec2.Subnet[];
  readonly privateSubnets: readonly aws.ec2.Subnet[];
  /** What has to be there before anything in a subnet reaches the internet. */
  readonly ways: readonly pulumi.Resource[];

  constructor(
    name: string,
    { plan, provider }: Pick<Place, "plan" | "provider">,
    opts: pulumi.ComponentResourceOptions,
  ) {
    super("berth:aws:Network", name, {}, opts);
    // Nothing here holds data or a name of its own: every replacement is made first, then the old one goes.
    const child = { parent: this, provider, deleteBeforeReplace: false };
    const tags = (role: string) => ({ ...stackTags(plan), Name: `${plan.prefix}-${role}` });
    const [first, second] = zones(plan.region!);
    this.zone = first;
    const managed = plan.databases.some(({ managed, url }) => managed && url === undefined);
    const cluster = plan.shape === "cluster";

    const vpc = new aws.ec2.Vpc(
      `${name}-vpc`,
      {
        cidrBlock: range,
        enableDnsHostnames: true,
        enableDnsSupport: true,
        tags: tags("network"),
      },
      child,
    );
    this.id = vpc.id;
    const gateway = new aws.ec2.InternetGateway(
      `${name}-gateway`,
      { vpcId: vpc.id, tags: tags("gateway") },
      child,
    );
    const subnets = (kind: "public" | "private", placed: readonly (readonly [string, string])[]) =>
      placed.map(
        ([zone, cidrBlock]) =>
          new aws.ec2.Subnet(
            `${name}-${kind}-${zone}`,
            {
              vpcId: vpc.id,
              availabilityZone: zone,
              cidrBlock,
              tags: {
                ...tags(`${kind}-${zone}`),
                // By these tags load balancers of Kubernetes find their subnets.
                ...(cluster && {
                  [`kubernetes.io/role/${kind === "public" ? "elb" : "internal-elb"}`]: "1",
                  [`kubernetes.io/cluster/${clusterName(plan)}`]: "shared",
                }),
              },
            },
            // Two subnets cannot have one range.
            { ...child, deleteBeforeReplace: true },
          ),
      );
    const routes = (
      kind: "public" | "private",
      to: readonly aws.ec2.Subnet[],
      zonesOf: readonly string[],
    ) => {
      const table = new aws.ec2.RouteTable(
        `${name}-${kind}-routes`,
        { vpcId: vpc.id, tags: tags(`${kind}-routes`) },
        child,
      );
      const associations = to.map(
        (subnet, index) =>
          new aws.ec2.RouteTableAssociation(
            `${name}-${kind}-routes-${zonesOf[index]!}`,
            { subnetId: subnet.id, routeTableId: table.id },
            // A subnet has one route table.
            { ...child, deleteBeforeReplace: true },
          ),
      );
      return { table, associations };
    };
    const outward = (kind: "public" | "private", route: Omit<aws.ec2.RouteArgs, "region">) =>
      new aws.ec2.Route(
        `${name}-${kind}-outward`,
        { ...route, destinationCidrBlock: "0.0.0.0/0" },
        // A table has one default route.
        { ...child, deleteBeforeReplace: true },
      );

    const publicRanges = [
      [first, "10.64.0.0/20"],
      [second, "10.64.16.0/20"],
    ] as const;
    const publicPlaced = cluster ? publicRanges : publicRanges.slice(0, 1);
    this.zones = publicPlaced.map(([zone]) => zone);
    this.publicSubnets = subnets("public", publicPlaced);
    const publicRoutes = routes(
      "public",
      this.publicSubnets,
      publicPlaced.map(([zone]) => zone),
    );
    const out = outward("public", {
      routeTableId: publicRoutes.table.id,
      gatewayId: gateway.id,
    });

    const privatePlaced =
      managed || cluster
        ? ([
            [first, "10.64.64.0/18"],
            [second, "10.64.128.0/18"],
          ] as const)
        : [];
    this.privateSubnets = subnets("private", privatePlaced);
    const ways: pulumi.Resource[] = [out, ...publicRoutes.associations];
    if (privatePlaced.length > 0) {
      const privateRoutes = routes(
        "private",
        this.privateSubnets,
        privatePlaced.map(([zone]) => zone),
      );
      if (cluster) {
        const address = new aws.ec2.Eip(
          `${name}-nat-address`,
          { domain: "vpc", tags: tags("nat") },
          { ...child, dependsOn: gateway },
        );
        const nat = new aws.ec2.NatGateway(
          `${name}-nat`,
          {
            allocationId: address.allocationId,
            subnetId: this.publicSubnets[0]!.id,
            tags: tags("nat"),
          },
          // The address can be held by one gateway only.
          { ...child, dependsOn: ways, deleteBeforeReplace: true },
        );
        ways.push(
          outward("private", { routeTableId: privateRoutes.table.id, natGatewayId: nat.id }),
          ...privateRoutes.associations,
        );
      }
    }
    this.ways = ways;
    this.registerOutputs({ id: this.id });
  }
}
