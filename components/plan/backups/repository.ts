/**
 * The stack's own folder of a repository that several stacks may name: each has a password of its own.
 *
 * @param to As restic names it: `s3:https://host/bucket`, `gs:bucket:/`, `rest:https://host/`
 *   (https://restic.readthedocs.io/en/stable/030_preparing_a_new_repo.html).
 */
export function ownFolder(to: string, folder: string): string {
  const whole = to.replace(/\/+$/, "");
  const [scheme = ""] = whole.split(":");
  const [, name, path] = /^[a-z0-9]+:([^:]+)(?::(.*))?$/.exec(whole) ?? [];
  if (!["gs", "azure", "b2", "swift"].includes(scheme) || name === undefined)
    return `${whole}/${folder}${scheme === "rest" ? "/" : ""}`;
  return `${scheme}:${name}:${path === undefined || path === "" ? "" : path}/${folder}`;
}
