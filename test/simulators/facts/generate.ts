import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import ts from "typescript";
import { answersOf } from "../../../cli/recording/outputs";
import type { Fact, Facts, ObjectFacts, Type } from "../facts";
import { print } from "./extract";
import { sdkFile, secretsOf } from "./sdk";

/*
 * ts-node test/simulators/facts/generate.ts aws [type]...
 *
 * Makes facts of aws or gcp from the installed SDK's declarations: of the types named, such as
 * `ec2/instance:Instance`, and of every type that components/clouds/<package> makes.
 */

/** A class of the SDK as the program names it: module and class. */
interface Used {
  readonly module: string;
  readonly name: string;
}

/** Every `new <pkg>.<module>.<Class>(` below a folder. */
export function usedTypes(pkg: string, folder: string): Used[] {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" });
  const found = files
    .filter((file) => file.endsWith(".ts"))
    .flatMap((file) => [
      ...readFileSync(join(folder, file), "utf8").matchAll(
        new RegExp(`new ${pkg}\\.(?:(\\w+)\\.)?([A-Z]\\w+)\\(`, "g"),
      ),
    ])
    .map(([, module = "", name = ""]) => ({ module, name }))
    .filter(({ name }) => name !== "Provider");
  return [...new Map(found.map((used) => [`${used.module}.${used.name}`, used])).values()];
}

/** The type token of a class, from the SDK's own code. */
export function tokenOf(pkg: string, { module, name }: Used): string {
  const folder = join(dirname(require.resolve(`@pulumi/${pkg}/package.json`)), module);
  for (const file of readdirSync(folder).filter((each) => each.endsWith(".js"))) {
    const match = new RegExp(`__pulumiType = '(${pkg}:[^:]+:${name})'`).exec(
      readFileSync(join(folder, file), "utf8"),
    );
    if (match?.[1] !== undefined) return match[1];
  }
  throw new Error(`${pkg}.${module}.${name}: the SDK has no such resource`);
}

/** Whether a property's documentation says that a change replaces. */
const replacing =
  /forces? (a )?(new|re-?creation|replacement)|forces the (instance|resource) to be re|will force (resource|your instance)|(force|require)s? .{0,30}to be (replaced|recreated)|[Cc]hanging this .{0,40}(forces|recreate|new resource)/;

class Declarations {
  private readonly inputs = new Map<string, ts.InterfaceDeclaration>();
  readonly types: Record<string, ObjectFacts> = {};

  constructor(root: string) {
    const file = join(root, "types/input.d.ts");
    const walk = (node: ts.Node, path: string): void => {
      if (ts.isModuleDeclaration(node) && node.body !== undefined) {
        const name = path === "" ? node.name.text : `${path}.${node.name.text}`;
        ts.forEachChild(node.body, (child) => {
          walk(child, name);
        });
      } else if (ts.isInterfaceDeclaration(node))
        this.inputs.set(path === "" ? node.name.text : `${path}.${node.name.text}`, node);
    };
    ts.forEachChild(parse(file), (child) => {
      walk(child, "");
    });
  }

  /** The facts of one resource's args. */
  resource(token: string): ObjectFacts {
    const name = token.split(":").at(-1) ?? "";
    const source = parse(sdkFile(token, ".d.ts"));
    const args = source.statements.find(
      (node): node is ts.InterfaceDeclaration =>
        ts.isInterfaceDeclaration(node) && node.name.text === `${name}Args`,
    );
    if (args === undefined) throw new Error(`${token}: the SDK has no ${name}Args`);
    return this.members(args);
  }

  private members(of: ts.InterfaceDeclaration): ObjectFacts {
    const entries = of.members.filter(ts.isPropertySignature).map((member): [string, Fact] => {
      const doc = documentation(member);
      const replaces = replacing.test(doc);
      const required = member.questionToken === undefined;
      return [
        (member.name as ts.Identifier).text,
        {
          type: this.type(member.type!),
          ...(required ? { required } : {}),
          ...(replaces ? { replaces } : {}),
          ...allowed(doc),
        },
      ];
    });
    return Object.fromEntries(entries);
  }

