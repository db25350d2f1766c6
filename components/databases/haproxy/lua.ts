/** Bytes as a string of Lua, whatever they are. */
export const luaBytes = (text: string | Buffer): string =>
  `"${[...Buffer.from(text)].map((byte) => `\\${String(byte).padStart(3, "0")}`).join("")}"`;
