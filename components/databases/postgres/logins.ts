import type { Logins } from "../logins";
import { loginsInScripts } from "./script-logins";

/** PgBouncer has to know each user's password: it answers the server's challenge in place of the client. */
export const postgresLogins: Logins = {
  exchange: ({ fresh }, { user, wanted, admin, password }) => {
    if (user === "") return {};
    const client = { user, ...(wanted === "" ? {} : { password: wanted }) };
    if (!fresh) return { client, server: { user: admin, password } };
    const name = serverUser(user);
    if (name === user && wanted !== "") return { client };
    return { client, server: { user: name, password: wanted === "" ? password : wanted } };
  },
  inScripts: (scripts, { user, wanted, database }) =>
    loginsInScripts(scripts, {
      POSTGRES_USER: user,
      POSTGRES_PASSWORD: wanted,
      POSTGRES_DB: database,
    }),
};

/** Users that clouds, or Berth as their administrator, keep for themselves: the application has another name on the server. */
export function serverUser(user: string): string {
  return /^(postgres|root|admin|berth|doadmin|rdsadmin|cloudsql.*|pg_.*)$/i.test(user)
    ? `app_${user.toLowerCase()}`
    : user;
}
