/**
 * Labels as Hetzner takes them: letters, digits, dashes, underscores and dots, at most 63 of them, a letter or digit at
 * both ends (https://docs.hetzner.cloud/reference/cloud#labels).
 */
export function labelsOf(tags: Readonly<Record<string, string>>): Record<string, string> {
  const label = (text: string): string =>
    text
      .replace(/[^A-Za-z0-9._-]+/g, "-")
      .replace(/^[^A-Za-z0-9]+/, "")
      .slice(0, 63)
      .replace(/[^A-Za-z0-9]+$/, "");
  return Object.fromEntries(Object.entries(tags).map(([key, value]) => [label(key), label(value)]));
}
