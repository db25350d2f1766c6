/** Traefik's image; `images.traefik` in the stack's config is used in its place. 3.5 cannot talk to Docker 29. */
export const traefikImage = "traefik:v3.6";

/** Image of Berth's own small containers; `images.busybox` in the stack's config is used in its place. */
export const busyboxImage = "busybox:1.37";
