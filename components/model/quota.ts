/** What a stack takes of an account, as far as clouds limit it. */
export interface Footprint {
  readonly cluster: boolean;
  /** Machines, or nodes of a cluster at its smallest. */
  readonly machines: number;
  /** vCPUs of all of them. */
  readonly cpus: number;
  /** GiB of the data disk, or of a cluster's volumes. */
  readonly disks: number;
}

/** How much of something an account has before its owner asks for more. */
export interface Quota {
  /** For a sentence: `vCPUs in a region`. */
  readonly what: string;
  readonly limit: number;
  readonly uses: (stack: Footprint) => number;
}

/** What a new account of a cloud may have, as the cloud says, or as new accounts were seen to have. */
export interface Quotas {
  /** The day of the list, ISO. */
  readonly date: string;
  /** Where its owner asks for more. */
  readonly more: string;
  readonly limits: readonly Quota[];
}
