/**
 * The words of the repository: expressions that are wrong or that a reader has to guess at do not come back.
 *
 * @module
 */
import { type Passage, passagesOf } from "../../tools/prose.ts";
import { assert, assertEquals } from "../support/assert.ts";

const ROOT = new URL("../../", import.meta.url);

/** What may not be written, and what to write. */
const REFUSED: readonly { readonly pattern: RegExp; readonly instead: string }[] = [
  { pattern: /\bwhoever\b/i, instead: "name who it is: the caller, the client" },
  {
    pattern: /\b(?:for|of|to|by|with|and|from) who (?:is|are|has|have|[a-z]+s)\b/i,
    instead: "a client that ..., a player that ...",
  },
  { pattern: /(?<!\bthere )\bis no (?!longer\b|more\b)[a-z]+/i, instead: "is not a ..." },
  { pattern: /\bspel(?:l|ls|led|t)\b/i, instead: "encode, write" },
  { pattern: /\btold\b/i, instead: "reported, notified, sent" },
  { pattern: /\banew\b/i, instead: "again" },
  { pattern: /\bfor ever\b/i, instead: "forever" },
  { pattern: /\bbeside\b/i, instead: "next to, besides" },
  {
    pattern: /\b(?:doorkeeper|courier|roster|farewell|culprit|neighbour|newcomer|furnish)\b/i,
    instead: "the word of the field",
  },
  { pattern: /\b(?:hears?|heard)\b/i, instead: "receives, gets" },
  { pattern: /\bbur(?:y|ied)\b/i, instead: "dead-letter" },
  { pattern: /\bstands? (?:in|at|there)\b/i, instead: "is in, is used for" },
];

/** What is checked: everything that is written here. */
const CHECKED = /\.(?:ts|md)$|^srs\.toml$/;

/** Passages that may have what is refused elsewhere. */
const EXCEPTIONS: readonly { readonly path: RegExp; readonly text: RegExp; readonly reason: string }[] = [];

function findings(path: string, passages: readonly Passage[]): readonly string[] {
  return passages
    .filter(({ text }) => !EXCEPTIONS.some((rule) => rule.path.test(path) && rule.text.test(text)))
    .flatMap(({ line, text }) =>
      REFUSED.flatMap(({ pattern, instead }) => {
        const found = pattern.exec(text)?.[0];
        return found === undefined ? [] : [`${path}:${line}: "${found}" (${instead})`];
      })
    );
}

async function checkedPaths(directory = ""): Promise<string[]> {
  const paths: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(new URL(directory === "" ? "." : directory, ROOT))) {
    if (name.startsWith(".") || name === "node_modules" || name === "objs") continue;
    const path = `${directory}${name}`;
    if (isDirectory) paths.push(...await checkedPaths(`${path}/`));
    else if (CHECKED.test(path)) paths.push(path);
  }
  return paths.sort();
}

Deno.test("comments, strings and documents have none of the expressions that are refused", async () => {
  const paths = await checkedPaths();
  assert(paths.length > 100, "the files were not found");
  const found = await Promise.all(
    paths.map(async (path) => findings(path, passagesOf(path, await Deno.readTextFile(new URL(path, ROOT))))),
  );
  assertEquals(found.flat(), []);
});

Deno.test("every exception is needed", async () => {
  for (const { path, text } of EXCEPTIONS) {
    const paths = (await checkedPaths()).filter((candidate) => path.test(candidate));
    const passages = await Promise.all(
      paths.map(async (candidate) =>
        passagesOf(candidate, await Deno.readTextFile(new URL(candidate, ROOT)))
      ),
    );
    const needed = passages.flat().filter((passage) => text.test(passage.text));
    assert(needed.some((passage) => REFUSED.some(({ pattern }) => pattern.test(passage.text))), text.source);
  }
});

const EXAMPLES = [
  { text: "// Who" + "ever asks is answered", found: 1 },
  { text: "/** This is no\n * client. */", found: 1 },
  { text: "// There is no client", found: 0 },
  { text: "// It is no longer open", found: 0 },
  { text: "const to" + "ld = 1;", found: 0 },
  { text: 'const a = "It was to' + 'ld";', found: 1 },
  { text: "const a = `It was ${b} to" + "ld`;", found: 1 },
  { text: 'import { a } from "./to' + 'ld.ts";', found: 0 },
  { text: "f(\n  // waits for\n  // ever\n);", found: 1 },
];
for (const { text, found } of EXAMPLES) {
  Deno.test(`findings() finds ${found} in ${JSON.stringify(text)}`, () => {
    assertEquals(findings("a.ts", passagesOf("a.ts", text)).length, found);
  });
}

Deno.test("passagesOf() joins the lines of a paragraph and keeps the rows of a table apart", () => {
  assertEquals(passagesOf("a.md", "# A\n\nof\nbytes\n| b |\n| c |\n"), [
    { line: 1, text: "# A" },
    { line: 3, text: "of bytes" },
    { line: 5, text: "| b |" },
    { line: 6, text: "| c |" },
  ]);
});
