/**
 * The rows of docs/SECURITY.md as Markdown, with the tests that were found in the sources.
 *
 * @module
 */
import { ATTACKS } from "./attacks.ts";

/** The document that holds the table. */
export const SECURITY_DOCUMENT: URL = new URL("../../../docs/SECURITY.md", import.meta.url);

const DIRECTORY = new URL("../../attacks/", import.meta.url);
const BEGIN = "<!-- attacks: written by `deno task docs` -->";
const END = "<!-- /attacks -->";
const CALL = /\battackTest\(\s*(\d+),\s*(?:"((?:[^"\\]|\\.)*)"|`((?:[^`\\]|\\.)*)`)/g;

/** What each row's tests say, by row. */
export async function readAttackTests(): Promise<ReadonlyMap<number, readonly string[]>> {
  const tests = new Map<number, string[]>();
  const files: string[] = [];
  for await (const { name } of Deno.readDir(DIRECTORY)) if (name.endsWith("_test.ts")) files.push(name);
  for (const name of files.sort()) {
    const text = await Deno.readTextFile(new URL(name, DIRECTORY));
    for (const [, row, plain, template] of text.matchAll(CALL)) {
      const criterion = (plain ?? template ?? "").replaceAll(/\$\{[^}]*\}/g, "…");
      tests.set(Number(row), [...tests.get(Number(row)) ?? [], `${criterion} (${name})`]);
    }
  }
  return tests;
}

/** `document` with the table as it is now. */
export async function withAttackTable(document: string): Promise<string> {
  const begin = document.indexOf(BEGIN);
  const end = document.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`Cannot find the place of the table: ${BEGIN} ... ${END}`);
  const tests = await readAttackTests();
  const rows = ATTACKS.map(({ row, name, reaction }) => {
    return `| ${row} | ${cell(name)} | ${cell(reaction)} | ${
      (tests.get(row) ?? []).map(cell).join("<br>")
    } |`;
  });
  const table = ["| # | attack | reaction | tests |", "| --- | --- | --- | --- |", ...rows];
  return `${document.slice(0, begin + BEGIN.length)}\n\n${table.join("\n")}\n\n${document.slice(end)}`;
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("<", "&lt;").replaceAll("\n", " ");
}
