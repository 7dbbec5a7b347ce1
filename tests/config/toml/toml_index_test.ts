/**
 * The index of lines: what TOML's grammar permits and refuses, and agreement with the TOML library.
 *
 * @module
 */

import fc from "fast-check";
import { assert, assertEquals, assertThrows } from "../../support/assert.ts";
import { getStaticTOMLValue, parseTOML } from "toml-eslint-parser";
import { isTable, parseToml } from "../../../config/toml/parse_toml.ts";
import { ConfigError } from "../../../config/problems/problem.ts";
import { indexToml } from "../../../config/toml/toml_index.ts";
import { TomlSyntaxError } from "../../../config/toml/toml_syntax_error.ts";
import { tomlString } from "../../../config/types/value_type.ts";
import { problemsIn } from "../support.ts";

Deno.test("indexToml() knows the line of every key and table", () => {
  const index = indexToml(`# a comment
a = 1   # one
b.c = "x # no comment"
"d.e" = '''
[no.header]
'''
list = [
  1, # [
  { f = 2,
    g = "]" },
]
[t]
h = """
y = 1 \\""" z
"""

[t.u."v.w"]
i = 2020-01-01 10:00:00
[many.k]
l = { m = { n = 1 } }
`.replace("{ f = 2,\n    g", "{ f = 2, g"));
  const lines: [number, string[]][] = [
    [2, ["a"]],
    [3, ["b", "c"]],
    [3, ["b"]],
    [4, ["d.e"]],
    [7, ["list"]],
    [9, ["list", "1", "f"]],
    [11, ["t"]],
    [12, ["t", "h"]],
    [16, ["t", "u", "v.w"]],
    [17, ["t", "u", "v.w", "i"]],
    [18, ["many", "k"]],
    [19, ["many", "k", "l", "m", "n"]],
    [19, ["many", "k", "l", "unknown"]],
  ];
  for (const [line, path] of lines) assertEquals(index.line(path), line, path.join(" "));
  assertEquals(index.line(["nothing"]), undefined);
});

const REFUSED = [
  { name: "a repeated key", text: "a = 1\nb = 2\na = 3", line: 3 },
  { name: "a repeated quoted key", text: 'a = 1\n"a" = 3', line: 2 },
  { name: "a repeated dotted key", text: "a.b = 1\na.b = 2", line: 2 },
  { name: "a repeated table", text: "[a]\n[b]\n[a]", line: 3 },
  { name: "a table over a key", text: "a = 1\n[a]", line: 2 },
  { name: "a table below a key", text: "a = 1\n[a.b]", line: 2 },
  { name: "a table over an inline table", text: "a = { b = 1 }\n[a.b]", line: 2 },
  { name: "a dotted key into an inline table", text: "a = { b = 1 }\na.c = 2", line: 2 },
  { name: "a table over a dotted key's table", text: "a.b = 1\n[a]", line: 2 },
  { name: "a dotted key into a table with a header", text: "[a.b]\nc = 1\n[a]\nb.d = 1", line: 4 },
  { name: "a key repeated in an inline table", text: "a = { b = 1, b = 2 }", line: 1 },
  { name: "a list of tables", text: "a = 1\n[[b]]\nc = 1", line: 2 },
  { name: "a key without value", text: "a =\nb = 1", line: 1 },
  { name: "a key without =", text: "\na 1", line: 2 },
  { name: "a value without quotes", text: "a = on", line: 1 },
  { name: "a duration without quotes", text: "a = 350ms", line: 1 },
  { name: "two values", text: "a = 1 2", line: 1 },
  { name: "two keys on a line", text: 'a = "1" b = 2', line: 1 },
  { name: "a key alone", text: "a", line: 1 },
  { name: "an empty key", text: "= 1", line: 1 },
  { name: "a multi-line key", text: '"""a""" = 1', line: 1 },
  { name: "__proto__", text: "[__proto__]\na = 1", line: 1 },
  { name: "an open string", text: 'a = "b\nc = 1', line: 1 },
  { name: "an open literal string", text: "a = 'b\nc = 1", line: 1 },
  { name: "an open multi-line string", text: 'a = 1\nb = """\n\n', line: 2 },
  { name: "an open array", text: "a = 1\nb = [1,\n2\n", line: 2 },
  { name: "an array without comma", text: "a = [1\n2]", line: 2 },
  { name: "an open inline table", text: "a = { b = 1", line: 1 },
  { name: "an inline table over lines", text: "a = { b = 1,\nc = 2 }", line: 1 },
  { name: "an inline table without =", text: "a = { b }", line: 1 },
  { name: "an open header", text: "[a\nb = 1", line: 1 },
  { name: "an open array header", text: "[[a]\nb = 1", line: 1 },
  { name: "text behind a header", text: "[a] b = 1", line: 1 },
  { name: "a control character", text: 'a = "\u0001"', line: 1 },
  { name: "a control character in a comment", text: "a = 1\n# \u0000", line: 2 },
  { name: "old Mac line ends, which would be one comment", text: "# a\rb = 1\rc = 2", line: 1 },
  { name: "old Mac line ends behind a value", text: "a = 1 # b\rc = 2", line: 1 },
  { name: "an unknown escape", text: 'a = "C:\\q"', line: 1 },
  { name: "an escape that is not a character", text: 'a = "\\ud800"', line: 1 },
  { name: "a leading zero", text: "a = 0755", line: 1 },
  { name: "nesting without end", text: `a = ${"[".repeat(50)}`, line: 1 },
  { name: "a key of 100,000 parts", text: `\na${".a".repeat(99_999)} = 1`, line: 2 },
  { name: "nesting of 100,000 levels", text: `a = ${"[".repeat(100_000)}`, line: 1 },
];
for (const { name, text, line } of REFUSED) {
  Deno.test(`indexToml() refuses ${name} and tells the line`, () => {
    const error = assertThrows(() => indexToml(text), TomlSyntaxError);
    assertEquals(error.line, line, error.message);
    assert(!error.message.includes("\n"), error.message);
  });
}

