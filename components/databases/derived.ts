import { imageParts, versionOf } from "../model/image-name";

/** An image that is more than its engine's own: its tags have another numbering, or it brings extensions. */
export interface Derived {
  /** Matches its repository: `timescale/timescaledb-ha`. */
  readonly images: RegExp;
  /** Finds the engine's version in the tag, in its first group. Absent: the tag begins with it. */
  readonly version?: RegExp;
  /**
   * Extensions, of Redis modules, that an application with this image counts on. A cloud lists which of them its
   * servers have (`ManagedEngine.extensions`); without one of them the database stays a container.
   */
  readonly extensions: readonly string[];
}

interface Derives {
  readonly derived: readonly Derived[];
}

/** The derived image that an image is, if it is one that its engine knows. */
export function derivedOf({ derived }: Derives, image: string): Derived | undefined {
  const { repository } = imageParts(image);
  return derived.find(({ images }) => images.test(repository));
}

/** The version of an engine's server in an image; undefined where its tag does not say. */
export function serverVersion(engine: Derives, image: string): string | undefined {
  const version = derivedOf(engine, image)?.version;
  return version === undefined ? versionOf(image) : version.exec(imageParts(image).tag)?.[1];
}
