import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import { sibling } from "../names";

/**
 * The APIs that have to be on before Google takes a resource, by its type token; for a cluster also those that its
 * nodes write to. A resource of a type that is not here is refused: it would fail in a new project alone.
 */
const apisByType: Readonly<Record<string, readonly string[]>> = {
  "gcp:artifactregistry/repository:Repository": ["artifactregistry"],
  "gcp:compute/address:Address": ["compute"],
  "gcp:compute/backendBucket:BackendBucket": ["compute"],
  "gcp:compute/disk:Disk": ["compute"],
  "gcp:compute/firewall:Firewall": ["compute"],
  "gcp:compute/globalAddress:GlobalAddress": ["compute"],
  "gcp:compute/globalForwardingRule:GlobalForwardingRule": ["compute"],
  "gcp:compute/instance:Instance": ["compute"],
  "gcp:compute/managedSslCertificate:ManagedSslCertificate": ["compute"],
  "gcp:compute/network:Network": ["compute"],
  "gcp:compute/router:Router": ["compute"],
  "gcp:compute/routerNat:RouterNat": ["compute"],
  "gcp:compute/sSLPolicy:SSLPolicy": ["compute"],
  "gcp:compute/subnetwork:Subnetwork": ["compute"],
  "gcp:compute/targetHttpProxy:TargetHttpProxy": ["compute"],
  "gcp:compute/targetHttpsProxy:TargetHttpsProxy": ["compute"],
  "gcp:compute/uRLMap:URLMap": ["compute"],
  "gcp:container/cluster:Cluster": ["container", "compute", "logging", "monitoring"],
  "gcp:container/nodePool:NodePool": ["container", "compute"],
  "gcp:dns/recordSet:RecordSet": ["dns"],
  "gcp:monitoring/alertPolicy:AlertPolicy": ["monitoring"],
  "gcp:monitoring/notificationChannel:NotificationChannel": ["monitoring"],
  "gcp:monitoring/uptimeCheckConfig:UptimeCheckConfig": ["monitoring"],
  "gcp:projects/iAMMember:IAMMember": ["cloudresourcemanager"],
  // What turns the others on has to be on by itself: docs/gcp.md.
  "gcp:projects/service:Service": [],
  "gcp:redis/instance:Instance": ["redis"],
  "gcp:serviceaccount/account:Account": ["iam"],
  "gcp:serviceaccount/key:Key": ["iam"],
  // Google's name of a network has the project's number in it, which is asked for.
  "gcp:servicenetworking/connection:Connection": ["servicenetworking", "cloudresourcemanager"],
  "gcp:sql/databaseInstance:DatabaseInstance": ["sqladmin"],
  "gcp:sql/user:User": ["sqladmin"],
  "gcp:storage/bucket:Bucket": ["storage"],
  "gcp:storage/bucketIAMMember:BucketIAMMember": ["storage"],
  "gcp:storage/bucketObject:BucketObject": ["storage"],
  "gcp:storage/hmacKey:HmacKey": ["storage"],
};

/** @throws Error for a resource of Google Cloud whose API is not known. */
export function apisOf(type: string): readonly string[] {
  if (!type.startsWith("gcp:")) return [];
  const apis = apisByType[type];
  if (apis === undefined) throw new Error(`${type}: say in gcp/apis.ts which API makes it`);
  return apis;
}

/** The component that had an API's resource before, by the end of its name: its type, and the resource's name in it. */
const formerly: Readonly<Record<string, readonly [end: string, type: string, name: string]>> = {
  artifactregistry: ["registry", "Registry", "api"],
  compute: ["network", "Network", "compute-api"],
  container: ["cluster", "Cluster", "container-api"],
  file: ["cluster", "Cluster", "file-api"],
  redis: ["network", "Network", "redis-api"],
  servicenetworking: ["network", "Network", "servicenetworking-api"],
  sqladmin: ["network", "Network", "sqladmin-api"],
};

/**
 * The APIs that a stack turns on: in a new project they are off. Each is made with the first resource that needs it,
 * and stays on when the stack goes, as others in the project may use it.
 */
export class Apis extends pulumi.ComponentResource {
  private readonly made = new Map<string, gcp.projects.Service>();

  constructor(
    private readonly name: string,
    private readonly provider: gcp.Provider,
    private readonly opts: pulumi.ComponentResourceOptions,
  ) {
    super("berth:gcp:Apis", name, {}, opts);
    this.registerOutputs({});
  }

  /** The options of a component with which all that is made in it waits for its API. */
  before(opts: pulumi.ComponentResourceOptions): pulumi.ComponentResourceOptions {
    return { ...opts, transformations: [...(opts.transformations ?? []), this.wait] };
  }

  /** The resource that turns `<api>.googleapis.com` on. */
  on(api: string): gcp.projects.Service {
    const made =
      this.made.get(api) ??
      new gcp.projects.Service(
        `${this.name}-${api}`,
        { service: `${api}.googleapis.com`, disableOnDestroy: false },
        {
          parent: this,
          provider: this.provider,
          deleteBeforeReplace: true,
          aliases: this.aliases(api),
        },
      );
    this.made.set(api, made);
    return made;
  }

  private readonly wait: pulumi.ResourceTransformation = ({ type, props, opts }) => {
    const apis = apisOf(type);
    if (apis.length === 0) return undefined;
    return {
      props,
      opts: pulumi.mergeOptions(opts, { dependsOn: apis.map((api) => this.on(api)) }),
    };
  };

  private aliases(api: string): pulumi.Alias[] {
    const former = formerly[api];
    if (former === undefined) return [];
    const [end, type, name] = former;
    const component = sibling(this.name, end);
    const parent = pulumi.createUrn(component, `berth:gcp:${type}`, this.opts.parent);
    return [{ name: `${component}-${name}`, parent }];
  }
}
