import type { Registry } from "../../clouds/cloud";

/** Where built images are pushed to. */
export type ImageStore = Pick<Registry, "repository" | "server" | "username" | "password" | "pull">;
