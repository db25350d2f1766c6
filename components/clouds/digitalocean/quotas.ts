import type { Quotas } from "../../model/quota";

/** The droplet limit of new teams, and the reserved addresses of every one; DigitalOcean sets others by account. */
export const quotas: Quotas = {
  date: "2026-11-29",
  more: "https://cloud.digitalocean.com/account/team/droplet_limit_increase",
  limits: [
    // A cluster has one small node of its own besides.
    {
      what: "droplets",
      limit: 10,
      uses: ({ cluster, machines }) => machines + (cluster ? 1 : 0),
    },
    { what: "reserved addresses", limit: 3, uses: ({ cluster }) => (cluster ? 0 : 1) },
  ],
};
