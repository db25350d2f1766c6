import * as pulumi from "@pulumi/pulumi";
import {
  hasReference,
  isSecret,
  parts,
  type ReferenceKind,
  type SecretValues,
  type Text,
} from "../model/reference";

/**
 * Opens references into values: secrets from what settings and the loader kept apart, and what only the
 * cloud knows once it is bound. The result is secret when any part of it is.
 */
export class SecretResolver {
  readonly #bound = new Map<string, pulumi.Output<string>>();

  constructor(private readonly values: SecretValues) {}

  /** Gives a reference its value, as soon as there is a resource that has it. */
  bind(kind: ReferenceKind, name: string, value: pulumi.Output<string>): void {
    this.#bound.set(`${kind}:${name}`, value);
  }

  /** @throws when a reference has no value: a mistake of Berth's own, found before anything is created. */
  readonly open = (text: Text): pulumi.Output<string> => {
    if (!hasReference(text)) return pulumi.output(text);
    const pieces = parts(text).map((part): pulumi.Input<string> => {
      if (typeof part === "string") return part;
      const key = `${part.kind}:${part.name}`;
      const value = this.#bound.get(key) ?? this.values.get(key);
      if (value === undefined) throw new Error(`nothing is known of ${key}`);
      return isSecret(part) ? pulumi.secret(value) : value;
    });
    return pulumi.all(pieces).apply((known) => known.join(""));
  };
}
