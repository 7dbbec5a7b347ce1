/**
 * What was in a socket at a moment, and what came after it.
 *
 * @module
 */
import type { ReadMark } from "../../../../stream/live/read_mark.ts";
import { NewBytes } from "../../../../stream/admission/names/new_bytes.ts";
import { assertEquals } from "../../../support/assert.ts";

/** Reads as letters: `d` left the socket empty, `f` filled its buffer; `w` at the end: another one waits. */
function mark(letters: string): ReadMark {
  const reads = letters.replaceAll("w", "");
  return {
    reads: reads.length,
    drains: reads.replaceAll("f", "").length,
    drained: reads.endsWith("d"),
    waiting: letters.endsWith("w"),
  };
}

const CASES: readonly { name: string; since: string; looks: readonly string[]; isNew: readonly boolean[] }[] =
  [
    { name: "nothing", since: "fd", looks: ["fd", "fd"], isNew: [false, false] },
    { name: "the first read, which may have been waiting", since: "fd", looks: ["fdd"], isNew: [false] },
    { name: "a read after it", since: "fd", looks: ["fdd", "fddd"], isNew: [false, true] },
    { name: "two reads between two looks", since: "fd", looks: ["fddd"], isNew: [true] },
    { name: "a full read after an empty socket", since: "fd", looks: ["fddf"], isNew: [true] },
    {
      name: "full reads of what was waiting",
      since: "fd",
      looks: ["fdff", "fdffd", "fdffdw"],
      isNew: [false, false, false],
    },
    {
      name: "a read after all that was waiting",
      since: "ff",
      looks: ["fffd", "fffdd"],
      isNew: [false, true],
    },
    { name: "one look at a read that waits", since: "fdw", looks: ["fdw", "fddw"], isNew: [false, false] },
    {
      name: "a read that has waited for two looks",
      since: "fdw",
      looks: ["fdw", "fdw", "fddw"],
      isNew: [false, false, true],
    },
    {
      name: "a read that waits since a look, and brings something",
      since: "fd",
      looks: ["fdw", "fdw", "fddw"],
      isNew: [false, false, true],
    },
    {
      name: "a full read that took the last byte",
      since: "f",
      looks: ["ffw", "ffw", "ffdw"],
      isNew: [false, false, true],
    },
  ];

for (const { name, since, looks, isNew } of CASES) {
  Deno.test(`NewBytes.look() after ${name}`, () => {
    const bytes = new NewBytes(mark(since));
    assertEquals(looks.map((letters) => bytes.look(mark(letters))), isNew);
  });
}
