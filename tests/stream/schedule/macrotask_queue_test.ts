/**
 * Tasks for the next turn of the event loop. Left-over channels would be found by the sanitizer.
 *
 * @module
 */
import { MacrotaskQueue } from "../../../stream/schedule/macrotask_queue.ts";
import { assertEquals } from "../../support/assert.ts";
import { turn } from "../../support/wait.ts";

Deno.test("MacrotaskQueue runs what waits in order, and what it adds one turn later", async () => {
  const turns = new MacrotaskQueue();
  const ran: string[] = [];
  await new Promise<void>((resolve) => {
    turns.add(() => {
      ran.push("a");
      turns.add(() => {
        ran.push("c");
        resolve();
      });
    });
    turns.add(() => void ran.push("b"));
    assertEquals(ran, []);
  });
  assertEquals(ran, ["a", "b", "c"]);
  turns.close();
});

Deno.test("MacrotaskQueue lets what is ready go first: a write is over although tasks add tasks without end", async () => {
  const turns = new MacrotaskQueue();
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const conn = await Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port });
  const taken = await listener.accept();
  // As in a server that has been running.
  await new Promise<void>((resolve) => turns.add(resolve));
  await turn();
  let written = false;
  const write = taken.write(new Uint8Array(1000)).then(() => written = true);
  const again = (): void => {
    if (!written) turns.add(again);
  };
  turns.add(again);
  await write;
  turns.close();
  for (const open of [taken, conn, listener]) open.close();
});

Deno.test("MacrotaskQueue reports what a task throws, and runs the others", async () => {
  const turns = new MacrotaskQueue();
  const reported: unknown[] = [];
  const onError = (event: ErrorEvent) => {
    event.preventDefault();
    reported.push(event.error);
  };
  addEventListener("error", onError);
  const fault = new Error("a bug");
  turns.add(() => {
    throw fault;
  });
  await new Promise<void>((resolve) => turns.add(resolve));
  removeEventListener("error", onError);
  assertEquals(reported, [fault]);
  turns.close();
});

Deno.test("MacrotaskQueue.close() forgets what waits", async () => {
  const turns = new MacrotaskQueue();
  const ran: string[] = [];
  turns.add(() => void ran.push("a"));
  turns.close();
  for (let turns = 0; turns < 5; turns++) await turn();
  assertEquals(ran, []);
  turns.close();
});
