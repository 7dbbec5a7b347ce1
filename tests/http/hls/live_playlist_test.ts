/** What a list keeps where its segments are larger than they may be. */
import { LivePlaylist } from "../../../http/hls/live_playlist.ts";
import { assertEquals } from "../../support/assert.ts";

const TERMS = { targetDurationS: 2, partTargetMs: 0, canSkip: false, extension: ".m4s", prefix: "" } as const;

Deno.test("LivePlaylist is shorter than its window where its bytes say so, and keeps as much of what has left it", () => {
  const bounds = { fragmentMs: 2000, windowMs: 60_000, maxBytes: 100 };
  const list = new LivePlaylist(TERMS, bounds, { sequence: 1, part: 0, discontinuity: 0 });
  const kept = new Set<number>();
  const sizes = [40, 40, 40, 40, 40, 40, 400, 40];
  const over: boolean[] = [];
  const seen = sizes.map((bytes) => {
    list.begin({ initNumber: undefined, discontinuity: false, dateMs: 0 });
    const ended = list.end(1, bytes);
    if (ended !== undefined) kept.add(ended.segment.sequence);
    over.push(ended?.isOverBytes === true);
    for (const { sequence } of ended?.gone ?? []) kept.delete(sequence);
    return [list.state?.segments.map(({ sequence }) => sequence).join(), [...kept].join()];
  });
  assertEquals(over, [false, false, true, true, true, true, true, true]);
  assertEquals(seen, [
    ["1", "1"],
    ["1,2", "1,2"],
    ["2,3", "1,2,3"],
    ["3,4", "1,2,3,4"],
    ["4,5", "2,3,4,5"],
    ["5,6", "3,4,5,6"],
    ["7", "5,6,7"],
    ["8", "8"],
  ]);
});
