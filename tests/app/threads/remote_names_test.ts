/**
 * Names as a thread claims them from the main thread.
 *
 * @module
 */
import { RemoteNames } from "../../../app/threads/remote_names.ts";
import { NOTHING_READ } from "../../../stream/live/read_mark.ts";
import type { FromThread } from "../../../app/threads/thread_messages.ts";
import { Source } from "../../../stream/live/source.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { ManualClock } from "../../support/manual_clock.ts";
import {
  keyFrame,
  liveSource,
  newSource,
  SOURCE_OPTIONS,
  TestPlayer,
} from "../../support/stream/live_stream.ts";

const KEY = "__defaultVhost__/live/livestream";

function named(key: string): Source {
  return new Source(key, "vid-0000000", SOURCE_OPTIONS);
}

function newNames(): { names: RemoteNames; sent: FromThread[]; clock: ManualClock } {
  const sent: FromThread[] = [];
  const clock = new ManualClock();
  return { names: new RemoteNames((message) => sent.push(message), clock), sent, clock };
}

Deno.test("RemoteNames.claim() is answered by its own number", async () => {
  const { names, sent } = newNames();
  const claims = [names.claim(named("a")), names.claim(named("b"))];
  assertEquals(sent, [{ kind: "claim", claim: 1, key: "a" }, { kind: "claim", claim: 2, key: "b" }]);
  const reads = { reads: 3, drains: 2, drained: true, waiting: true };
  names.claimed(2, undefined, 0);
  assertEquals(await claims[1], undefined);
  names.claimed(1, { ip: "127.0.0.2", live: true, leaving: false, id: 7, reads }, 0);
  const holder = await claims[0];
  assert(holder !== undefined);
  const { ip, live, leaving, id } = holder;
  assertEquals({ ip, live, leaving, id }, { ip: "127.0.0.2", live: true, leaving: false, id: 7 });
  assertEquals(holder.reads, reads);
});

Deno.test("RemoteNames.claimed() twice, or for nobody, does nothing", async () => {
  const { names } = newNames();
  const claim = names.claim(newSource());
  names.claimed(1, undefined, 0);
  names.claimed(1, undefined, 0);
  names.claimed(77, undefined, 0);
  assertEquals(await claim, undefined);
});

Deno.test("RemoteNames: a holder elsewhere is replaced by a message, and looked at again after 50 ms", async () => {
  const { names, sent, clock } = newNames();
  const claim = names.claim(newSource());
  names.claimed(1, { ip: "127.0.0.2", live: true, leaving: false, id: 7, reads: NOTHING_READ }, 0);
  const holder = await claim;
  holder?.replace();
  assertEquals(sent.at(-1), { kind: "replace", key: KEY, clientId: 7 });
  let again = false;
  void holder?.ended.then(() => again = true);
  await clock.advance(49);
  assert(!again);
  await clock.advance(1);
  assert(again);
});

Deno.test("RemoteNames.disclaim() tells the main thread where the stream has come to", () => {
  const { names, sent } = newNames();
  const source = liveSource();
  source.receive(keyFrame("k", 4000), 0);
  names.release(source);
  assertEquals(sent, [{ kind: "disclaim", key: KEY, time: 4000 }]);
});

Deno.test("RemoteNames: a claim leaves the clock of a stream that runs alone", async () => {
  const { names } = newNames();
  const source = liveSource({ timeJitter: "off" });
  source.receive(keyFrame("k1", 40), 0);
  const claim = names.claim(source);
  names.claimed(1, undefined, 7_200_000);
  await claim;
  assertEquals(source.time, 40);
});

Deno.test("RemoteNames: the time of a source goes on from where another thread ended it", async () => {
  const { names } = newNames();
  const source = newSource({ timeJitter: "full" });
  const claim = names.claim(source);
  names.claimed(1, undefined, 4000);
  await claim;
  source.begin();
  source.receive(keyFrame("k", 77), 0);
  assertEquals(new TestPlayer(source).read(), ["k@4010"]);
});
