/**
 * What is written for people in a file: the comments and strings of TypeScript, the paragraphs of Markdown. Pure.
 *
 * @module
 */
import ts from "typescript";

const WITH_PARENTS = true;

/** A comment, a string, a paragraph or a row of a table. */
export interface Passage {
  /** Where it begins, from 1. */
  readonly line: number;
  /** On one line, without what begins the lines of a comment. */
  readonly text: string;
}

/** The passages of a file, in its order. */
export function passagesOf(path: string, text: string): readonly Passage[] {
  return path.endsWith(".ts") ? typescriptPassages(path, text) : paragraphs(text);
}

function typescriptPassages(path: string, text: string): readonly Passage[] {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, WITH_PARENTS);
  const passages: Passage[] = [];
  const add = (start: number, end: number): void => {
    const words = oneLine(text.slice(start, end));
    if (words === "") return;
    const skipped = /^\s*/.exec(text.slice(start, end))?.[0].length ?? 0;
    passages.push({ line: file.getLineAndCharacterOfPosition(start + skipped).line + 1, text: words });
  };
  const visit = (node: ts.Node): void => {
    // Comments are read as what is before a token.
    const children = node.getChildren(file).filter((child) => !ts.isJSDoc(child));
    if (children.length > 0) return children.forEach(visit);
    const start = node.getStart(file);
    add(node.getFullStart(), start);
    if (isText(node) && !isModuleName(node)) add(start, node.getEnd());
  };
  visit(file);
  return passages;
}

function isText(node: ts.Node): boolean {
  return ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node);
}

function isModuleName({ parent }: ts.Node): boolean {
  return ts.isImportDeclaration(parent) || ts.isExportDeclaration(parent);
}

/** A paragraph may break a phrase at the end of a line; rows of tables have nothing to do with each other. */
function paragraphs(text: string): readonly Passage[] {
  const passages: Passage[] = [];
  let open: { readonly line: number; readonly lines: string[] } | undefined;
  for (const [index, line] of text.split("\n").entries()) {
    if (line.trim() === "") {
      open = undefined;
    } else if (line.startsWith("|")) {
      open = undefined;
      passages.push({ line: index + 1, text: line });
    } else if (open === undefined) {
      open = { line: index + 1, lines: [line] };
      passages.push({ line: index + 1, text: line });
    } else {
      open.lines.push(line);
      passages[passages.length - 1] = { line: open.line, text: oneLine(open.lines.join("\n")) };
    }
  }
  return passages;
}

function oneLine(text: string): string {
  return text.replaceAll(/\s*\n\s*(?:\*(?!\/)|\/\/+|#|>)?\s*/g, " ").trim();
}
