import { awsDatabases } from "./databases";
import { replaces } from "./replaces";
import {
  address,
  hex,
  moment,
  pem,
  text,
  type PreviewAnswers,
  type Properties,
} from "../../preview";

const region = "eu-central-1";
const account = "123456789012";

/** An id as EC2 gives it: `vpc-0123456789abcdef0`. */
const ec2 = (prefix: string) => (name: string) => {
  const id = `${prefix}-0${hex(`aws/${prefix}/${name}`, 16)}`;
  return { id, arn: `arn:aws:ec2:${region}:${account}:${prefix}/${id}` };
};

const named =
  (service: string, kind: string) =>
  (name: string, inputs: Properties): Properties => {
    const own = text(inputs, "name", `${name}-${hex(`aws/${service}/${name}`, 7)}`);
    return { id: own, name: own, arn: `arn:aws:${service}::${account}:${kind}/${own}` };
  };

/** What AWS computes, by type token. */
export const preview: PreviewAnswers = {
  replaces,
  grows: {
    "aws:ebs/volume:Volume": "size",
    "aws:rds/instance:Instance": "allocatedStorage",
  },
  resources: {
    ...awsDatabases,
    "aws:ec2/vpc:Vpc": ec2("vpc"),
    "aws:ec2/subnet:Subnet": ec2("subnet"),
    "aws:ec2/internetGateway:InternetGateway": ec2("igw"),
    "aws:ec2/natGateway:NatGateway": (name) => ({ ...ec2("nat")(name), publicIp: address }),
    "aws:ec2/routeTable:RouteTable": ec2("rtb"),
    "aws:ec2/routeTableAssociation:RouteTableAssociation": ec2("rtbassoc"),
    "aws:ec2/route:Route": (name) => ({ id: `r-rtb-${hex(`aws/route/${name}`, 10)}` }),
    "aws:ec2/securityGroup:SecurityGroup": (name, inputs) => ({
      ...ec2("sg")(name),
      name: `${text(inputs, "namePrefix", `${name}-`)}${hex(`aws/sg/${name}`, 12)}`,
      ownerId: account,
    }),
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": ec2("sgr"),
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": ec2("sgr"),
    "aws:ec2/eip:Eip": (name) => {
      const allocationId = `eipalloc-0${hex(`aws/eip/${name}`, 16)}`;
      return { id: allocationId, allocationId, publicIp: address };
    },
    "aws:ec2/eipAssociation:EipAssociation": ec2("eipassoc"),
    "aws:ebs/volume:Volume": ec2("vol"),
    "aws:ec2/volumeAttachment:VolumeAttachment": (name) => ({
      id: `vai-${hex(`aws/vai/${name}`, 10)}`,
    }),
    "aws:ec2/instance:Instance": (name) => ({
      ...ec2("i")(name),
      publicIp: address,
      privateIp: "10.64.0.10",
      instanceState: "running",
    }),
    "aws:ec2/launchTemplate:LaunchTemplate": (name) => ({
      ...ec2("lt")(name),
      name: `${name}-${hex(`aws/lt/${name}`, 7)}`,
      latestVersion: 1,
      defaultVersion: 1,
    }),
    "aws:iam/role:Role": named("iam", "role"),
    "aws:iam/instanceProfile:InstanceProfile": named("iam", "instance-profile"),
    "aws:iam/rolePolicy:RolePolicy": (name) => ({ id: name, name }),
    "aws:eks/cluster:Cluster": (name, inputs) => {
      const own = text(inputs, "name", name);
      return {
        id: own,
        arn: `arn:aws:eks:${region}:${account}:cluster/${own}`,
        endpoint: `https://${hex(`aws/eks/${name}`, 32).toUpperCase()}.gr7.${region}.eks.amazonaws.com`,
        certificateAuthority: {
          data: Buffer.from(pem("CERTIFICATE", `aws/eks/${name}`, 780)).toString("base64"),
        },
        vpcConfig: {
          clusterSecurityGroupId: ec2("sg")(`eks/${name}`).id,
          vpcId: ec2("vpc")(`eks/${name}`).id,
        },
        identities: [
          { oidcs: [{ issuer: `https://oidc.eks.${region}.amazonaws.com/id/${hex(name, 32)}` }] },
        ],
        status: "ACTIVE",
        createdAt: moment,
        platformVersion: "eks.1",
      };
    },
    "aws:eks/nodeGroup:NodeGroup": (name, inputs) => ({
      id: `${text(inputs, "clusterName", "cluster")}:${name}`,
      nodeGroupName: `${name}-${hex(`aws/nodes/${name}`, 7)}`,
      status: "ACTIVE",
    }),
    "aws:cloudwatch/logGroup:LogGroup": (name, inputs) => {
      const own = text(inputs, "name", name);
      return { id: own, name: own, arn: `arn:aws:logs:${region}:${account}:log-group:${own}` };
    },
    "aws:sns/topic:Topic": named("sns", "topic"),
    "aws:ecr/repository:Repository": (name, inputs) => {
      const own = text(inputs, "name", name);
      const repositoryUrl = `${account}.dkr.ecr.${region}.amazonaws.com/${own}`;
      return { id: own, name: own, registryId: account, repositoryUrl };
    },
    "aws:s3/bucket:Bucket": (name, inputs) => {
      const own = `${text(inputs, "bucketPrefix", `${name}-`)}${hex(`aws/s3/${name}`, 12)}`;
      return {
        id: own,
        bucket: own,
        arn: `arn:aws:s3:::${own}`,
        bucketDomainName: `${own}.s3.amazonaws.com`,
        bucketRegionalDomainName: `${own}.s3.${region}.amazonaws.com`,
      };
    },
    "aws:iam/user:User": named("iam", "user"),
    "aws:iam/accessKey:AccessKey": (name) => ({
      id: `AKIA${hex(`aws/key/${name}`, 16).toUpperCase()}`,
      secret: hex(`aws/secret/${name}`, 40),
      status: "Active",
    }),
    "aws:cloudfront/distribution:Distribution": (name) => {
      const id = `E${hex(`aws/cdn/${name}`, 13).toUpperCase()}`;
      return {
        id,
        arn: `arn:aws:cloudfront::${account}:distribution/${id}`,
        domainName: `d${hex(`aws/cdn/${name}`, 13)}.cloudfront.net`,
        hostedZoneId: "Z2FDTNDATAQYW2",
        status: "Deployed",
      };
    },
    "aws:cloudfront/function:Function": named("cloudfront", "function"),
    "aws:acm/certificate:Certificate": (name, inputs) => {
      const domain = text(inputs, "domainName", "example.com");
      return {
        id: name,
        arn: `arn:aws:acm:us-east-1:${account}:certificate/${hex(`aws/acm/${name}`, 32)}`,
        domainValidationOptions: [
          {
            domainName: domain,
            resourceRecordName: `_${hex(domain, 32)}.${domain}.`,
            resourceRecordType: "CNAME",
            resourceRecordValue: `_${hex(`${domain}/value`, 32)}.acm-validations.aws.`,
          },
        ],
      };
    },
    "aws:acm/certificateValidation:CertificateValidation": (name, inputs) => ({
      id: name,
      certificateArn: text(inputs, "certificateArn", ""),
    }),
    "aws:route53/record:Record": (name, inputs) => ({ id: name, fqdn: text(inputs, "name", name) }),
  },
  functions: {
    "aws:ec2/getAmi:getAmi": () => ({
      id: `ami-0${hex("aws/ami", 16)}`,
      architecture: "x86_64",
      name: "ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-20260101",
    }),
    "aws:index/getCallerIdentity:getCallerIdentity": () => ({
      id: account,
      accountId: account,
      arn: `arn:aws:iam::${account}:user/berth-preview`,
      userId: "AIDAEXAMPLE",
    }),
    "aws:ec2/getEips:getEips": () => ({ id: region, allocationIds: [], publicIps: [] }),
    "aws:cloudwatch/getLogGroups:getLogGroups": () => ({ id: region, arns: [], logGroupNames: [] }),
    "aws:eks/getAddonVersion:getAddonVersion": () => ({ version: "v1.20.0-eksbuild.1" }),
    "aws:eks/getClusterVersions:getClusterVersions": () => ({ clusterVersions: [] }),
    "aws:eks/getNodeGroups:getNodeGroups": () => ({ names: [] }),
    "aws:ssm/getParameter:getParameter": () => ({ value: "1.35.0-20260101" }),
    "aws:eks/getClusters:getClusters": () => ({ id: region, names: [] }),
    "aws:ecr/getAuthorizationToken:getAuthorizationToken": () => ({
      id: region,
      userName: "AWS",
      password: hex("aws/ecr/token", 64),
      proxyEndpoint: `https://${account}.dkr.ecr.${region}.amazonaws.com`,
      expiresAt: moment,
    }),
    "aws:route53/getZone:getZone": (args) => {
      const zoneId = `Z${hex(`aws/zone/${text(args, "name", "")}`, 19).toUpperCase()}`;
      return { id: zoneId, zoneId };
    },
  },
};
