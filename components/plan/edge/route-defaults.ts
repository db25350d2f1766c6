/** What a route has that neither the config nor a label says otherwise. */
export const routeDefaults = { internal: false, allow: [], headers: {}, sticky: false };
