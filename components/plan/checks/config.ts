import type { Context } from "../context";

/** Notices for config keys that have no effect, and for one that should be stated. */
export function checkConfig({ settings, notices }: Context): void {
  const { stated, dns, domain, cloud } = settings;
  if (stated.has("backups"))
    notices.loss(
      null,
      "backups",
      "no backup is made of volumes and containers; run pg_dump, mysqldump and the like on a schedule of your own",
    );
  if (cloud !== "local" && settings.account === undefined)
    notices.info(
      null,
      "account",
      "nobody checks whose credentials these are; name the account, so that a wrong profile is refused",
    );
  if (dns !== undefined && dns.cloud !== cloud)
    notices.loss(
      null,
      "dns.cloud",
      `records are made by the stack's own cloud alone; make those of the output records in ${dns.cloud}`,
    );
  if (dns !== undefined && domain === undefined)
    notices.loss(null, "dns", "no record is made without berth:domain; set it");
}