const ACCEPTED = [
  { name: "a table around an earlier one", text: "[a.b]\nc = 1\n[a]\nd = 2" },
  { name: "a table below a dotted key's table", text: "a.b = 1\n[c]\nd = 1" },
  { name: "dotted keys and a later table", text: "a.b = 1\n[a.c]\nd = 1" },
  { name: "a line end escaped", text: 'a = """b \\\n\n   c"""\nd = 1' },
  { name: "escapes", text: 'a = "\\u00e9\\U0001F600\\t\\"\\\\"' },
  { name: "numbers", text: "a = [1_000, 0x1f, 0o17, 0b101, -1.5e3, +1]" },
  { name: "dates", text: "a = 1979-05-27T07:32:00Z\nb = 1979-05-27\nc = 1979-05-27 07:32:00" },
  { name: "trailing comma", text: "a = [1,\n2,\n]" },
  { name: "Windows line ends", text: "# x\r\na = 1 # y\r\n[b]\r\nc = [\r\n1]\r\n" },
  { name: "a byte order mark", text: "\u{feff}a = 1" },
  { name: "no line end at the end", text: "a = 1" },
  { name: "a zero at the end of the text", text: "[b]\na = 0" },
  { name: "blanks around dots and brackets", text: '[ a . "b" ]\nc . d = 1' },
];
for (const { name, text } of ACCEPTED) {
  Deno.test(`parseToml() takes ${name}, keys as the library sees them`, () => {
    const { values, index } = parseToml(text);
    assertEquals(keysOf(values), index.keys.map((path) => JSON.stringify(path)).toSorted());
  });
}

/** Leaves of nested tables; arrays and inline tables count as the library gives them. */
function keysOf(table: Readonly<Record<string, unknown>>, base: readonly string[] = []): string[] {
  return Object.entries(table).flatMap(([name, value]) =>
    isTable(value) ? keysOf(value, [...base, name]) : [JSON.stringify([...base, name])]
  ).toSorted();
}

/** Tables of more keys than are read at a time, most of them dotted. */
const MANY_KEYS = ["", "[t]", "[t.u]"].map((header, table) =>
  Array.from(
    { length: 50 },
    (_, key) => `g${table}.constructor.${key % 7}.k${key} = { v = [${key}] } # ${key}\n`,
  )
    .reduce((text, line) => `${text}${line}`, `${header}\nfirst${table} = "\\n"\n`)
).join("");

Deno.test("parseToml() puts the keys of a long table together", () => {
  const { values, index } = parseToml(MANY_KEYS);
  const other: unknown = getStaticTOMLValue(parseTOML(MANY_KEYS, { tomlVersion: "1.0" }));
  assertEquals(plain(values), plain(other));
  assertEquals(index.sections.length, 3 * 4);
});

Deno.test("parseToml() tells the line of what only the library refuses, in a long table too", () => {
  const text = `${"\n# x\n".repeat(2)}${
    Array.from({ length: 40 }, (_, n) => `a${n} = 1\n`).join("")
  }b = """c"""""\n`;
  assertEquals(problemsIn(() => parseToml(text, "x.toml")), [
    "x.toml:45: Single-line string cannot contain EOL",
  ]);
});

