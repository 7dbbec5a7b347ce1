/**
 * The stream's time line where several tracks run on it: each keeps its steps, all keep their distance.
 *
 * @module
 */
import fc from "fast-check";
import { TimeCorrector } from "../../../stream/media/time_corrector.ts";
import { assert, assertEquals } from "../../support/assert.ts";

const AUDIO = 1;
const VIDEO = 2;
const RANGE = 0x1_0000_0000;

/** A frame as a publisher sends it. */
interface Frame {
  readonly track: number;
  /** On the publisher's clock, not wrapped. */
  readonly timestamp: number;
  readonly arrivalMs: number;
}

/** A frame, and what became of its time. */
interface Corrected extends Frame {
  readonly time: number;
  /** What was added to its timestamp. */
  readonly offset: number;
}

function correctAll(corrector: TimeCorrector, frames: readonly Frame[]): Corrected[] {
  return frames.map((frame) => {
    const { track, timestamp, arrivalMs } = frame;
    const time = corrector.correct(track, ((timestamp % RANGE) + RANGE) % RANGE, arrivalMs);
    return { ...frame, time, offset: time - timestamp };
  });
}

function timesOf(corrected: readonly Corrected[], track: number): number[] {
  return corrected.filter((frame) => frame.track === track).map(({ time }) => time);
}

/** Frames in the order of their arrival: `count` of a track, every `stepMs`, `aheadMs` ahead of its arrival. */
function track(number: number, stepMs: number, aheadMs: number, count: number, fromMs = 0): Frame[] {
  return Array.from({ length: count }, (_, i) => {
    const arrivalMs = fromMs + i * stepMs;
    return { track: number, timestamp: arrivalMs + aheadMs, arrivalMs };
  });
}

/** Frames that leave the encoder together, when the last of them is there. */
function inBursts(frames: readonly Frame[], size: number): Frame[] {
  return frames.map((frame, i) => {
    const last = frames[Math.min(frames.length - 1, i - i % size + size - 1)];
    return { ...frame, arrivalMs: last?.arrivalMs ?? frame.arrivalMs };
  });
}

function interleave(...tracks: Frame[][]): Frame[] {
  return tracks.flat().sort((a, b) => a.arrivalMs - b.arrivalMs);
}

/** The frames from which on every track has sent one. */
function afterAllBegan(corrected: readonly Corrected[], from = 0): Corrected[] {
  const waited = new Set(corrected.map((frame) => frame.track));
  return corrected.slice(from).filter(({ track }) => {
    const isAfter = waited.size === 0;
    waited.delete(track);
    return isAfter;
  });
}

function assertOneOffset(corrected: readonly Corrected[]): void {
  const offsets = new Set(corrected.map(({ offset }) => offset));
  assertEquals(offsets.size, 1, `offsets ${[...offsets].join(", ")}`);
}

/** Tracks of one publisher: their frame times, how far they are ahead, and how many frames leave together. */
const TRACKS = fc.array(
  fc.record({
    stepMs: fc.integer({ min: 5, max: 150 }),
    aheadMs: fc.integer({ min: -3500, max: 3500 }),
    burst: fc.integer({ min: 1, max: 12 }),
  }),
  { minLength: 2, maxLength: 5 },
);
/** Where the publisher's clock stands when it begins. */
const CLOCK = fc.oneof(fc.nat(RANGE - 1), fc.integer({ min: RANGE - 3000, max: RANGE - 1 }), fc.constant(0));

function publish(
  tracks: readonly { readonly stepMs: number; readonly aheadMs: number; readonly burst: number }[],
  clock: number,
): Frame[] {
  const all = tracks.map(({ stepMs, aheadMs, burst }, number) =>
    inBursts(track(number, stepMs, aheadMs, Math.ceil(6000 / stepMs)), burst)
  );
  return interleave(...all).map((frame) => ({ ...frame, timestamp: frame.timestamp + clock }));
}

Deno.test("TimeCorrector keeps the steps and the distance of a track that is 600 ms ahead", () => {
  const frames = interleave(track(VIDEO, 40, 0, 100), track(AUDIO, 40, 600, 100));
  const corrected = correctAll(new TimeCorrector("full"), frames);
  assertEquals(timesOf(corrected, VIDEO), Array.from({ length: 100 }, (_, i) => i * 40));
  assertEquals(timesOf(corrected, AUDIO), Array.from({ length: 100 }, (_, i) => i * 40 + 600));
});

Deno.test("TimeCorrector begins no track before the publish: all are later, and keep their distance", () => {
  const corrected = correctAll(new TimeCorrector("full"), [
    { track: AUDIO, timestamp: 600, arrivalMs: 0 },
    { track: AUDIO, timestamp: 623, arrivalMs: 23 },
    { track: VIDEO, timestamp: 0, arrivalMs: 30 },
    { track: AUDIO, timestamp: 646, arrivalMs: 46 },
    { track: VIDEO, timestamp: 40, arrivalMs: 70 },
  ]);
  assertEquals(corrected.map(({ time }) => time), [0, 23, 0, 646, 40]);
});

