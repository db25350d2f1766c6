/** What the Compose file's environment asks a server for. */
export interface DatabaseSpec {
  readonly database?: string;
  readonly user?: string;
  readonly password?: string;
  /** Of a root of MySQL beside another user. */
  readonly rootPassword?: string;
  /** Extensions that the scripts name: only an administrator makes some of them. */
  readonly extensions: readonly string[];
}
