/** One user of basic authentication. */
export interface BasicUser {
  readonly user: string;
  /** Plain, or a hash as htpasswd writes it. */
  readonly password: string;
}

/** How users are written, for messages. */
export const usersForm = "user:password, or user:hash as `htpasswd -nB user` prints it";

/** Whether a password is a hash already, of a kind that Traefik knows. */
export const isHash = (password: string): boolean =>
  /^(\$(apr1|1|2[abxy]?)\$|\{SHA\})/.test(password);

/**
 * Users, one a line. A comma separates hashes only: in a plain password it may be a part of it, so it is refused.
 *
 * @returns The users, or what is wrong and what to do, without any password.
 */
export function readUsers(text: string): readonly BasicUser[] | string {
  const found: BasicUser[] = [];
  for (const line of lines(text)) {
    const parts = line.split(",").map(userOf);
    const hashes = parts.every((one) => one !== undefined && isHash(one.password));
    if (parts.length > 1 && !hashes)
      return `a comma does not separate users, and a password with one has to be a hash; write one user a line: ${usersForm}`;
    for (const one of parts) {
      if (one === undefined) return `names no user and password; write ${usersForm}`;
      found.push(one);
    }
  }
  return found.length === 0 ? `names no user; write ${usersForm}` : found;
}

/** Users as Traefik's labels list them: commas separate them, whatever the passwords are. */
export function readUserList(text: string): readonly BasicUser[] | string {
  const parts = lines(text)
    .flatMap((line) => line.split(","))
    .map((part) => part.trim())
    .filter((part) => part !== "")
    .map(userOf);
  const users = parts.filter((one) => one !== undefined);
  if (users.length === parts.length && users.length > 0) return users;
  return `names no user and password; list ${usersForm}, by commas, without a comma in a password`;
}

function lines(text: string): string[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

function userOf(text: string): BasicUser | undefined {
  const cut = text.indexOf(":");
  const user = text.slice(0, Math.max(cut, 0)).trim();
  const password = text.slice(cut + 1);
  return user === "" || password === "" ? undefined : { user, password };
}
