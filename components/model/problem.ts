/** Where something stands in a file the user wrote; line and column count from 1. */
export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** A problem in the user's input, printed as `file:line:column: key: message`. */
export interface Problem {
  /** Where it stands, when a file has it. */
  readonly at?: Position | undefined;
  /** The user's own key, dotted: `services.web.ports[0]`. */
  readonly key: string;
  /** What is wrong; what to do. Lower case. */
  readonly message: string;
}

/** One line for a person: `compose.yaml:3:5: services.web.port: unknown key; did you mean "ports"?` */
export function formatProblem({ at, key, message }: Problem): string {
  const place = at === undefined ? "" : `${at.file}:${at.line}:${at.column}: `;
  return `${place}${key === "" ? "" : `${key}: `}${message}`;
}

/** The candidate nearest to `word` by edits, when near enough to be a slip of the keyboard. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let least = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const candidate of candidates) {
    const distance = edits(word.toLowerCase(), candidate.toLowerCase());
    if (distance < least) {
      least = distance;
      best = candidate;
    }
  }
  return best;
}

/** Edits between two words: a letter more, less, other, or swapped with the next. */
function edits(a: string, b: string): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const changed = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped =
        i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
          ? before[j - 2]! + 1
          : Infinity;
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, changed, swapped));
    }
    before = row;
    row = next;
  }
  return row[b.length]!;
}
