/**
 * When sources are flushed: with others of their latency, or with the read that brought a picture.
 *
 * @module
 */
import { FlushScheduler } from "../../../stream/schedule/flush_scheduler.ts";
import type { Source } from "../../../stream/live/source.ts";
import type { ReadSchedule } from "../../../stream/schedule/read_schedule.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { ManualClock } from "../../support/manual_clock.ts";
import { bareSource, keyFrame, liveSource, outputOf, sound } from "../../support/stream/live_stream.ts";

function isFlushed(source: Source): boolean {
  return outputOf(source).log.flushed === outputOf(source).log.head;
}

Deno.test("FlushScheduler flushes all sources of one latency, again and again, until they are removed", async () => {
  const clock = new ManualClock();
  const flusher = new FlushScheduler(clock);
  const sources = [liveSource(), liveSource(), liveSource()];
  sources.forEach((source, i) => flusher.add(source, i === 2 ? 70 : 50));
  for (let i = 0; i < 3; i++) {
    for (const source of sources) source.receive(sound("a", i), i);
    assert(!sources.some(isFlushed));
    await clock.advance(70);
    assert(sources.every(isFlushed));
  }
  for (const source of sources) flusher.remove(source);
  assertEquals(clock.timers, 0);
});

Deno.test("FlushScheduler.remove() flushes what is left", () => {
  const clock = new ManualClock();
  const flusher = new FlushScheduler(clock);
  const source = liveSource();
  flusher.add(source, 60_000);
  source.receive(sound("a", 0), 0);
  flusher.remove(source);
  assert(isFlushed(source));
});

Deno.test("FlushScheduler.schedule() flushes a picture at once, and sound where there is no picture", () => {
  const clock = new ManualClock();
  const flusher = new FlushScheduler(clock);
  const source = liveSource();
  source.receive(sound("a", 0), 0);
  flusher.schedule(source, { hasVideo: false });
  assert(isFlushed(source), "nobody waits for a picture");
  source.receive(keyFrame("k", 0), 0);
  flusher.schedule(source, { hasVideo: true });
  assert(isFlushed(source));
});

Deno.test("FlushScheduler.schedule() lets sound wait for the picture, but not for long", async () => {
  const clock = new ManualClock();
  const flusher = new FlushScheduler(clock);
  const source = liveSource();
  source.receive(keyFrame("k", 0), 0);
  source.flush();
  source.receive(sound("a1", 0), 0);
  flusher.schedule(source, { hasVideo: false });
  source.receive(sound("a2", 0), 0);
  flusher.schedule(source, { hasVideo: false });
  await clock.advance(34);
  assert(!isFlushed(source));
  await clock.advance(1);
  assert(isFlushed(source));
});

Deno.test("FlushScheduler.schedule() takes the waiting sound along with the next picture, and with the end", () => {
  const clock = new ManualClock();
  const flusher = new FlushScheduler(clock);
  const source = liveSource();
  source.receive(keyFrame("k", 0), 0);
  source.flush();
  let flushes = 0;
  outputOf(source).consumers.add({ position: 0, index: -1, wakeable: { wake: () => flushes++ } });
  source.receive(sound("a1", 0), 0);
  flusher.schedule(source, { hasVideo: false });
  source.receive(keyFrame("k", 0), 0);
  flusher.schedule(source, { hasVideo: true });
  source.receive(sound("a2", 0), 0);
  flusher.schedule(source, { hasVideo: false });
  flusher.remove(source);
  assertEquals(clock.timers, 0);
  assertEquals([flushes, isFlushed(source)], [2, true]);
});

/** Waits for the schedule's next tick, as a reader does whose last read brought 100 bytes. */
async function rest(schedule: ReadSchedule, clock: ManualClock, tickMs: number): Promise<void> {
  const tick = schedule.onSocketEmpty(100);
  assert(tick !== undefined, "there is nothing to wait for");
  await clock.advance(tickMs);
  await tick;
}