Deno.test("TimeCorrector keeps the steps of a track that comes in bursts", () => {
  const sound = inBursts(track(AUDIO, 23, 0, 160), 16);
  const corrected = correctAll(new TimeCorrector("full"), interleave(track(VIDEO, 40, 0, 90), sound));
  assertEquals(timesOf(corrected, VIDEO), Array.from({ length: 90 }, (_, i) => i * 40));
  assertEquals(timesOf(corrected, AUDIO), Array.from({ length: 160 }, (_, i) => i * 23));
});

Deno.test("TimeCorrector keeps steps and distances of any tracks, bursts, clock and wrap", () => {
  fc.assert(fc.property(TRACKS, CLOCK, (tracks, clock) => {
    const corrected = correctAll(new TimeCorrector("full"), publish(tracks, clock));
    assertOneOffset(afterAllBegan(corrected));
    assert(corrected.every(({ time }) => time >= 0));
  }));
});

Deno.test("TimeCorrector replaces a jump of the encoder's clock by one frame, for all tracks alike", () => {
  const jumps = fc.integer({ min: 6000, max: 0x7000_0000 }).chain((size) => fc.constantFrom(size, -size));
  fc.assert(fc.property(TRACKS, CLOCK, jumps, (tracks, clock, jump) => {
    const frames = publish(tracks, clock);
    const half = Math.floor(frames.length / 2);
    const jumped = frames.map((frame, i) => (
      i < half ? frame : { ...frame, timestamp: frame.timestamp + jump }
    ));
    const corrected = correctAll(new TimeCorrector("full"), jumped);
    const before = corrected.slice(0, half);
    const after = afterAllBegan(corrected, half);
    if (new Set(before.map((frame) => frame.track)).size < tracks.length) return;
    assertOneOffset(after);
    for (const [number] of tracks.entries()) {
      const last = timesOf(before, number).at(-1);
      const next = timesOf(corrected.slice(half), number)[0];
      if (last !== undefined && next !== undefined) {
        assert(Math.abs(next - last) <= 3700, `track ${number} went from ${last} to ${next}`);
      }
    }
  }));
});

Deno.test("TimeCorrector lets a track be that has not jumped with another", () => {
  for (const jump of [300, -300, 5000, -5000]) {
    const sound = track(AUDIO, 20, 0, 200).map((frame, i) => (
      i < 100 ? frame : { ...frame, timestamp: frame.timestamp + jump }
    ));
    const corrected = correctAll(new TimeCorrector("full"), interleave(track(VIDEO, 40, 0, 100), sound));
    assertEquals(timesOf(corrected, VIDEO), Array.from({ length: 100 }, (_, i) => i * 40));
    const times = Array.from({ length: 200 }, (_, i) => i < 100 ? i * 20 : i * 20 - 10);
    assertEquals(timesOf(corrected, AUDIO), times);
  }
});

Deno.test("TimeCorrector waits for a track that jumps later than another", () => {
  const late = track(VIDEO, 40, 0, 100).map((frame, i) => (
    i < 60 ? frame : { ...frame, timestamp: frame.timestamp + 90_000 }
  ));
  const sound = track(AUDIO, 20, 0, 200).map((frame, i) => (
    i < 100 ? frame : { ...frame, timestamp: frame.timestamp + 90_000 }
  ));
  const corrected = correctAll(new TimeCorrector("full"), interleave(late, sound));
  const times = timesOf(corrected, VIDEO);
  assertEquals(times.slice(0, 60), Array.from({ length: 60 }, (_, i) => i * 40));
  assertOneOffset(corrected.filter(({ arrivalMs }) => arrivalMs >= 2400));
});

Deno.test("TimeCorrector passes small steps back on in their order", () => {
  const corrector = new TimeCorrector("full");
  const corrected = correctAll(corrector, [
    { track: AUDIO, timestamp: 500, arrivalMs: 0 },
    { track: VIDEO, timestamp: 500, arrivalMs: 0 },
    { track: VIDEO, timestamp: 620, arrivalMs: 40 },
    { track: VIDEO, timestamp: 540, arrivalMs: 80 },
    { track: AUDIO, timestamp: 700, arrivalMs: 90 },
    { track: VIDEO, timestamp: 580, arrivalMs: 120 },
  ]);
  assertEquals(corrected.map(({ time }) => time), [0, 0, 120, 40, 200, 80]);
  assertEquals(corrector.time, 200, "where the stream is does not go back");
});

Deno.test("TimeCorrector keeps the pace of a slide show with sound", () => {
  const frames = interleave(track(VIDEO, 2000, 0, 10), track(AUDIO, 20, 0, 1000));
  const corrected = correctAll(new TimeCorrector("full"), frames);
  assertEquals(timesOf(corrected, VIDEO), Array.from({ length: 10 }, (_, i) => i * 2000));
});

