import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";

/**
 * A password that every engine takes, in a URL too: letters and digits alone. It is made once; only
 * replacing this resource changes it.
 */
export function password(
  name: string,
  provider: pulumi.ProviderResource,
  parent: pulumi.Resource,
): pulumi.Output<string> {
  const made = new random.RandomPassword(
    name,
    { length: 32, special: false, minUpper: 1, minLower: 1, minNumeric: 1 },
    { parent, provider },
  );
  return pulumi.secret(made.result);
}

/** Eight hexadecimal digits for a name that must not be used twice; `keepers` make new ones. */
export function suffix(
  name: string,
  keepers: Readonly<Record<string, string>>,
  provider: pulumi.ProviderResource,
  parent: pulumi.Resource,
): pulumi.Output<string> {
  return new random.RandomId(name, { byteLength: 4, keepers }, { parent, provider }).hex;
}
