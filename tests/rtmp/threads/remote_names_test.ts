/**
 * Names as a thread claims them from the main thread.
 *
 * @module
 */
import { RemoteNames } from "../../../rtmp/threads/remote_names.ts";
import type { FromThread } from "../../../rtmp/threads/thread_messages.ts";
import { assert, assertEquals } from "../../support/assert.ts";

const KEY = "__defaultVhost__/live/livestream";

function newNames(nowMs = 1000): { names: RemoteNames; sent: FromThread[] } {
  const sent: FromThread[] = [];
  return { names: new RemoteNames((message) => sent.push(message), () => nowMs), sent };
}

Deno.test("RemoteNames.claim() is answered by its own number", async () => {
  const { names, sent } = newNames();
  const claims = [names.claim("a"), names.claim("b")];
  assertEquals(sent, [{ kind: "claim", claim: 1, key: "a" }, { kind: "claim", claim: 2, key: "b" }]);
  names.claimed(2, undefined);
  assertEquals(await claims[1], undefined);
  names.claimed(1, { ip: "127.0.0.2", live: true, leaving: false, silentMs: 400 });
  const holder = await claims[0];
  assert(holder !== undefined);
  const { ip, live, leaving, heardMs } = holder;
  assertEquals({ ip, live, leaving, heardMs }, { ip: "127.0.0.2", live: true, leaving: false, heardMs: 600 });
});

Deno.test("RemoteNames.claimed() twice, or for nobody, does nothing", async () => {
  const { names } = newNames();
  const claim = names.claim(KEY);
  names.claimed(1, undefined);
  names.claimed(1, undefined);
  names.claimed(77, undefined);
  assertEquals(await claim, undefined);
});

Deno.test("RemoteNames: a holder elsewhere is replaced by a message, and looked at again soon", async () => {
  const { names, sent } = newNames();
  const claim = names.claim(KEY);
  names.claimed(1, { ip: "127.0.0.2", live: true, leaving: false, silentMs: 0 });
  const holder = await claim;
  holder?.replace();
  assertEquals(sent.at(-1), { kind: "replace", key: KEY });
  await holder?.ended;
});

Deno.test("RemoteNames.disclaim() tells the main thread", () => {
  const { names, sent } = newNames();
  names.disclaim(KEY);
  assertEquals(sent, [{ kind: "disclaim", key: KEY }]);
});
