/** Ranges of RFC 9110 §14.1.2 on ten bytes. */
import { type ByteRange, readRange } from "../../../http/static/byte_range.ts";
import { assertEquals } from "../../support/assert.ts";

const CASES: readonly {
  readonly header: string;
  readonly expected: ByteRange | "unsatisfiable" | undefined;
}[] = [
  { header: "bytes=0-0", expected: { start: 0, end: 0 } },
  { header: "bytes=2-4", expected: { start: 2, end: 4 } },
  { header: "BYTES= 2-4 ", expected: { start: 2, end: 4 } },
  { header: "bytes=7-", expected: { start: 7, end: 9 } },
  { header: "bytes=5-99", expected: { start: 5, end: 9 } },
  { header: "bytes=-2", expected: { start: 8, end: 9 } },
  { header: "bytes=-99", expected: { start: 0, end: 9 } },
  { header: "bytes=9-9", expected: { start: 9, end: 9 } },
  { header: "bytes=10-", expected: "unsatisfiable" },
  { header: "bytes=10-12", expected: "unsatisfiable" },
  { header: "bytes=-0", expected: "unsatisfiable" },
  { header: "bytes=4-2", expected: undefined },
  { header: "bytes=-", expected: undefined },
  { header: "bytes=0-1,3-4", expected: undefined },
  { header: "bytes=a-b", expected: undefined },
  { header: "bytes=0x1-2", expected: undefined },
  { header: "bytes=1-2-3", expected: undefined },
  { header: "items=0-1", expected: undefined },
  { header: "bytes=0-99999999999999999999", expected: undefined },
];

for (const { header, expected } of CASES) {
  Deno.test(`readRange() of ${header}`, () => assertEquals(readRange(header, 10), expected));
}
