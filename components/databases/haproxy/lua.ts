/** Any bytes as a string literal of Lua. */
export const luaBytes = (text: string | Buffer): string =>
  `"${[...Buffer.from(text)].map((byte) => `\\${String(byte).padStart(3, "0")}`).join("")}"`;