Deno.test("parseToml() tells the line of what only the library refuses", () => {
  assertEquals(problemsIn(() => parseToml('x = 1\n[t]\na = 1\nb = """c"""""\n', "x.toml")), [
    "x.toml:4: Single-line string cannot contain EOL",
  ]);
});

interface Tree {
  readonly [name: string]: string | Tree;
}

const name = fc.oneof(
  fc.constantFrom("a", "b", "key", "vhost", "play", "a-b", "1"),
  fc.string({ minLength: 1, maxLength: 6 }).filter((text) => text !== "__proto__" && text.isWellFormed()),
);
const scalar = fc.oneof(
  fc.string({ maxLength: 8, unit: "grapheme" }).map((text) => tomlString(text)),
  fc.integer().map(String),
  fc.constantFrom(
    "true",
    "'a # b'",
    '"""x\ny = 1\n"""',
    "[1,\n 2, # ]\n]",
    "'''\n[z]\n'''",
    "1979-05-27",
    "[]",
  ),
);
const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.dictionary(name, fc.oneof({ depthSize: "small", withCrossShrink: true }, scalar, tie("tree")), {
    maxKeys: 4,
    noNullPrototype: true,
  }),
}));

/** Write a tree with headers, and note the line of each key. */
function write(tree: Tree): { text: string; lines: Map<string, number> } {
  const out: string[] = [];
  const lines = new Map<string, number>();
  const quoted = (part: string) => /^[A-Za-z0-9_-]+$/.test(part) ? part : tomlString(part);
  const table = (node: Tree, path: readonly string[]) => {
    if (path.length > 0) out.push("", "# [comment]", `[${path.map(quoted).join(" . ")}] # "`);
    for (const [key, value] of Object.entries(node)) {
      if (typeof value !== "string") continue;
      lines.set(JSON.stringify([...path, key]), out.join("\n").split("\n").length + (out.length > 0 ? 1 : 0));
      out.push(`${quoted(key)} = ${value}`);
    }
    for (const [key, value] of Object.entries(node)) {
      if (typeof value !== "string") table(value, [...path, key]);
    }
  };
  table(tree, []);
  return { text: out.join("\n"), lines };
}

Deno.test("indexToml() finds the line of every key of any document, and the library the same keys", () => {
  fc.assert(
    fc.property(tree, (tree) => {
      const { text, lines } = write(tree);
      const { values, index } = parseToml(text);
      assertEquals(keysOf(values), [...lines.keys()].toSorted());
      for (const path of index.keys) assertEquals(index.line(path), lines.get(JSON.stringify(path)), text);
    }),
    { numRuns: 500 },
  );
});

Deno.test("parseToml() gives the values that the parser of the lines sees", () => {
  let files = 0;
  fc.assert(
    fc.property(tree, (tree) => {
      const { text } = write(tree);
      const other: unknown = getStaticTOMLValue(parseTOML(text, { tomlVersion: "1.0" }));
      assertEquals(plain(parseToml(text).values), plain(other), text);
      files += 1;
    }),
    { numRuns: 200 },
  );
  assertEquals(files, 200);
});

/** Without prototypes; dates as their text. */
function plain(value: unknown): unknown {
  if (value instanceof Date) return `date ${value.toISOString().slice(0, 10)}`;
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return new Map(Object.entries(value).map(([name, inner]): [string, unknown] => [name, plain(inner)]));
}

const alphabet = fc.constantFrom(
  ...[
    "a",
    "b",
    "=",
    " = ",
    ".",
    "[",
    "]",
    "[[",
    "]]",
    "{",
    "}",
    ",",
    '"',
    "'",
    '"""',
    "'''",
    "\\",
    "#",
    "\n",
    "\r\n",
  ],
  ...["1", "true", " ", "\t", "1979-05-27", "0x", "_", "\u0000", "é", "\u{feff}"],
);

Deno.test("parseToml() gives values or one problem for any text", () => {
  fc.assert(
    fc.property(fc.array(alphabet, { maxLength: 40 }), (parts) => {
      try {
        const { index } = parseToml(parts.join(""), "x.toml");
        for (const path of index.keys) assert((index.line(path) ?? 0) > 0);
      } catch (error) {
        assert(error instanceof ConfigError, String(error));
        assertEquals(error.problems.length, 1);
      }
    }),
    { numRuns: 3000 },
  );
});
