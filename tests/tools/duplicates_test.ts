/**
 * No code of the product is written twice.
 *
 * @module
 */
import { findDuplicates } from "../../tools/duplicates.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { readSourceFiles } from "../support/source_file.ts";

/** The longest run of lines that may be in two places. */
const MAX_LINES = 12;

Deno.test(`no ${MAX_LINES + 1} lines of the product are the same in two places`, async () => {
  const files = (await readSourceFiles(new URL("../../", import.meta.url)))
    .filter(({ path }) => !path.startsWith("tests/"));
  assert(files.length > 100, "the files were not found");
  const found = findDuplicates(files, MAX_LINES + 1);
  assertEquals(
    found.map(({ first, second, lines }) => ({ first: at(first), second: at(second), lines })),
    [],
  );
});

function at({ path, line }: { readonly path: string; readonly line: number }): string {
  return `${path}:${line}`;
}

const FIVE = ["a();", "b();", "c();", "d();", "e();"];
const file = (path: string, ...lines: string[]) => ({ path, text: lines.join("\n") });

Deno.test("findDuplicates() finds the longest run in two files, whatever is around and between its lines", () => {
  const found = findDuplicates([
    file("one.ts", "x();", ...FIVE, "y();"),
    file(
      "two.ts",
      "// other",
      "z();",
      "  a();",
      "",
      "  // why",
      "  b( );",
      "c();",
      "}",
      "d();",
      "e();",
      "w();",
    ),
    file("three.ts", "  a();", "b();", "c();  ", "/** d */", "d();", "e();"),
  ], 5);
  assertEquals(found.map(({ first, second, lines }) => [at(first), at(second), lines]), [
    ["one.ts:2", "three.ts:1", 5],
  ]);
});

Deno.test("findDuplicates() finds a run that comes twice in one file, once", () => {
  const found = findDuplicates([file("one.ts", ...FIVE, "x();", ...FIVE, "y();")], 3);
  assertEquals(found.map(({ first, second, lines }) => [at(first), at(second), lines]), [[
    "one.ts:1",
    "one.ts:7",
    5,
  ]]);
});

for (
  const { name, files } of [
    { name: "a run that is shorter", files: [file("one.ts", ...FIVE), file("two.ts", ...FIVE.slice(1))] },
    {
      name: "imports",
      files: [1, 2].map((n) => file(`${n}.ts`, ...FIVE.map((_, i) => `import { a${i} } from "b";`))),
    },
    {
      name: "lines of two files in a row",
      files: [file("1.ts", "a();"), file("2.ts", ...FIVE.slice(1)), file("3.ts", ...FIVE)],
    },
  ]
) {
  Deno.test(`findDuplicates() does not count ${name}`, () => assertEquals(findDuplicates(files, 5), []));
}
