/**
 * A body that is made as it is written lets others have their turn.
 *
 * @module
 */
import { writeBody } from "../../../http/server/body_writer.ts";
import { SystemClock } from "../../../system/system_clock.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { ManualClock } from "../../support/manual_clock.ts";

const HEAD = new TextEncoder().encode("head ");
const PIECES = 40;

Deno.test("writeBody() lets timers fire between the pieces of a long body that its client takes at once", async () => {
  const clock = new SystemClock();
  let made = 0;
  const seen: number[] = [];
  const timer = clock.setInterval(() => seen.push(made), 1);
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      const from = clock.now();
      while (clock.now() - from < 1);
      controller.enqueue(new TextEncoder().encode(`${made} `));
      if (++made === PIECES) controller.close();
    },
  }, { highWaterMark: 0 });
  let text = "";
  const write = (bytes: Uint8Array) => {
    text += new TextDecoder().decode(bytes);
    return Promise.resolve();
  };
  await writeBody(body, { kind: "close" }, HEAD, { clock, write });
  timer.clear();
  assertEquals(text, `head ${Array.from({ length: PIECES }, (_, i) => `${i} `).join("")}`);
  assert(seen.some((at) => at > 5 && at < PIECES - 5), `beats after the pieces ${seen}`);
});

Deno.test("writeBody() sets no timer for a body in one piece", async () => {
  const clock = new ManualClock();
  let timers = 0;
  const write = () => {
    timers += clock.timers;
    return Promise.resolve();
  };
  const { body } = new Response("body");
  await writeBody(body, { kind: "length", bytes: 4 }, HEAD, { clock, write });
  assertEquals([timers, clock.timers], [0, 0]);
});
