/**
 * A command line cut into words as the reference implementation cuts it: quotes and escapes are
 * resolved, `$(…)` and backquotes stay one word, and an operator of the shell (`;`, `&`, `|`, `<`,
 * `>`) ends the command, since no shell runs it. A reference is never split, even where its value contains spaces.
 *
 * @returns the words, or what is wrong
 */
export function words(line: string): string[] | string {
  const found: string[] = [];
  let word = "";
  let started = false;
  let quote: "" | "'" | '"' | "`" | "(" = "";
  for (let at = 0; at < line.length; at++) {
    const char = line[at]!;
    if (char === "\u0001") {
      const end = line.indexOf("\u0002", at);
      word += line.slice(at, end + 1);
      started = true;
      at = end;
    } else if (char === "\\" && quote !== "'") {
      const escaped = line[++at];
      if (escaped === undefined)
        return "ends in a backslash; remove it, or write the command as a list";
      word += escaped;
      started = true;
    } else if (quote === "'" || quote === '"') {
      if (char === quote) quote = "";
      else word += char;
    } else if (quote !== "") {
      if (char === (quote === "(" ? ")" : quote)) quote = "";
      word += char;
    } else if (/[ \t\r\n]/.test(char)) {
      if (started) found.push(word);
      word = "";
      started = false;
    } else if (char === "'" || char === '"') {
      quote = char;
      started = true;
    } else if (/[;&|<>]/.test(char)) {
      if (char === ">" && /^[0-9]/.test(word)) started = false;
      return started ? [...found, word] : found;
    } else {
      if (char === "`") quote = "`";
      if (char === "(" && word.endsWith("$")) quote = "(";
      else if (char === "(" || char === ")")
        return `has a "${char}" that only a shell understands; quote it, or write the command as a list`;
      word += char;
      started = true;
    }
  }
  if (quote !== "")
    return "has a quote that is never closed; close it, or write the command as a list";
  return started ? [...found, word] : found;
}
