import * as path from "node:path";
import { formatProblem, type Position, type Problem } from "../../model/problem";
import { parts, refer, type Text } from "../../model/reference";
import { parse, readText, shown, type Parsed } from "./yaml";
import { dotted, type Path } from "../../model/tree";

/** The message for an empty file. */
export const nothing = "is empty; write a mapping with services";

/** What one load collects: problems, and the values of references of kind "file". */
export class Context {
  /** By `file:<name>`. */
  readonly values = new Map<string, string>();
  /** By path: each file is parsed once. */
  private readonly documents = new Map<string, readonly Parsed[] | { readonly wrong: string }>();
  private readonly found = new Map<string, Problem>();
  /** Files that the Compose files name and that are not on this computer. */
  readonly absent: Problem[] = [];

  constructor(
    /** The folder that relative paths start from. */
    readonly folder: string,
    /** Whether a variable that is not set reads as an empty string, as in the reference, instead of being a problem. */
    readonly lenient: boolean,
  ) {}

  /** Problems by file, line and column, without duplicates. */
  get problems(): Problem[] {
    const files = [...new Set([...this.found.values()].map(({ at }) => at?.file))];
    return [...this.found.values()].sort(
      (a, b) =>
        files.indexOf(a.at?.file) - files.indexOf(b.at?.file) ||
        (a.at?.line ?? 0) - (b.at?.line ?? 0) ||
        (a.at?.column ?? 0) - (b.at?.column ?? 0),
    );
  }

  readonly report = (problem: Problem): void => {
    this.found.set(formatProblem(problem), problem);
  };

  complain(at: Position | undefined, key: Path | string, message: string): void {
    this.report({ at, key: typeof key === "string" ? key : dotted(key), message });
  }

  /** A file's YAML documents, or what is wrong with the file. */
  parsed(file: string): readonly Parsed[] | { readonly wrong: string } {
    const known = this.documents.get(file);
    if (known !== undefined) return known;
    const content = readText(file);
    const before = this.found.size;
    const result = "wrong" in content ? content : parse(file, content.text, this.report);
    if (!("wrong" in result) && result.length === 0 && this.found.size === before)
      this.complain({ file: shown(file), line: 1, column: 1 }, "", nothing);
    this.documents.set(file, result);
    return result;
  }

  /** Whether a problem with the key or something below it is known. */
  hasProblem(key: string): boolean {
    return [...this.found.values()].some(
      (problem) => problem.key === key || problem.key.startsWith(`${key}.`),
    );
  }

  /** A path as people see it: relative to the current folder when inside it. */
  shown(file: string): string {
    return shown(file);
  }

  /** A file's name in references: relative to the project's folder. */
  nameOf(file: string): string {
    return path.relative(this.folder, file).split(path.sep).join("/");
  }

  /**
   * The text with every value that is known here replaced by references of kind "file". References
   * to the stack config stay beside them, so a reference's value never holds another reference.
   */
  conceal(name: string, text: Text): Text {
    const pieces = this.pieces(text);
    if (pieces.length === 1) {
      const [piece] = pieces;
      if (piece === undefined || piece === "") return "";
      if (!piece.startsWith("\u0001")) this.values.set(`file:${name}`, piece);
      return piece.startsWith("\u0001") ? piece : refer("file", name);
    }
    return pieces
      .map((piece, index) => {
        if (piece.startsWith("\u0001")) return piece;
        this.values.set(`file:${name}#${index}`, piece);
        return refer("file", `${name}#${index}`);
      })
      .join("");
  }

  /** The text with references of kind "file" replaced by their values. */
  open(text: Text): Text {
    return text.includes("\u0001") ? this.pieces(text).join("") : text;
  }

  /** Plain text and remaining references in turn, values of kind "file" joined to the plain text. */
  private pieces(text: Text): string[] {
    const pieces: string[] = [];
    let plain = "";
    for (const part of parts(text)) {
      if (typeof part === "string") plain += part;
      else if (part.kind === "file") plain += this.values.get(`file:${part.name}`) ?? "";
      else {
        if (plain !== "") pieces.push(plain);
        pieces.push(refer(part.kind, part.name));
        plain = "";
      }
    }
    if (plain !== "" || pieces.length === 0) pieces.push(plain);
    return pieces;
  }
}
