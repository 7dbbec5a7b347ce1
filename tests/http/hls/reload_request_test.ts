/**
 * Which requests for a playlist are answered at once, wait, or are refused.
 *
 * @module
 */
import {
  answerReload,
  type BadReload,
  readReloadRequest,
  type ReloadAnswer,
  type ReloadRequest,
} from "../../../http/hls/reload_request.ts";
import type { ListedSegment, PlaylistState } from "../../../http/hls/playlist_model.ts";
import { assert, assertEquals } from "../../support/assert.ts";

function segment(sequence: number, parts: number): ListedSegment {
  return {
    ...{ sequence, initNumber: 1, discontinuity: false, dateMs: 0, durationMs: 2000 },
    parts: Array.from(
      { length: parts },
      (_, i) => ({ number: sequence * 10 + i, durationMs: 200, independent: i === 0 }),
    ),
  };
}

/** Segments 7 to 9 are whole, 10 has 3 parts. */
function state(partTargetMs = 200, openParts = 3): PlaylistState {
  const parts = partTargetMs > 0 ? 10 : 0;
  return {
    terms: { targetDurationS: 2, partTargetMs, canSkip: true, extension: "m4s", prefix: "" },
    discontinuitySequence: 0,
    segments: [7, 8, 9].map((sequence) => segment(sequence, parts)),
    open: openParts === 0 ? undefined : segment(10, openParts),
    nextPart: 103,
  };
}

function request(query: string): ReloadRequest | BadReload {
  return readReloadRequest(query === "" ? "" : `?${query}`);
}

function answer(query: string, playlist = state()): ReloadAnswer {
  const read = request(query);
  return "bad" in read ? read : answerReload(read, playlist);
}

const CASES: readonly { readonly query: string; readonly answer: "now" | "wait" | "bad" }[] = [
  { query: "", answer: "now" },
  { query: "_HLS_msn=0", answer: "now" },
  { query: "_HLS_msn=9", answer: "now" },
  { query: "_HLS_msn=10", answer: "wait" },
  { query: "_HLS_msn=11", answer: "wait" },
  { query: "_HLS_msn=12", answer: "bad" },
  { query: "_HLS_msn=10&_HLS_part=2", answer: "now" },
  { query: "_HLS_msn=10&_HLS_part=3", answer: "wait" },
  // 3 s of parts are 15.
  { query: "_HLS_msn=10&_HLS_part=17", answer: "wait" },
  { query: "_HLS_msn=10&_HLS_part=18", answer: "bad" },
  // Past the last part of a finished segment is part 0 of the next, which is there.
  { query: "_HLS_msn=9&_HLS_part=10", answer: "now" },
  { query: "_HLS_msn=9&_HLS_part=25", answer: "bad" },
  { query: "_HLS_msn=7&_HLS_part=0", answer: "now" },
  { query: "_HLS_msn=1&_HLS_part=400", answer: "now" },
  { query: "_HLS_msn=11&_HLS_part=0", answer: "wait" },
  { query: "_HLS_msn=12&_HLS_part=0", answer: "bad" },
  { query: "_HLS_part=0", answer: "bad" },
  { query: "_HLS_msn=-1", answer: "bad" },
  { query: "_HLS_msn=x", answer: "bad" },
  { query: "_HLS_msn=", answer: "bad" },
  { query: "_HLS_msn=1.5", answer: "bad" },
  { query: "_HLS_msn=10&_HLS_part=-1", answer: "bad" },
  { query: "_HLS_skip=YES", answer: "now" },
];
for (const { query, answer: expected } of CASES) {
  Deno.test(`answerReload() for "${query}": ${expected}`, () => {
    const actual = answer(query);
    assertEquals(typeof actual === "string" ? actual : "bad", expected);
  });
}

Deno.test("answerReload() waits for part 0 of the next segment where the last one is finished", () => {
  assertEquals(answer("_HLS_msn=9&_HLS_part=10", state(200, 0)), "wait");
  assertEquals(answer("_HLS_msn=10&_HLS_part=0", state(200, 0)), "wait");
  assertEquals(answer("_HLS_msn=9&_HLS_part=9", state(200, 0)), "now");
});

Deno.test("answerReload() allows 3 parts ahead where one is longer than a second", () => {
  assertEquals(answer("_HLS_msn=10&_HLS_part=5", state(1200)), "wait");
  assert(typeof answer("_HLS_msn=10&_HLS_part=6", state(1200)) === "object");
});

Deno.test("answerReload() asks for whole segments where there are no parts", () => {
  assertEquals(answer("_HLS_msn=9&_HLS_part=3", state(0, 0)), "now");
  assertEquals(answer("_HLS_msn=10&_HLS_part=0", state(0, 0)), "wait");
  assertEquals(answer("_HLS_msn=10", state(0, 0)), "wait");
});

Deno.test("answerReload() waits for the whole segment of a publish that lists no parts", () => {
  const { terms, ...rest } = state(200, 0);
  const playlist = { ...rest, terms, segments: [segment(8, 10), segment(9, 0)] };
  assertEquals(answer("_HLS_msn=9&_HLS_part=0", playlist), "now");
  assertEquals(answer("_HLS_msn=10&_HLS_part=0", playlist), "wait");
});

Deno.test("readReloadRequest() knows both words for a delta update", () => {
  for (const [word, form] of [["YES", "delta"], ["v2", "delta"], ["no", "full"]]) {
    const read = request(`_HLS_skip=${word}`);
    assertEquals("bad" in read ? undefined : read.form, form);
  }
});
