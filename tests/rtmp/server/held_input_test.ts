/**
 * When a socket is left unread, and when it is read again.
 *
 * @module
 */
import { HeldInput } from "../../../rtmp/server/held_input.ts";
import { assert, assertEquals } from "../../support/assert.ts";

function newInput() {
  const held = { awaitsAnswer: true, heldBytes: 0 };
  const unfinished = { partialBytes: 0 };
  const seen = { unread: 0 };
  const input = new HeldInput(held, unfinished, 1000, () => seen.unread++);
  return { held, unfinished, seen, input };
}

Deno.test("HeldInput is full where messages and parts of messages reach the bound, and only before an answer", () => {
  const { held, unfinished, seen, input } = newInput();
  held.heldBytes = 999;
  assertEquals([input.full(), input.waits, input.unread], [undefined, true, false]);
  unfinished.partialBytes = 1;
  assert(input.full() !== undefined);
  assertEquals([input.unread, seen.unread], [true, 1]);

  held.awaitsAnswer = false;
  assertEquals([input.full(), input.waits], [undefined, false]);
});

Deno.test("HeldInput goes on once there is room, not before", async () => {
  const { held, input } = newInput();
  held.heldBytes = 1000;
  const full = input.full();
  input.taken();
  assert(input.unread, "another request among what was held awaits its answer");
  held.heldBytes = 0;
  input.taken();
  await full;
  assert(!input.unread);
});

Deno.test("HeldInput reads on when the connection is over, whatever is held", async () => {
  const { held, input } = newInput();
  held.heldBytes = 1000;
  const full = input.full();
  input.end();
  await full;
  assertEquals([input.full(), input.unread, input.waits], [undefined, false, false]);
});
