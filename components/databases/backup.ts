/**
 * How the data of a server is saved while it runs, and brought back. Scripts are for `sh` in the server's own
 * container, so that its client programs have its version; they read the login from the container's environment.
 */
export type Backup = Dump | Copy;

/** A logical dump, consistent by itself: its volume is not copied. */
export interface Dump {
  readonly kind: "dump";
  /** Writes the dump to its output; ends with another code than 0 when it is not whole. */
  readonly dump: string;
  /**
   * Reads the dump from its input, into a server that may hold data: what is in the dump replaces it. Users that the
   * server has already keep their passwords, which are this stack's own.
   */
  readonly restore: string;
  /** Writes one number: the rows, documents or definitions that the server holds. */
  readonly count: string;
  /** What the dump leaves out, for a notice. */
  readonly without?: string;
}

/** A copy of the files in its volumes. */
export interface Copy {
  readonly kind: "copy";
  /** Has the server write to its files what it holds in memory. */
  readonly flush?: string;
  /** Whether the container stands still while its files are read, since they fit together at one moment alone. */
  readonly pause: boolean;
}