Deno.test("FlushScheduler reads a publisher some times between two flushes, and flushes what the last read brought", async () => {
  const clock = new ManualClock();
  const flusher = new FlushScheduler(clock);
  const source = liveSource();
  const schedule = flusher.add(source, 300);
  let flushes = 0;
  outputOf(source).consumers.add({ position: 0, index: -1, wakeable: { wake: () => flushes++ } });
  const seen: number[] = [];
  for (let tick = 1; tick <= 6; tick++) {
    await rest(schedule, clock, 100);
    source.receive(sound("a", tick), tick);
    seen.push(flushes);
  }
  // Three ticks a flush; the flush waits for the read of its tick.
  assertEquals(seen, [0, 0, 0, 1, 1, 1]);
  await rest(schedule, clock, 100);
  assertEquals([flushes, isFlushed(source)], [2, true]);
  flusher.remove(source);
});

Deno.test("FlushScheduler lets one other thread follow the players here, the next ones have turns of their own, and all the end", async () => {
  const clock = new ManualClock();
  const flusher = new FlushScheduler(clock);
  const source = liveSource();
  const schedule = flusher.add(source, 300);
  const woken: string[] = [];
  outputOf(source).consumers.add({ position: 0, index: -1, wakeable: { wake: () => woken.push("here") } });
  for (const name of ["first", "second", "third"]) {
    outputOf(source).relays.add({ position: 0, urgent: false, wakeable: { wake: () => woken.push(name) } });
  }
  const seen: string[] = [];
  for (let tick = 1; tick <= 7; tick++) {
    await rest(schedule, clock, 100);
    source.receive(sound("a", tick), tick);
    seen.push(woken.splice(0).join(" "));
  }
  // What the read of a tick brought leaves when the next one rests.
  assertEquals(seen, ["", "second", "third", "here first", "second", "third", "here first"]);
  // The players here may have had everything when the publish ends; the other threads have not.
  outputOf(source).flush();
  woken.length = 0;
  assert(isFlushed(source));
  flusher.remove(source);
  assertEquals(woken, ["first", "second", "third"]);
});

Deno.test("FlushScheduler waits for no read where nothing has arrived", async () => {
  const clock = new ManualClock();
  const flusher = new FlushScheduler(clock);
  const source = liveSource();
  const schedule = flusher.add(source, 50);
  source.receive(sound("a", 0), 0);
  await rest(schedule, clock, 50);
  assert(!isFlushed(source));
  await clock.advance(5);
  assert(isFlushed(source));
  flusher.remove(source);
});

Deno.test("FlushScheduler lets a publisher that sends much be read on at once, and everybody once the publish is over", async () => {
  const clock = new ManualClock();
  const flusher = new FlushScheduler(clock);
  const source = liveSource();
  const schedule = flusher.add(source, 50);
  assertEquals(schedule.onSocketEmpty(64 * 1024), undefined);
  source.receive(sound("a", 0), 0);
  await clock.advance(50);
  assert(isFlushed(source));
  const tick = schedule.onSocketEmpty(100);
  assert(tick !== undefined);
  flusher.remove(source);
  await tick;
  assertEquals(schedule.onSocketEmpty(100), undefined);
});

Deno.test("FlushScheduler reads a publisher that is only recorded as seldom as one that nobody uses", async () => {
  for (const [patient, ticks] of [[true, 3], [false, 1]] as const) {
    const clock = new ManualClock();
    const flusher = new FlushScheduler(clock);
    const source = bareSource();
    const schedule = flusher.add(source, 300);
    source.taps.add({
      ...{ urgent: false, patient, keepsPayloads: false },
      ...{ began: () => {}, take: () => {}, readEnded: () => {}, ended: () => {} },
    });
    assert(schedule.onSocketEmpty(100) !== undefined);
    for (let tick = 1; tick <= ticks; tick++) {
      assert(schedule.resting, `${patient} ${tick}`);
      await clock.advance(100);
    }
    assert(!schedule.resting);
    flusher.remove(source);
  }
});

Deno.test("FlushScheduler leaves no timer that would fire for nothing once the due source has been read", async () => {
  const clock = new ManualClock();
  const flusher = new FlushScheduler(clock);
  const source = liveSource();
  const schedule = flusher.add(source, 100);
  source.receive(sound("a", 0), 0);
  void schedule.onSocketEmpty(100);
  await clock.advance(100);
  assertEquals(clock.timers, 2, "the interval, and the last call for the read");
  void schedule.onSocketEmpty(100);
  assert(isFlushed(source));
  assertEquals(clock.timers, 1);
  flusher.remove(source);
});
