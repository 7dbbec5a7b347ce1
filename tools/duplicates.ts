/**
 * Finds code that was written twice: runs of the same lines in two places. Blanks, comments, imports and lines of
 * brackets alone do not count. Pure.
 *
 * @module
 */

/** A file to be searched. */
export interface SearchedFile {
  /** For the report. */
  readonly path: string;
  readonly text: string;
}

/** Two places with the same lines. Line numbers from 1. */
export interface Duplicate {
  readonly first: { readonly path: string; readonly line: number };
  readonly second: { readonly path: string; readonly line: number };
  /** How many lines count. */
  readonly lines: number;
}

interface CountedLine {
  readonly text: string;
  readonly path: string;
  readonly line: number;
  /** The file's lines end here: no run crosses it. */
  readonly isLast: boolean;
}

const COMMENT = /^(?:\/\/|\/\*|\*)/;
const BRACKETS = /^[\s()[\]{};,]*$/;
/** Up to `from`, over several lines. */
const IMPORTS = /^(?:import|export)\s[^;(]*?\sfrom\s"[^"]*";$/gm;

/**
 * All pairs of places that share at least `minLines` counted lines in a row, each with its longest run.
 *
 * @param minLines 1 or more.
 */
export function findDuplicates(files: readonly SearchedFile[], minLines: number): readonly Duplicate[] {
  const lines = files.flatMap(countedLines);
  const starts = new Map<string, number>();
  const found: Duplicate[] = [];
  for (let at = 0; at + minLines <= lines.length; at++) {
    if (crossesFiles(lines, at, minLines)) continue;
    const key = lines.slice(at, at + minLines).map(({ text }) => text).join("\n");
    const earlier = starts.get(key);
    if (earlier === undefined) {
      starts.set(key, at);
      continue;
    }
    let length = minLines;
    while (
      continues(lines, earlier, length) && continues(lines, at, length) && same(lines, earlier, at, length)
    ) {
      length += 1;
    }
    const [first, second] = [lines[earlier], lines[at]];
    if (first !== undefined && second !== undefined) found.push({ first, second, lines: length });
    at += length - 1;
  }
  return found;
}

function countedLines({ path, text }: SearchedFile): CountedLine[] {
  const code = text.replace(IMPORTS, (statement) => statement.replace(/[^\n]/g, ""));
  const counted = code.split("\n")
    .map((line, index) => ({ text: line.trim().replace(/\s+/g, " "), line: index + 1 }))
    .filter(({ text: line }) => !BRACKETS.test(line) && !COMMENT.test(line));
  return counted.map((line, index) => ({ ...line, path, isLast: index === counted.length - 1 }));
}

function crossesFiles(lines: readonly CountedLine[], from: number, length: number): boolean {
  return lines.slice(from, from + length - 1).some(({ isLast }) => isLast);
}

function continues(lines: readonly CountedLine[], from: number, length: number): boolean {
  return lines[from + length - 1]?.isLast === false;
}

function same(lines: readonly CountedLine[], one: number, other: number, offset: number): boolean {
  return one + offset < other && lines[one + offset]?.text === lines[other + offset]?.text;
}
