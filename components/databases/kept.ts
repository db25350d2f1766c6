import { imageParts } from "../model/image-name";
import type { Source } from "./settings/settings";

/**
 * The folder in which a server's image keeps data and for which it declares a volume; null where it keeps none.
 *
 * @param image with its tag
 */
export type Kept = (service: Source, image: string) => string | null;

/** The official image's folder, and the one of Bitnami's image, which has its own name below `/bitnami`. */
export const kept =
  (official: string, bitnami: string): Kept =>
  (_, image) =>
    isBitnami(image) ? `/bitnami/${bitnami}` : official;

export const isBitnami = (image: string): boolean => /bitnami/.test(imageParts(image).repository);
