/**
 * Which ids of viewers are remembered, and for how long.
 *
 * @module
 */
import { GoneIds } from "../../../http/hls/gone_ids.ts";
import { assert, assertEquals } from "../../support/assert.ts";

const ENDED = { returned: false, admitted: true };
const BACK_REFUSED = { returned: true, admitted: false };

Deno.test("GoneIds remembers a kicked viewer, however many others are refused", () => {
  const gone = new GoneIds();
  gone.add("kicked", ENDED);
  for (let i = 0; i < 50_000; i++) gone.add(`first ${i}`, { returned: false, admitted: false });
  for (let i = 0; i < 50_000; i++) gone.add(`back ${i}`, BACK_REFUSED);
  assert(gone.has("kicked"));
});

Deno.test("GoneIds does not remember an id that no client has", () => {
  const gone = new GoneIds();
  gone.add("refused", { returned: false, admitted: false });
  assert(!gone.has("refused"));
});

Deno.test("GoneIds forgets the oldest of a kind first", () => {
  for (const kind of [ENDED, BACK_REFUSED]) {
    const gone = new GoneIds();
    for (let i = 0; i <= 20_000; i++) gone.add(String(i), kind);
    assertEquals(["0", "1", "20000"].map((id) => gone.has(id)), [false, true, true]);
  }
});
