import * as gcp from "@pulumi/gcp";
import type * as pulumi from "@pulumi/pulumi";

/**
 * Full rights on the clusters of the project for each of `admins`, named by whom it is for. It lets in at the control
 * plane too: what else that checks is the address (`operators`).
 */
export function grantAccess(
  name: string,
  admins: readonly string[],
  project: pulumi.Input<string>,
  child: pulumi.CustomResourceOptions,
): pulumi.Resource[] {
  return admins.map(
    (member) =>
      new gcp.projects.IAMMember(
        `${name}-admin-${member.replace(/[:/]+/g, "-")}`,
        { project, role: "roles/container.admin", member },
        // A member has a role once.
        { ...child, deleteBeforeReplace: true },
      ),
  );
}
