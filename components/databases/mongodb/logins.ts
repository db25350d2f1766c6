import type { Logins } from "../logins";

/** The administrator's login, where the bootstrap does not create the application's user with its own password. */
export const mongodbLogins: Logins = {
  exchange: ({ fresh, imposesUser }, { user, wanted, admin, password }) => {
    if (user === "" || wanted === "" || password === "") return {};
    const same = (fresh && !imposesUser) || (user === admin && wanted === password);
    if (same) return {};
    return { client: { user, password: wanted }, server: { user: admin, password } };
  },
};
