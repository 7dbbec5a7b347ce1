/**
 * The stream's time line under each `time_jitter`.
 *
 * @module
 */
import fc from "fast-check";
import { TimeCorrector, type TimeJitter } from "../../../stream/media/time_corrector.ts";
import { assert, assertEquals } from "../../support/assert.ts";

/** A publisher's message: its timestamp, and when it arrived where that is not the steady 40 ms behind the last. */
interface Arrival {
  readonly timestamp: number;
  readonly afterMs?: number;
}

interface TimeCase {
  readonly name: string;
  readonly jitter: TimeJitter;
  readonly arrivals: readonly (number | Arrival)[];
  readonly times: readonly number[];
  /** Where the stream is afterwards, if not at the last of them. */
  readonly streamTime?: number;
}

const VIDEO = 2;

const CASES: readonly TimeCase[] = [
  { name: "starts at 0", jitter: "full", arrivals: [5000, 5040, 5080], times: [0, 40, 80] },
  { name: "takes small steps back", jitter: "full", arrivals: [100, 140, 130, 180], times: [0, 40, 30, 80] },
  {
    name: "takes 250 ms back",
    jitter: "full",
    arrivals: [1000, 1300, 1050],
    times: [0, 10, 0],
    streamTime: 10,
  },
  { name: "takes 250 ms forward, as they come", jitter: "full", arrivals: [0, 250], times: [0, 250] },
  {
    name: "makes 10 ms of a jump forward",
    jitter: "full",
    arrivals: [0, 40, 5000, 5040],
    times: [0, 40, 50, 90],
  },
  {
    name: "makes 10 ms of a jump back",
    jitter: "full",
    arrivals: [9000, 9040, 0, 40],
    times: [0, 40, 50, 90],
  },
  {
    name: "believes a slide show that the clock confirms",
    jitter: "full",
    arrivals: [0, { timestamp: 2000, afterMs: 2000 }, { timestamp: 4000, afterMs: 1900 }],
    times: [0, 2000, 4000],
  },
  {
    name: "believes no step that is longer than the clock by more than 250 ms",
    jitter: "full",
    arrivals: [0, { timestamp: 2251, afterMs: 2000 }],
    times: [0, 10],
  },
  {
    name: "goes on over the wrap at 2^32",
    jitter: "full",
    arrivals: [0xffff_fff0, 0x10, 0x38],
    times: [0, 32, 72],
  },
  {
    name: "goes back over the wrap at 2^32",
    jitter: "full",
    arrivals: [0xffff_ffe0, 0x10, 0xffff_fff8],
    times: [0, 48, 24],
    streamTime: 48,
  },
  { name: "starts at 0", jitter: "zero", arrivals: [5000, 5040], times: [0, 40] },
  { name: "keeps a jump forward", jitter: "zero", arrivals: [0, 40, 5000], times: [0, 40, 5000] },
  {
    name: "keeps a jump back, but not before 0",
    jitter: "zero",
    arrivals: [0, 900, 300, 0],
    times: [0, 900, 300, 0],
  },
  { name: "never gives a negative time", jitter: "zero", arrivals: [5000, 4000, 4040], times: [0, 0, 40] },
  { name: "keeps everything", jitter: "off", arrivals: [5000, 9000, 100], times: [5000, 9000, 100] },
  {
    name: "unwraps",
    jitter: "off",
    arrivals: [0xffff_fff0, 0x10],
    times: [0xffff_fff0, 0x1_0000_0010],
  },
];

for (const { name, jitter, arrivals, times, streamTime } of CASES) {
  Deno.test(`TimeCorrector ${jitter} ${name}: ${times.join(", ")}`, () => {
    const corrector = new TimeCorrector(jitter);
    let nowMs = 1e6;
    const corrected = arrivals.map((arrival) => {
      const { timestamp, afterMs } = typeof arrival === "number" ? { timestamp: arrival } : arrival;
      nowMs += afterMs ?? 40;
      return corrector.correct(VIDEO, timestamp, nowMs);
    });
    assertEquals(corrected, [...times]);
    assertEquals(corrector.time, streamTime ?? times.at(-1));
  });
}

Deno.test("TimeCorrector.time is 0 before the first message", () => {
  assertEquals(new TimeCorrector("full").time, 0);
});

for (const jitter of ["full", "zero"] as const) {
  Deno.test(`TimeCorrector ${jitter} goes on where the last publisher ended`, () => {
    const corrector = new TimeCorrector(jitter);
    for (const timestamp of [700, 740, 780]) corrector.correct(VIDEO, timestamp, timestamp);
    corrector.restart();
    assertEquals([90_000, 90_040].map((timestamp) => corrector.correct(VIDEO, timestamp, 60_000)), [90, 130]);
  });
}

Deno.test("TimeCorrector off takes the next publisher's time as it is", () => {
  const corrector = new TimeCorrector("off");
  corrector.correct(VIDEO, 700, 0);
  corrector.restart();
  assertEquals(corrector.correct(VIDEO, 20, 0), 20);
});

Deno.test("TimeCorrector full never steps further than 250 ms beyond the clock, whatever arrives", () => {
  const timestamps = fc.array(fc.nat(0xffff_ffff), { minLength: 1, maxLength: 100 });
  fc.assert(fc.property(timestamps, (values) => {
    const corrector = new TimeCorrector("full");
    let last = 0;
    values.forEach((timestamp, i) => {
      const time = corrector.correct(VIDEO, timestamp, i * 40);
      assert(time >= 0 && Math.abs(time - last) <= 290, `a step from ${last} to ${time}`);
      last = time;
    });
  }));
});
