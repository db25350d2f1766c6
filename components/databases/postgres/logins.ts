import type { Logins } from "../logins";

/** The proxy logs in for the one user that is another one on the server; all others log in there by themselves. */
export const postgresLogins: Logins = {
  exchange: ({ fresh }, { user, wanted, admin, password }) => {
    if (user === "") return {};
    const client = { user, ...(wanted === "" ? {} : { password: wanted }) };
    if (!fresh)
      return admin === user && password === wanted
        ? {}
        : { client, server: { user: admin, password } };
    const name = serverUser(user);
    if (name === user && wanted !== "") return {};
    return { client, server: { user: name, password: wanted === "" ? password : wanted } };
  },
};

/** Users that clouds, or Berth as their administrator, keep for themselves: the application has another name on the server. */
export function serverUser(user: string): string {
  return /^(postgres|root|admin|berth|doadmin|rdsadmin|cloudsql.*|pg_.*)$/i.test(user)
    ? `app_${user.toLowerCase()}`
    : user;
}
