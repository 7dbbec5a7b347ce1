/**
 * Small faults for one source file: what a tired hand might have written instead. Pure: text in, edits out.
 *
 * @module
 */
import ts from "typescript";

/** One edit that makes the file wrong. */
export interface Mutation {
  /** Path from the root. */
  readonly path: string;
  /** From 1. */
  readonly line: number;
  /** Offsets in the file's text. */
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
  /** The text that takes the place of what is there. */
  readonly replacement: string;
  /** `before -> after`, in one line. */
  readonly what: string;
}

/** What each operator is confused with. */
const OPERATORS: ReadonlyMap<ts.SyntaxKind, string> = new Map([
  [ts.SyntaxKind.LessThanToken, "<="],
  [ts.SyntaxKind.LessThanEqualsToken, "<"],
  [ts.SyntaxKind.GreaterThanToken, ">="],
  [ts.SyntaxKind.GreaterThanEqualsToken, ">"],
  [ts.SyntaxKind.EqualsEqualsEqualsToken, "!=="],
  [ts.SyntaxKind.ExclamationEqualsEqualsToken, "==="],
  [ts.SyntaxKind.AmpersandAmpersandToken, "||"],
  [ts.SyntaxKind.BarBarToken, "&&"],
  [ts.SyntaxKind.MinusToken, "+"],
  [ts.SyntaxKind.AsteriskToken, "/"],
  [ts.SyntaxKind.SlashToken, "*"],
  [ts.SyntaxKind.PercentToken, "*"],
  [ts.SyntaxKind.PlusEqualsToken, "-="],
  [ts.SyntaxKind.MinusEqualsToken, "+="],
]);

const WITH_PARENTS = true;
const MAX_WHAT_CHARACTERS = 100;

/** All mutations of a file, in the order of the text. Types, imports and constants of texts have none. */
export function mutationsOf(path: string, text: string): Mutation[] {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, WITH_PARENTS);
  const found: Mutation[] = [];

  const add = (node: ts.Node, replacement: string): void => {
    const start = node.getStart(file);
    const line = file.getLineAndCharacterOfPosition(start).line + 1;
    const what = `${oneLine(node.getText(file))} -> ${oneLine(replacement === "" ? "nothing" : replacement)}`;
    found.push({ path, line, start, end: node.getEnd(), replacement, what });
  };

  const visit = (node: ts.Node): void => {
    if (ts.isTypeNode(node) || ts.isImportDeclaration(node) || ts.isInterfaceDeclaration(node)) return;
    if (ts.isBinaryExpression(node)) {
      const other = OPERATORS.get(node.operatorToken.kind);
      if (other !== undefined) add(node.operatorToken, other);
    } else if (ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.ExclamationToken) {
      add(node, node.operand.getText(file));
    } else if (ts.isPostfixUnaryExpression(node)) {
      add(node, node.getText(file).replace(/\+\+$|--$/, (sign) => sign === "++" ? "--" : "++"));
    } else if (ts.isIfStatement(node) || ts.isConditionalExpression(node)) {
      const condition = ts.isIfStatement(node) ? node.expression : node.condition;
      add(condition, "false");
      add(condition, "true");
    } else if (node.kind === ts.SyntaxKind.TrueKeyword) {
      add(node, "false");
    } else if (node.kind === ts.SyntaxKind.FalseKeyword) {
      add(node, "true");
    } else if (ts.isNumericLiteral(node)) {
      add(node, `(${node.text} + 1)`);
    } else if (isRemovable(node)) {
      add(node, "{}");
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

/** The file's text with the fault in it. */
export function mutate(text: string, { start, end, replacement }: Mutation): string {
  return text.slice(0, start) + replacement + text.slice(end);
}

/** `count` of all, the same for one seed, in the order of their places. */
export function chooseMutations(all: readonly Mutation[], count: number, seed: number): Mutation[] {
  const rest = [...all];
  const chosen: Mutation[] = [];
  let state = seed >>> 0;
  while (chosen.length < count && rest.length > 0) {
    // A linear congruential generator, modulo 2^32: any fixed sequence does here.
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    chosen.push(...rest.splice(Math.floor(state / 2 ** 32 * rest.length), 1));
  }
  return chosen.sort((a, b) => a.path.localeCompare(b.path) || a.start - b.start);
}

/** A call or an assignment whose result nothing else reads in the same statement. */
function isRemovable(node: ts.Node): boolean {
  if (!ts.isExpressionStatement(node)) return false;
  const expression = ts.isAwaitExpression(node.expression) ? node.expression.expression : node.expression;
  if (ts.isCallExpression(expression)) return expression.expression.kind !== ts.SyntaxKind.SuperKeyword;
  return ts.isBinaryExpression(expression);
}

function oneLine(text: string): string {
  const line = text.replaceAll(/\s+/g, " ");
  return line.length > MAX_WHAT_CHARACTERS ? `${line.slice(0, MAX_WHAT_CHARACTERS)}...` : line;
}
