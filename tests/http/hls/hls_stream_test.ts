import { HeldRequest } from "../../../http/hls/held_request.ts";
import { HlsStream } from "../../../http/hls/hls_stream.ts";
import { ResponseMaker } from "../../../http/hls/hls_responses.ts";
import { assert, assertEquals } from "../../support/assert.ts";

const NOTHING = { playlist: undefined, variant: undefined, added: [], dropped: [] } as const;

Deno.test("HlsStream wakes many held requests some in a turn, and each once", () => {
  const turns: (() => void)[] = [];
  const responses = new ResponseMaker({}, (bytes) => new Uint8Array(bytes), () => 0);
  const stream = new HlsStream(responses, (task) => turns.push(task), () => 0);
  let isThere = false;
  let woken = 0;
  for (let i = 0; i < 300; i++) {
    stream.add({ untilMs: 1000, isReady: () => isThere, settle: () => woken++ });
  }
  stream.apply(NOTHING);
  assertEquals([woken, stream.waiting], [0, 300]);
  isThere = true;
  stream.apply(NOTHING);
  const steps = [woken];
  for (let turn = turns.shift(); turn !== undefined; turn = turns.shift()) {
    turn();
    steps.push(woken);
  }
  assertEquals([steps, stream.waiting], [[128, 256, 300], 0]);
});

Deno.test("HeldRequest waits until it is ready, cut, or has waited long enough, and never again once cut", async () => {
  const responses = new ResponseMaker({}, (bytes) => new Uint8Array(bytes), () => 0);
  const stream = new HlsStream(responses, (task) => task(), () => 0);
  const [ready, late, cut] = [new HeldRequest(), new HeldRequest(), new HeldRequest()];
  let isThere = false;
  const waits = [
    ready.until(stream, () => isThere, 5000),
    late.until(stream, () => false, 1000),
    cut.until(stream, () => false, 5000),
  ];
  assertEquals(stream.waiting, 3);
  cut.cut();
  await waits[2];
  isThere = true;
  stream.apply(NOTHING);
  await waits[0];
  stream.sweep(999);
  assertEquals(stream.waiting, 1);
  stream.sweep(1000);
  await waits[1];
  await cut.until(stream, () => false, 5000);
  assertEquals([stream.waiting, ready.isCut, cut.isCut], [0, false, true]);
});

Deno.test("a request is held for the next part, and on a thread that does not mux for all that is newer than what came", () => {
  const responses = new ResponseMaker({}, (bytes) => new Uint8Array(bytes), () => 0);
  const [here, elsewhere] = [true, false].map((isMuxedHere) =>
    new HlsStream(responses, (task) => task(), () => 0, isMuxedHere)
  );
  const expected = (stream: HlsStream | undefined) =>
    (["init", "segment", "part"] as const).map((kind) =>
      [4, 5, 6, 7].filter((number) => stream?.isExpected({ kind, number }))
    );
  assertEquals(expected(here), [[], [], []]);
  assertEquals(expected(elsewhere), [[4, 5, 6, 7], [4, 5, 6, 7], [4, 5, 6, 7]]);
  const terms = { targetDurationS: 2, partTargetMs: 200, canSkip: false, extension: "m4s", prefix: "" };
  const playlist = { terms, discontinuitySequence: 0, segments: [], open: undefined, nextPart: 6 };
  const response = { bytes: new Uint8Array(), bodyAt: 0 };
  const added = (["init", "segment"] as const).map((kind) => ({
    name: { kind, number: 5 },
    response,
    ranges: [],
  }));
  for (const stream of [here, elsewhere]) {
    stream?.apply({ playlist, variant: undefined, added, dropped: [] });
  }
  assertEquals(expected(here), [[], [], [6]]);
  assertEquals(expected(elsewhere), [[6, 7], [6, 7], [6, 7]]);
});

Deno.test("a stream is awaited while requests are held for it, and for a while after the last one", () => {
  let nowMs = 0;
  const responses = new ResponseMaker({}, (bytes) => new Uint8Array(bytes), () => 0);
  const stream = new HlsStream(responses, (task) => task(), () => nowMs);
  stream.apply(NOTHING);
  assert(!stream.isAwaited);
  stream.add({ untilMs: 60_000, isReady: () => true, settle: () => {} });
  nowMs = 20_000;
  assert(stream.isAwaited);
  stream.apply(NOTHING);
  assertEquals([stream.waiting, stream.isAwaited], [0, true]);
  nowMs += 2000;
  stream.apply(NOTHING);
  assert(stream.isAwaited);
  nowMs += 2000;
  assert(!stream.isAwaited);
});
