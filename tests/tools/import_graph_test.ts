/**
 * Which tests `deno task mutate` runs for a file, and in which order.
 *
 * @module
 */
import { ImportGraph } from "../../tools/import_graph.ts";
import { assertEquals } from "../support/assert.ts";

const GRAPH = new ImportGraph(
  new Map([
    ["tests/far_test.ts", 'import { b } from "../room/mod.ts";'],
    ["tests/near_test.ts", 'import { a } from "../room/deep/a.ts";\nimport "./support.ts";'],
    ["tests/worker_test.ts", 'new Worker(new URL("../room/worker.ts", import.meta.url));'],
    ["tests/other_test.ts", 'import { text } from "npm:room/deep/a.ts";\nconst x = "room/deep/a.ts";'],
    ["tests/support.ts", ""],
    ["room/mod.ts", 'export { b } from "./b.ts";\nexport * from "./deep/a.ts";'],
    ["room/b.ts", 'import type { A } from "./deep/a.ts";\nimport { c } from "./c.ts";'],
    ["room/c.ts", 'import { b } from "./b.ts";'],
    ["room/worker.ts", 'const { c } = await import("./c.ts");'],
    ["room/deep/a.ts", ""],
  ]),
);
const TESTS = ["tests/far_test.ts", "tests/near_test.ts", "tests/other_test.ts", "tests/worker_test.ts"];

Deno.test("ImportGraph.reaching() has the tests that load a file, by any way, the nearest first", () => {
  assertEquals(GRAPH.reaching("room/deep/a.ts", TESTS), [
    "tests/near_test.ts",
    "tests/far_test.ts",
    "tests/worker_test.ts",
  ]);
});

Deno.test("ImportGraph.reaching() follows files that import each other, and ends", () => {
  assertEquals(GRAPH.reaching("room/c.ts", TESTS), ["tests/worker_test.ts", "tests/far_test.ts"]);
});

Deno.test("ImportGraph.reaching() is empty for a file that no test loads", () => {
  assertEquals(GRAPH.reaching("room/unknown.ts", TESTS), []);
});