Deno.test("TimeCorrector keeps sound and pictures together when an encoder drops pictures on a slow line", () => {
  // The queue grows to 900 ms, then its pictures are thrown away and what is left is sent at once.
  const lateMs = (ms: number): number => ms < 4000 ? ms * 0.225 : Math.max(50, 900 - (ms - 4000));
  const late = (frame: Frame): Frame => ({ ...frame, arrivalMs: frame.arrivalMs + lateMs(frame.timestamp) });
  const pictures = track(VIDEO, 40, 0, 250).filter(({ timestamp }) => timestamp < 3000 || timestamp >= 5000);
  const frames = interleave(pictures.map(late), track(AUDIO, 20, 0, 500).map(late));
  assertOneOffset(correctAll(new TimeCorrector("full"), frames));
});

Deno.test("TimeCorrector keeps the pace of a slide show that comes faster than it plays, by its sound", () => {
  // What waited for an answer comes at once, or all of it twenty times as fast.
  for (const arrivalOf of [(ms: number) => Math.max(3000, ms), (ms: number) => ms / 20]) {
    for (const aheadMs of [0, 600, -600]) {
      const frames = interleave(track(VIDEO, 1000, 0, 20), track(AUDIO, 20, aheadMs, 1000))
        .map((frame) => ({ ...frame, arrivalMs: arrivalOf(frame.arrivalMs) }));
      assertOneOffset(afterAllBegan(correctAll(new TimeCorrector("full"), frames)));
    }
  }
});

Deno.test("TimeCorrector begins a track with a clock of its own where the others are, and keeps its steps", () => {
  const pictures = track(VIDEO, 40, 3_600_000, 50, 2000);
  const corrected = correctAll(new TimeCorrector("full"), interleave(track(AUDIO, 20, 0, 200), pictures));
  assertEquals(timesOf(corrected, VIDEO), Array.from({ length: 50 }, (_, i) => 2000 + i * 40));
  assertEquals(timesOf(corrected, AUDIO), Array.from({ length: 200 }, (_, i) => i * 20));
});

Deno.test("TimeCorrector goes on over a republish: no track is before its first message", () => {
  fc.assert(fc.property(TRACKS, TRACKS, CLOCK, CLOCK, (first, second, clock, nextClock) => {
    const corrector = new TimeCorrector("full");
    const ended = Math.max(...correctAll(corrector, publish(first, clock)).map(({ time }) => time));
    assertEquals(corrector.time, ended);
    corrector.restart();
    const corrected = correctAll(corrector, publish(second, nextClock));
    assertEquals(corrected[0]?.time, ended + 10);
    assert(corrected.every(({ time }) => time >= ended + 10));
    assertOneOffset(afterAllBegan(corrected));
  }));
});

Deno.test("TimeCorrector.time never goes back under full, whatever arrives", () => {
  const frames = fc.array(fc.tuple(fc.nat(3), fc.nat(RANGE - 1)), { minLength: 1, maxLength: 200 });
  fc.assert(fc.property(frames, (values) => {
    const corrector = new TimeCorrector("full");
    values.forEach(([number, timestamp], i) => {
      const before = corrector.time;
      const time = corrector.correct(number, timestamp, i * 40);
      assert(time >= 0 && corrector.time >= Math.max(before, time));
    });
  }));
});

Deno.test("TimeCorrector zero and off keep the distance of tracks, and a clock that is set back takes the stream along", () => {
  for (const jitter of ["zero", "off"] as const) {
    const corrector = new TimeCorrector(jitter);
    const at = (number: number, timestamp: number): number => corrector.correct(number, timestamp, 0);
    assertEquals([at(VIDEO, 0), at(AUDIO, 600), at(VIDEO, 40)], [0, 600, 40]);
    assertEquals(corrector.time, 600);
    assertEquals([at(AUDIO, 90_000), at(AUDIO, 50), corrector.time], [90_000, 50, 50]);
  }
});

Deno.test("TimeCorrector off passes timestamps on as they are, modulo 2^32, whichever track begins", () => {
  const corrector = new TimeCorrector("off");
  const wire = (number: number, timestamp: number): number => corrector.correct(number, timestamp, 0) % RANGE;
  const timestamps = [16, 0xffff_fff0, 40, 0xffff_fffa, 0, 20];
  assertEquals(timestamps.map((timestamp, i) => wire(i % 2, timestamp)), timestamps);
  assert(corrector.time > RANGE);
});

Deno.test("TimeCorrector.headerTime() says nothing about the clock", () => {
  const corrector = new TimeCorrector("full");
  assertEquals([corrector.headerTime(AUDIO, 0), corrector.headerTime(VIDEO, 7_000_000)], [0, 0]);
  assertEquals(correctAll(corrector, track(VIDEO, 40, 9_000_000, 3)).map(({ time }) => time), [0, 40, 80]);
  assertEquals(corrector.headerTime(AUDIO, 0), 80, "a track that has not begun");
  assertEquals(corrector.headerTime(VIDEO, 9_000_120), 120, "with the next frame's time");
  assertEquals(corrector.headerTime(VIDEO, 0), 80, "with none");
  assertEquals(corrector.correct(VIDEO, 9_000_120, 120), 120);
  corrector.restart();
  assertEquals([corrector.headerTime(AUDIO, 0), corrector.correct(AUDIO, 500, 130)], [130, 130]);
});
