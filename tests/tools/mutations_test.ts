/**
 * The faults that `deno task mutate` puts into a file.
 *
 * @module
 */
import { chooseMutations, mutate, mutationsOf } from "../../tools/mutations.ts";
import { assertEquals, assertNotEquals } from "../support/assert.ts";

const CASES = [
  { text: "const x = a < b;", faults: ["const x = a <= b;"] },
  { text: "const x = a === b;", faults: ["const x = a !== b;"] },
  { text: "const x = a && b;", faults: ["const x = a || b;"] },
  { text: "const x = !a;", faults: ["const x = a;"] },
  { text: "const x = true;", faults: ["const x = false;"] },
  { text: "const x = 7;", faults: ["const x = (7 + 1);"] },
  { text: "x++;", faults: ["x--;"] },
  { text: "f(x);", faults: ["{}"] },
  { text: "await f(x);", faults: ["{}"] },
  { text: "if (a) f();", faults: ["if (false) f();", "if (true) f();", "if (a) {}"] },
  { text: "const x = a ? b : c;", faults: ["const x = false ? b : c;", "const x = true ? b : c;"] },
  { text: 'import { a } from "./a.ts";', faults: [] },
  { text: "interface A { readonly b: 1 | true }", faults: [] },
];

for (const { text, faults } of CASES) {
  Deno.test(`mutationsOf() puts ${faults.length} faults into ${text}`, () => {
    const found = mutationsOf("a.ts", text);
    assertEquals(found.map((mutation) => mutate(text, mutation)), faults);
  });
}

Deno.test("mutationsOf() names the line and both texts", () => {
  const [first] = mutationsOf("rtmp/a.ts", "// one\nconst x = a\n  < b;\n");
  assertEquals([first?.path, first?.line, first?.what], ["rtmp/a.ts", 3, "< -> <="]);
});

Deno.test("chooseMutations() draws the same faults for one seed, others for another, each once", () => {
  const text = Array.from({ length: 40 }, (_, at) => `f(${at});`).join("\n");
  const all = mutationsOf("a.ts", text);
  const lines = (count: number, seed: number) => chooseMutations(all, count, seed).map(({ start }) => start);
  assertEquals(lines(5, 1), lines(5, 1));
  assertNotEquals(lines(5, 1), lines(5, 2));
  assertEquals(lines(5, 1), lines(5, 1).toSorted((a, b) => a - b));
  assertEquals(lines(1000, 1), all.map(({ start }) => start));
});
