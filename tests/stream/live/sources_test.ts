/**
 * The registry of sources: one per key while anybody refCount it.
 *
 * @module
 */
import { sourceKey, Sources } from "../../../stream/live/sources.ts";
import { assert, assertEquals, assertNotEquals, assertStrictEquals } from "../../support/assert.ts";
import { keyFrame, rtmpOutput, SOURCE_OPTIONS } from "../../support/stream/live_stream.ts";

const KEY = sourceKey("__defaultVhost__", "live", "livestream");

function newSources(): Sources {
  return new Sources((key) => `id of ${key}`, {});
}

Deno.test("sourceKey() tells vhosts, apps, streams and cases apart", () => {
  const keys = [
    KEY,
    sourceKey("v", "live", "livestream"),
    sourceKey("__defaultVhost__", "Live", "livestream"),
  ];
  assertEquals(new Set(keys).size, 3);
  assertEquals(KEY, "__defaultVhost__/live/livestream");
});

Deno.test("Sources.acquire() gives all claimants of a key one source", () => {
  const sources = newSources();
  const source = sources.acquire(KEY, SOURCE_OPTIONS);
  assertStrictEquals(sources.acquire(KEY, SOURCE_OPTIONS), source);
  assertNotEquals(sources.acquire("other", SOURCE_OPTIONS), source);
  assertStrictEquals(sources.get(KEY), source);
  assertEquals([sources.size, [...sources].map(({ key }) => key)], [2, [KEY, "other"]]);
});

Deno.test("Sources.release() forgets a source with its last claim, and its memory", () => {
  const sources = newSources();
  const source = sources.acquire(KEY, SOURCE_OPTIONS);
  sources.acquire(KEY, SOURCE_OPTIONS);
  const output = source.outputs.acquire(rtmpOutput());
  source.begin();
  source.receive(keyFrame("k", 0), 0);
  assert(output.log.heldBytes > 0);
  sources.release(source);
  assertStrictEquals(sources.get(KEY), source);
  sources.release(source);
  assertEquals([sources.get(KEY), sources.size, output.log.heldBytes], [undefined, 0, 0]);
  assertNotEquals(sources.acquire(KEY, SOURCE_OPTIONS), source);
});

Deno.test("Sources give each source the stream id of its key", () => {
  const sources = newSources();
  const ids = Array.from({ length: 3 }, (_, i) => sources.acquire(`s${i}`, SOURCE_OPTIONS).streamId);
  assertEquals(ids, ["id of s0", "id of s1", "id of s2"]);
});

Deno.test("Sources tell their watcher of the first and the last of each source", () => {
  const events: string[] = [];
  const sources = new Sources((key) => key, {}, {
    playedChanged: () => undefined,
    created: ({ key }) => events.push(`created ${key}`),
    forgotten: ({ key }) => events.push(`forgotten ${key}`),
  });
  const source = sources.acquire("a", SOURCE_OPTIONS);
  sources.acquire("a", SOURCE_OPTIONS);
  sources.release(source);
  assertEquals(events, ["created a"]);
  sources.release(source);
  assertEquals(events, ["created a", "forgotten a"]);
});
