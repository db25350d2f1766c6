import { pem, text, uuid, type PreviewAnswers } from "../../preview";

const slugs = ["1.36.0-do.0", "1.35.3-do.1", "1.34.6-do.1"];

/** What DigitalOcean's functions answer. */
export const digitaloceanFunctions: PreviewAnswers["functions"] = {
  "digitalocean:index/getAccount:getAccount": () => ({
    id: uuid("do/account"),
    uuid: uuid("do/account"),
    email: "owner@example.com",
    emailVerified: true,
    dropletLimit: 25,
    floatingIpLimit: 3,
    status: "active",
    statusMessage: "",
  }),
  "digitalocean:index/getKubernetesVersions:getKubernetesVersions": (args) => {
    const prefix = text(args, "versionPrefix", "");
    const validVersions = slugs.filter((slug) => slug.startsWith(prefix));
    return { id: "versions", validVersions, latestVersion: validVersions[0] ?? "" };
  },
  "digitalocean:index/getDatabaseCa:getDatabaseCa": (args) => ({
    id: text(args, "clusterId", ""),
    certificate: pem("CERTIFICATE", "do/database-ca", 1100),
  }),
};
