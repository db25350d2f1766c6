import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { contentName } from "./content-name";
import { objectName, workloadLength } from "../names";
import { metadata, options, type Scope } from "../scope";

/** What a ConfigMap or Secret holds, by key; `binary` is base64. */
export interface Content {
  readonly text: Readonly<Record<string, pulumi.Input<string>>>;
  readonly binary?: Readonly<Record<string, pulumi.Input<string>>>;
}

/**
 * A ConfigMap or a Secret with a hash of its content in its name: changed content is a new object, so pods that use
 * it are replaced, and the old pods keep the old object until they are deleted.
 *
 * @returns Its name.
 */
export function makeContent(
  scope: Scope,
  parent: pulumi.Resource,
  args: { readonly resource: string; readonly base: string; readonly secret: boolean } & Content,
): pulumi.Output<string> {
  const { resource, secret, text, binary = {} } = args;
  const base = objectName(args.base, workloadLength);
  const name = contentName(base, { text, binary }, secret);
  // The old one is deleted when nothing uses it any more.
  const child = options(scope, parent, { deleteBeforeReplace: false });
  const common = { metadata: metadata(scope, name), immutable: true };
  const hasText = Object.keys(text).length > 0;
  const hasBinary = Object.keys(binary).length > 0;
  const made = secret
    ? new kubernetes.core.v1.Secret(
        resource,
        {
          ...common,
          type: "Opaque",
          ...(hasText ? { stringData: secretValues(text) } : {}),
          ...(hasBinary ? { data: secretValues(binary) } : {}),
        },
        child,
      )
    : new kubernetes.core.v1.ConfigMap(
        resource,
        {
          ...common,
          ...(hasText ? { data: { ...text } } : {}),
          ...(hasBinary ? { binaryData: { ...binary } } : {}),
        },
        child,
      );
  return made.metadata.name;
}

function secretValues(
  values: Readonly<Record<string, pulumi.Input<string>>>,
): Record<string, pulumi.Output<string>> {
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, pulumi.secret(value)]),
  );
}

/** A key as ConfigMaps and Secrets allow it; the position keeps two of them apart. */
export function contentKey(name: string, position: number): string {
  const plain = name.replace(/[^-._a-zA-Z0-9]+/g, "-").slice(-200);
  return `${position}-${plain}`;
}