  private type(node: ts.TypeNode): Type {
    if (ts.isParenthesizedTypeNode(node)) return this.type(node.type);
    if (ts.isArrayTypeNode(node)) return [this.type(node.elementType)];
    if (ts.isTypeLiteralNode(node)) {
      const [index] = node.members.filter(ts.isIndexSignatureDeclaration);
      return index === undefined ? "any" : { "*": this.type(index.type) };
    }
    if (ts.isUnionTypeNode(node)) {
      const kinds = node.types
        .filter((each) => each.kind !== ts.SyntaxKind.UndefinedKeyword)
        .filter((each) => !/^enums\./.test(each.getText()));
      // A resource may stand for its id, a document for its text: too many forms to check.
      return kinds.length === 1 ? this.type(kinds[0]!) : kinds.length === 0 ? "string" : "any";
    }
    if (ts.isTypeReferenceNode(node)) {
      const name = node.typeName.getText();
      if (name === "pulumi.Input") return this.type(node.typeArguments![0]!);
      if (name.startsWith("inputs.")) return this.nested(name.slice("inputs.".length));
      return name.startsWith("enums.") ? "string" : "any";
    }
    const keywords: Partial<Record<ts.SyntaxKind, string>> = {
      [ts.SyntaxKind.StringKeyword]: "string",
      [ts.SyntaxKind.NumberKeyword]: "number",
      [ts.SyntaxKind.BooleanKeyword]: "boolean",
    };
    return keywords[node.kind] ?? "any";
  }

  private nested(name: string): string {
    const found = this.inputs.get(name);
    if (found === undefined) return "any";
    if (this.types[name] === undefined) {
      this.types[name] = {};
      this.types[name] = this.members(found);
    }
    return name;
  }
}

function parse(file: string): ts.SourceFile {
  return ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.ES2022, true);
}

function documentation(member: ts.PropertySignature): string {
  const [doc] = ts.getJSDocCommentsAndTags(member);
  return ts.getTextOfJSDocComment(doc?.comment) ?? "";
}

/**
 * Values from `Possible values are: \`A\`, \`B\`.`, which the SDK's documentation is generated with.
 * Lists with camel case are left out: the generator spoils snake case, the service takes that alone.
 */
function allowed(doc: string): { values?: readonly string[] } {
  const text = doc.replace(/\s+/g, " ");
  const match =
    /(?:Possible|Valid) values(?: are)?: ((?:`"?[^`]+"?`(?:, | and |, and | or |, or )?){2,})\.(?: |$)/.exec(
      text,
    );
  const values = [...(match?.[1] ?? "").matchAll(/`"?([^`"]+)"?`/g)].map(([, value = ""]) => value);
  const spoilt = values.some((value) => /[a-z][A-Z]|[^\w.-]/.test(value));
  return values.length < 2 || spoilt ? {} : { values };
}

/** They replace where `userDataReplaceOnChange` asks for it, as Berth does: the simulator's rule. */
const conditional = new Set([
  "aws:ec2/instance:Instance.userData",
  "aws:ec2/instance:Instance.userDataBase64",
]);

/** The facts of some types of a package; what the SDK's documentation does not say replaces is added. */
export function generate(pkg: string, tokens: readonly string[]): Facts {
  const { replaces } = answersOf(pkg)!;
  const declarations = new Declarations(dirname(require.resolve(`@pulumi/${pkg}/package.json`)));
  const sorted = [...new Set(tokens)].sort();
  const resources = Object.fromEntries(
    sorted.map((token) => {
      const facts = declarations.resource(token);
      const forced = (replaces[token] ?? []).filter(
        (path) => !/[.[]/.test(path) && !conditional.has(`${token}.${path}`),
      );
      for (const key of forced)
        if (facts[key] === undefined) throw new Error(`replaces: ${token} has no ${key}`);
      const amended = Object.entries(facts).map(([key, fact]): [string, Fact] => [
        key,
        forced.includes(key) ? { ...fact, replaces: true } : fact,
      ]);
      return [token, Object.fromEntries(amended)];
    }),
  );
  return { resources, types: declarations.types, secrets: secretsOf(sorted) };
}

if (require.main === module) {
  const [pkg = "", ...named] = process.argv.slice(2);
  const components = join(__dirname, "../../../components");
  const used = usedTypes(pkg, components).map((each) => tokenOf(pkg, each));
  const facts = generate(pkg, [...used, ...named.map((name) => `${pkg}:${name}`)]);
  writeFileSync(join(__dirname, `${pkg}.json`), print(facts));
  console.log(`${Object.keys(facts.resources).length} types of ${pkg}`);
}
