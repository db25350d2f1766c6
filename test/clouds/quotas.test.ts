import assert from "node:assert/strict";
import { catalogs, clouds } from "../../components/clouds";
import type { CloudName } from "../../components/clouds/list";
import type { Shape } from "../../components/settings/settings";
import { clusterArgs, machineArgs } from "./contract";
import { cloudArgs, planFor } from "./plan";
import { record } from "./record";

/** What a quota counts, by the start of its name. */
const counted: Partial<Record<CloudName, Readonly<Record<string, RegExp>>>> = {
  aws: { "Elastic IPs": /ec2\/eip:/, VPCs: /ec2\/vpc:/ },
  gcp: { "static addresses": /compute\/address:/, networks: /compute\/network:/ },
  digitalocean: { "reserved addresses": /reservedIp:/ },
};

describe("the quotas of a cloud", function () {
  this.timeout(120_000);

  for (const cloud of ["aws", "gcp", "digitalocean"] as const)
    for (const shape of ["vm", "cluster"] as const satisfies readonly Shape[])
      it(`count what the ${shape} shape makes on ${cloud}`, async () => {
        const own = await record(() => {
          const made = new (clouds[cloud]())(cloudArgs(planFor(cloud, shape)));
          if (shape === "vm") made.machine("qa-machine", machineArgs(cloud), {});
          else made.cluster!("qa-cluster", clusterArgs(cloud), {});
        });
        const stack = { cluster: shape === "cluster", machines: 2, cpus: 4, disks: 40 };
        for (const [start, type] of Object.entries(counted[cloud]!)) {
          const { limits } = catalogs[cloud]().quotas!;
          const quota = limits.find(({ what }) => what.startsWith(start));
          assert.ok(quota, start);
          const made = own.filter((resource) => type.test(resource.type)).length;
          assert.equal(quota.uses(stack), made, start);
        }
      });
});
