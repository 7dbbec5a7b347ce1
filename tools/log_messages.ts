/**
 * The log messages of the product, read from its calls of a log: `log.write(level, id, message, fields)`,
 * `peer.log(level, message, fields)` and objects with `level`, `message` and `fields`. Pure: texts in, messages out.
 *
 * @module
 */
import ts from "typescript";
import { LOG_LEVELS } from "../core/mod.ts";

/** One message that the product can log. */
export interface LogMessage {
  /** As it is logged, what changes as `<name>`. */
  readonly message: string;
  /** By SRS's names; more than one where it depends. */
  readonly levels: readonly string[];
  /** The room that logs it. */
  readonly room: string;
  /** The names of its fields, in their order; `...` where more come from elsewhere. */
  readonly fields: readonly string[];
}

const LEVELS: ReadonlySet<string> = new Set(LOG_LEVELS);
const WITH_PARENTS = true;
/** What the counters of limits log with each message. */
const LIMIT_FIELDS: readonly string[] = ["limit", "ip", "detail", "times"];
/** Fields that are handed in from elsewhere. */
const UNKNOWN_FIELDS = "...";

/** The arguments of a call that logs. */
interface LogCall {
  readonly level: ts.Expression;
  readonly message: ts.Expression;
  readonly fields: ts.Expression | undefined;
}

/**
 * The messages of one file.
 *
 * @param path From the root.
 */
export function logMessagesOf(path: string, text: string): readonly LogMessage[] {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, WITH_PARENTS);
  const room = path.split("/").slice(0, -1).join("/");
  const found: LogMessage[] = [];
  const forwarders = new Map<string, Forwarder>();
  const take = (call: LogCall): void => {
    const forwarder = forwarderOf(call);
    if (forwarder !== undefined) forwarders.set(forwarder.name, forwarder);
    const levels = literalsOf(call.level).filter((level) => LEVELS.has(level));
    for (const message of levels.length === 0 ? [] : textsOf(call.message)) {
      found.push({ message, levels, room, fields: fieldsOf(call.fields) });
    }
  };
  eachNode(file, (node) => {
    const call = callOf(node);
    if (call !== undefined) take(call);
    for (const message of limitTexts(node)) {
      found.push({ message, levels: ["warn"], room, fields: LIMIT_FIELDS });
    }
  });
  eachNode(file, (node) => {
    if (!ts.isCallExpression(node)) return;
    const forwarder = forwarders.get(calleeName(node.expression));
    const message = node.arguments[forwarder?.at ?? 0];
    if (forwarder === undefined || message === undefined) return;
    const fields = forwarder.fieldsAt === undefined ? forwarder.fields : node.arguments[forwarder.fieldsAt];
    take({ level: forwarder.level, message, fields });
  });
  return found;
}

/** A function that logs a message which it is handed. */
interface Forwarder {
  readonly name: string;
  /** Which parameter is the message. */
  readonly at: number;
  /** Which parameter is the fields, where one is. */
  readonly fieldsAt: number | undefined;
  readonly level: ts.Expression;
  readonly fields: ts.Expression | undefined;
}

function forwarderOf({ level, message, fields }: LogCall): Forwarder | undefined {
  if (!ts.isIdentifier(message)) return undefined;
  for (let scope: ts.Node = message.parent; scope !== undefined; scope = scope.parent) {
    if (!ts.isFunctionLike(scope)) continue;
    const names = scope.parameters.map((parameter) => parameter.name.getText());
    const at = names.indexOf(message.text);
    if (at < 0) continue;
    const fieldsAt = fields !== undefined && ts.isIdentifier(fields) ? names.indexOf(fields.text) : -1;
    const name = scope.name?.getText() ??
      (ts.isVariableDeclaration(scope.parent) ? scope.parent.name.getText() : "");
    return name === ""
      ? undefined
      : { name, at, fieldsAt: fieldsAt < 0 ? undefined : fieldsAt, level, fields };
  }
  return undefined;
}

function calleeName(expression: ts.Expression): string {
  return ts.isPropertyAccessExpression(expression) ? expression.name.text : expression.getText();
}

function eachNode(root: ts.Node, look: (node: ts.Node) => void): void {
  look(root);
  ts.forEachChild(root, (child) => eachNode(child, look));
}

