import type { Context } from "../context";

/** Notices for config keys that have no effect, and for one that should be stated. */
export function checkConfig({ settings, catalog, notices }: Context): void {
  const { stated, cloud, shape } = settings;
  if (stated.has("backups"))
    notices.loss(
      null,
      "backups",
      "volumes and containers are not backed up; schedule pg_dump, mysqldump and the like yourself",
    );
  if (cloud !== "local" && settings.account !== undefined && catalog.account === undefined)
    notices.loss(
      null,
      "account",
      `the account is not checked: credentials of ${cloud} do not name one; remove the key`,
    );
  if (settings.monitoring.alerts !== undefined && shape === "vm" && !catalog.can.alerts)
    notices.loss(
      null,
      "monitoring.alerts",
      `${cloud} sends no alerts; watch the machine with datadogApiKey, or with a service of your own`,
    );
  if (catalog.account !== undefined && settings.account === undefined)
    notices.info(
      null,
      "account",
      "the account of the credentials is not checked; set it, so that a wrong profile is refused",
    );
}
