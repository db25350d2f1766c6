import type { Logins } from "../logins";

/** The server's password, where the application was given another or none. */
export const redisLogins: Logins = {
  exchange: (_server, { wanted, admin, password }) => {
    if (password === "" || password === wanted) return {};
    return {
      ...(wanted === "" ? {} : { client: { user: "default", password: wanted } }),
      server: { user: admin === "" ? "default" : admin, password },
    };
  },
};