/** The same message of several places as one, sorted by message. */
export function mergeMessages(messages: readonly LogMessage[]): readonly LogMessage[] {
  const merged = new Map<string, LogMessage>();
  for (const message of messages) {
    const key = `${message.room} ${message.message}`;
    const other = merged.get(key);
    merged.set(key, {
      ...message,
      levels: [...new Set([...(other?.levels ?? []), ...message.levels])],
      fields: [...new Set([...(other?.fields ?? []), ...message.fields])],
    });
  }
  const list = Array.from(merged.values());
  return list.toSorted((a, b) => compare(a.room, b.room) || compare(a.message, b.message));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function callOf(node: ts.Node): LogCall | undefined {
  if (ts.isObjectLiteralExpression(node)) return lineOf(node);
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return undefined;
  const { name, expression } = node.expression;
  const [first, second, third, fourth] = node.arguments;
  if (first === undefined || second === undefined) return undefined;
  if (name.text === "write" && /(?:\blog|^this)$/i.test(expression.getText()) && third !== undefined) {
    return { level: first, message: third, fields: fourth };
  }
  return name.text === "log" || name.text === "writeLast"
    ? { level: first, message: second, fields: third }
    : undefined;
}

/** An object that is logged by its receiver. */
function lineOf(node: ts.ObjectLiteralExpression): LogCall | undefined {
  const property = (name: string): ts.Expression | undefined => {
    const found = node.properties.find((candidate) => candidate.name?.getText() === name);
    if (found === undefined) return undefined;
    if (ts.isPropertyAssignment(found)) return found.initializer;
    return ts.isShorthandPropertyAssignment(found) ? found.name : undefined;
  };
  const [level, message] = [property("level"), property("message")];
  if (level === undefined || message === undefined) return undefined;
  return { level, message, fields: property("fields") };
}

/** The message of a `LimitLine`, which the counters of limits log. */
function limitTexts(node: ts.Node): readonly string[] {
  // With a level it is found as a line of its own.
  if (!ts.isObjectLiteralExpression(node) || lineOf(node) !== undefined) return [];
  const { parent } = node;
  const isLine = (ts.isVariableDeclaration(parent) && parent.type?.getText() === "LimitLine") ||
    (ts.isPropertyAssignment(parent) && parent.name.getText() === "line") ||
    (ts.isCallExpression(parent) && calleeName(parent.expression) === "hit" && parent.arguments[2] === node);
  return isLine
    ? node.properties.flatMap((property) =>
      ts.isPropertyAssignment(property) && property.name.getText() === "message"
        ? textsOf(property.initializer)
        : []
    )
    : [];
}

/** The strings of an expression; of a constant, those that it is made of. */
function literalsOf(expression: ts.Expression): readonly string[] {
  if (ts.isStringLiteralLike(expression)) return [expression.text];
  if (ts.isConditionalExpression(expression)) {
    return [...literalsOf(expression.whenTrue), ...literalsOf(expression.whenFalse)];
  }
  if (ts.isParenthesizedExpression(expression)) return literalsOf(expression.expression);
  const initializer = ts.isIdentifier(expression) ? constant(expression) : undefined;
  return initializer === undefined ? [] : literalsOf(initializer);
}

/** The texts of a message: none where it is handed in. */
function textsOf(expression: ts.Expression): readonly string[] {
  if (ts.isTemplateExpression(expression)) return templateTexts(expression);
  if (ts.isConditionalExpression(expression)) {
    return [...textsOf(expression.whenTrue), ...textsOf(expression.whenFalse)];
  }
  if (ts.isBinaryExpression(expression) && expression.operatorToken.kind === ts.SyntaxKind.PlusToken) {
    return textsOf(expression.left).flatMap((left) => textsOf(expression.right).map((right) => left + right));
  }
  const initializer = ts.isIdentifier(expression) ? constant(expression) : undefined;
  return initializer === undefined ? literalsOf(expression) : textsOf(initializer);
}

function templateTexts({ head, templateSpans }: ts.TemplateExpression): readonly string[] {
  let texts = [head.text];
  for (const { expression, literal } of templateSpans) {
    const words = ts.isConditionalExpression(expression) ? textsOf(expression) : [];
    const shown = words.length > 0 ? words : [`<${nameOf(expression)}>`];
    texts = texts.flatMap((text) => shown.map((word) => `${text}${word}${literal.text}`));
  }
  return texts;
}

/** What a reader can call the value: the last name in it, without what is done to it. */
function nameOf(expression: ts.Expression): string {
  if (ts.isCallExpression(expression)) {
    const [argument] = expression.arguments;
    return argument === undefined ? nameOf(expression.expression) : nameOf(argument);
  }
  if (ts.isPropertyAccessExpression(expression)) return expression.name.text.replace("#", "");
  return ts.isIdentifier(expression) ? expression.text : "value";
}

function fieldsOf(expression: ts.Expression | undefined): readonly string[] {
  if (expression === undefined) return [];
  if (ts.isIdentifier(expression)) {
    const initializer = constant(expression);
    return initializer === undefined ? [UNKNOWN_FIELDS] : fieldsOf(initializer);
  }
  if (ts.isConditionalExpression(expression)) {
    return [...new Set([...fieldsOf(expression.whenTrue), ...fieldsOf(expression.whenFalse)])];
  }
  if (ts.isParenthesizedExpression(expression)) return fieldsOf(expression.expression);
  if (!ts.isObjectLiteralExpression(expression)) return [UNKNOWN_FIELDS];
  const names = expression.properties.flatMap((property) =>
    ts.isSpreadAssignment(property) ? fieldsOf(property.expression) : [property.name?.getText() ?? ""]
  );
  return [...new Set(names)];
}

/** The value of the nearest constant of this name. */
function constant({ text, parent }: ts.Identifier): ts.Expression | undefined {
  for (let scope: ts.Node = parent; scope !== undefined; scope = scope.parent) {
    if (!ts.isBlock(scope) && !ts.isSourceFile(scope) && !ts.isCaseClause(scope)) continue;
    for (const statement of scope.statements) {
      if (!ts.isVariableStatement(statement)) continue;
      for (const { name, initializer } of statement.declarationList.declarations) {
        if (ts.isIdentifier(name) && name.text === text) return initializer;
      }
    }
  }
  return undefined;
}
