/**
 * What several addresses decide together.
 *
 * @module
 */
import type { AnswerDecisions } from "../../../hooks/contract/answer.ts";
import { mergeDecisions } from "../../../hooks/decisions/merge_decisions.ts";
import { assertEquals } from "../../support/assert.ts";

interface MergeCase {
  readonly name: string;
  readonly one: AnswerDecisions;
  readonly other: AnswerDecisions;
  readonly merged: AnswerDecisions;
}

const CASES: readonly MergeCase[] = [
  { name: "nothing of either", one: {}, other: {}, merged: {} },
  { name: "a limit of the first alone", one: { ttlMs: 5 }, other: {}, merged: { ttlMs: 5 } },
  { name: "a limit of the second alone", one: {}, other: { ttlMs: 5 }, merged: { ttlMs: 5 } },
  {
    name: "the stricter limits",
    one: { ttlMs: 5, maxBitrateKbps: 900 },
    other: { ttlMs: 7, maxBitrateKbps: 800 },
    merged: { ttlMs: 5, maxBitrateKbps: 800 },
  },
  { name: "the later name", one: { stream: "a" }, other: { stream: "b" }, merged: { stream: "b" } },
  { name: "the only name", one: { stream: "a", ttlMs: 1 }, other: {}, merged: { stream: "a", ttlMs: 1 } },
  {
    name: "each forward once",
    one: { forward: ["rtmp://a/x", "rtmp://b/x"] },
    other: { forward: ["rtmp://b/x", "rtmp://c/x"] },
    merged: { forward: ["rtmp://a/x", "rtmp://b/x", "rtmp://c/x"] },
  },
  {
    name: "forwards of one address, each once",
    one: {},
    other: { forward: ["rtmp://a/x", "rtmp://a/x"] },
    merged: { forward: ["rtmp://a/x"] },
  },
  { name: "no forward at all", one: { forward: [] }, other: { ttlMs: 3 }, merged: { forward: [], ttlMs: 3 } },
];
for (const { name, one, other, merged } of CASES) {
  Deno.test(`mergeDecisions() keeps ${name}`, () => assertEquals(mergeDecisions(one, other), merged));
}
