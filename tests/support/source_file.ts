/**
 * A TypeScript file of this repository as far as rules about the house need it: what it imports, and its code
 * without comments and texts.
 *
 * @module
 */

/** One import or re-export. */
export interface SourceImport {
  readonly specifier: string;
  /** Path from the root for a file of the repository, `undefined` for a package. */
  readonly path: string | undefined;
  readonly typeOnly: boolean;
}

/** A file that was read. */
export interface SourceFile {
  /** From the root, with slashes. */
  readonly path: string;
  readonly text: string;
  /** `text` with comments and the contents of strings, templates and regular expressions left out. */
  readonly code: string;
  /** The first comment. */
  readonly header: string;
  readonly imports: readonly SourceImport[];
}

const STATEMENT = /\b(import|export)\s+(type\s+)?(?:[\w*{][^;"']*?\sfrom\s*)?"([^"]+)"/g;
const DYNAMIC = /\b(?:import|new URL)\(\s*"([^"]+)"/g;

/** Read every TypeScript file below the root that is ours. */
export async function readSourceFiles(root: URL): Promise<readonly SourceFile[]> {
  const files: SourceFile[] = [];
  for (const path of (await sourcePaths(root, "")).sort()) {
    files.push(sourceFile(path, await Deno.readTextFile(new URL(path, root))));
  }
  return files;
}

/** Make a `SourceFile` of a text. */
export function sourceFile(path: string, text: string): SourceFile {
  const imports: SourceImport[] = [];
  const { code, uncommented } = strip(text);
  for (const match of uncommented.matchAll(STATEMENT)) {
    const specifier = match[3] ?? "";
    imports.push({ specifier, path: resolve(path, specifier), typeOnly: isTypeOnly(match[0]) });
  }
  for (const match of uncommented.matchAll(DYNAMIC)) {
    const specifier = match[1] ?? "";
    imports.push({ specifier, path: resolve(path, specifier), typeOnly: false });
  }
  return { path, text, code, header: /^\/\*\*[\s\S]*?\*\//.exec(text)?.[0] ?? "", imports };
}

function isTypeOnly(statement: string): boolean {
  if (/^(?:import|export)\s+type\b/.test(statement)) return true;
  const names = /\{([^}]*)\}/.exec(statement)?.[1];
  if (names === undefined) return false;
  return names.split(",").filter((name) => name.trim() !== "").every((name) => /^\s*type\s/.test(name));
}

function resolve(from: string, specifier: string): string | undefined {
  if (!/^\.\.?\//.test(specifier)) return undefined;
  return decodeURIComponent(new URL(specifier, `file:///${from}`).pathname.slice(1));
}

async function sourcePaths(root: URL, directory: string): Promise<string[]> {
  const paths: string[] = [];
  for await (const entry of Deno.readDir(new URL(directory === "" ? "." : directory, root))) {
    if (entry.name.startsWith(".") || entry.name === "node_modules" || entry.name === "objs") continue;
    const path = `${directory}${entry.name}`;
    if (entry.isDirectory) paths.push(...await sourcePaths(root, `${path}/`));
    else if (entry.name.endsWith(".ts")) paths.push(path);
  }
  return paths;
}

/** What may stand between two tokens, or be one, that hides code. */
const HIDING =
  /\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`|(?<=(?:[(,=:[!&|?{};+]|\breturn|=>|^)\s*)\/(?![*/])(?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/gm;

/** Code without what only looks like code; strings stay in `uncommented`. */
function strip(text: string): { readonly code: string; readonly uncommented: string } {
  let code = "";
  let uncommented = "";
  let at = 0;
  while (at < text.length) {
    HIDING.lastIndex = at;
    const match = HIDING.exec(text);
    const end = match?.index ?? text.length;
    code += text.slice(at, end);
    uncommented += text.slice(at, end);
    if (match === null) break;
    if (match[0] === "`") {
      const template = readTemplate(text, end + 1);
      code += `\`${template.code}\``;
      at = template.end;
      continue;
    }
    const isComment = match[0].startsWith("/*") || match[0].startsWith("//");
    code += isComment ? " " : `""`;
    uncommented += isComment ? " " : match[0];
    at = end + match[0].length;
  }
  return { code, uncommented };
}

/** The code in a template's `${}`, and where the template ends. */
function readTemplate(text: string, start: number): { readonly code: string; readonly end: number } {
  let code = "";
  let at = start;
  while (at < text.length && text[at] !== "`") {
    if (text[at] === "\\") {
      at += 2;
    } else if (text.startsWith("${", at)) {
      const end = closingBrace(text, at + 2);
      code += ` ${strip(text.slice(at + 2, end)).code} `;
      at = end + 1;
    } else {
      at += 1;
    }
  }
  return { code, end: at + 1 };
}

function closingBrace(text: string, start: number): number {
  let depth = 1;
  let at = start;
  while (at < text.length) {
    const character = text[at];
    if (character === "`") {
      at = readTemplate(text, at + 1).end;
      continue;
    }
    if (character === '"' || character === "'") at = closingQuote(text, at);
    if (character === "{") depth += 1;
    if (character === "}") depth -= 1;
    if (depth === 0) return at;
    at += 1;
  }
  return at;
}

function closingQuote(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== text[start]) at += text[at] === "\\" ? 2 : 1;
  return at;
}
