/** An image's name in its parts: `ghcr.io/a/postgres:17-alpine@sha256:…` is repository `ghcr.io/a/postgres`, tag `17-alpine`. */
export function imageParts(image: string): { repository: string; base: string; tag: string } {
  const bare = image.split("@")[0]!;
  const slash = bare.lastIndexOf("/");
  const colon = bare.indexOf(":", slash + 1);
  const repository = colon < 0 ? bare : bare.slice(0, colon);
  return {
    repository,
    base: repository.slice(slash + 1),
    tag: colon < 0 ? "latest" : bare.slice(colon + 1),
  };
}

/** The version that a tag begins with: `17-alpine` is `17`, `8.4.3` is `8.4.3`, `latest` none. */
export function versionOf(image: string): string | undefined {
  return /^v?(\d+(\.\d+)*)/.exec(imageParts(image).tag)?.[1];
}

/**
 * An image's name as Docker completes it, so that two names of one image are equal: `shop`, `shop:latest` and
 * `docker.io/library/shop` are `docker.io/library/shop:latest`.
 */
export function canonicalImage(image: string): string {
  const { repository, tag } = imageParts(image);
  const digest = image.includes("@") ? image.slice(image.indexOf("@")) : "";
  const [first = "", ...rest] = repository.split("/");
  // As in Docker: a first part with a dot or a port, or `localhost`, is a registry.
  const registry = rest.length > 0 && (/[.:]/.test(first) || first === "localhost");
  const server = registry ? first.replace(/^index\.(?=docker\.io$)/, "") : "docker.io";
  const path = registry ? rest.join("/") : repository;
  const whole = server === "docker.io" && !path.includes("/") ? `library/${path}` : path;
  return `${server}/${whole}:${tag}${digest}`;
}
