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
 * Resolves references to values: secrets from the settings and the loader, and values that only the cloud
 * knows once they are bound. The result is secret when any part of it is.
 */
export class SecretResolver {
  readonly #bound = new Map<string, pulumi.Output<string>>();

  constructor(private readonly values: SecretValues) {}

  /** Binds a reference to its value, once the resource that has it exists. */
  bind(kind: ReferenceKind, name: string, value: pulumi.Output<string>): void {
    this.#bound.set(`${kind}:${name}`, value);
  }

  /** @throws when a reference has no value: a bug in Berth, found before anything is created. */
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
