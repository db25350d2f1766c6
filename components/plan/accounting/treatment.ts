/** How a key is treated: honoured, or a notice that says what happens instead. */
export type Treatment = "honoured" | { readonly level: "info" | "loss"; readonly message: string };

/** What becomes of a key in each shape. */
export interface Row {
  readonly vm: Treatment;
  readonly cluster: Treatment;
  /** The values that it concerns, where all others are honoured. */
  readonly when?: { readonly text: string; readonly holds: (value: unknown) => boolean };
}

/** One row for a key with others below it. */
export interface Whole {
  readonly whole: Row;
}

type Present<T> = NonNullable<T>;

/**
 * The rows of a value of the Compose model, key by key: the compiler asks for every key that the schema
 * (compose/schema) has. Lists and mappings of the user's own names have the rows of one entry.
 */
export type Rows<T> = T extends readonly (infer I)[]
  ? Present<I> extends object
    ? Whole | Rows<Present<I>>
    : Row
  : T extends object
    ? string extends keyof T
      ? Present<T[keyof T]> extends object
        ? Whole | { readonly each: Rows<Present<T[keyof T]>> }
        : Row
      : Whole | { readonly [K in keyof T]-?: Rows<Present<T[K]>> }
    : Row;

export const info = (message: string): Treatment => ({ level: "info", message });
export const loss = (message: string): Treatment => ({ level: "loss", message });

export const honoured: Row = { vm: "honoured", cluster: "honoured" };
export const both = (treatment: Treatment): Row => ({ vm: treatment, cluster: treatment });
export const vmOnly = (message: string): Row => ({ vm: "honoured", cluster: loss(message) });
export const whole = (row: Row): Whole => ({ whole: row });

/** Values that draw a notice, where the others are honoured; `text` names them in the documentation. */
export const when = (text: string, holds: (value: unknown) => boolean, row: Row): Row => ({
  ...row,
  when: { text, holds },
});
