/**
 * What players get first: encoded once for all that join alike.
 *
 * @module
 */
import type { JoinPoint } from "../../../stream/live/join_cache.ts";
import type { Source } from "../../../stream/live/source.ts";
import { assert, assertEquals, assertExists, assertStrictEquals } from "../../support/assert.ts";
import {
  interFrame,
  keyFrame,
  liveSource,
  outputOf,
  receiveAll,
  sound,
  videoHeader,
} from "../../support/stream/live_stream.ts";

function openingOf(source: Source): JoinPoint {
  const gop = outputOf(source).cachedGop;
  assertExists(gop);
  return outputOf(source).joinCache.from(gop);
}

Deno.test("JoinCache.initData() is encoded once for all that join at one point", () => {
  const source = liveSource();
  receiveAll(source, videoHeader("h1"));
  const { headers, joinCache } = outputOf(source);
  const bytes = joinCache.initData(headers, 40);
  assertStrictEquals(joinCache.initData(headers, 40), bytes);
  assert(joinCache.initData(headers, 80) !== bytes);
  receiveAll(source, videoHeader("h2"));
  assert(joinCache.initData(source.headers, 80) !== joinCache.initData(headers, 80));
});

Deno.test("JoinCache.from() has headers and picture, once for each GOP, whatever is behind the picture", () => {
  const source = liveSource();
  receiveAll(source, videoHeader("h"), keyFrame("k1", 0));
  const first = openingOf(source);
  assertEquals([first.hasPicture, first.position], [true, outputOf(source).log.head]);
  assertEquals([...first.bytes], [...outputOf(source).log.slice(0)?.bytes ?? []]);
  receiveAll(source, sound("a", 20), interFrame("p", 40));
  assertStrictEquals(openingOf(source), first);
  receiveAll(source, keyFrame("k2", 80));
  const behindPicture = outputOf(source).log.head;
  receiveAll(source, sound("a", 90));
  const second = openingOf(source);
  assertEquals([second.hasPicture, second.position], [true, behindPicture]);
  const picture = outputOf(source).log.slice(outputOf(source).cachedGop?.position ?? NaN)?.bytes ??
    new Uint8Array(0);
  const headers = outputOf(source).joinCache.initData(source.headers, 0);
  assertEquals([...second.bytes], [...headers, ...picture.subarray(0, second.bytes.length - headers.length)]);
  assertEquals(
    second.bytes.length - headers.length,
    behindPicture - (outputOf(source).cachedGop?.position ?? NaN),
  );
});

Deno.test("JoinCache.from() leaves a large picture to the log", () => {
  const source = liveSource();
  receiveAll(source, videoHeader("h"), keyFrame("k", 0, 257 * 1024));
  const { bytes, hasPicture, position } = openingOf(source);
  assertEquals([hasPicture, position], [false, outputOf(source).cachedGop?.position]);
  assertEquals(bytes, outputOf(source).joinCache.initData(source.headers, 0));
});

Deno.test("JoinCache.withInitData() is one array for all that get the same answer", () => {
  const { joinCache } = outputOf(liveSource());
  const initData = Uint8Array.of(7, 8);
  const first = joinCache.withInitData(Uint8Array.of(1, 2), initData);
  assertEquals([...first], [1, 2, 7, 8]);
  assertStrictEquals(joinCache.withInitData(Uint8Array.of(1, 2), initData), first);
  assertEquals([...joinCache.withInitData(Uint8Array.of(1, 3), initData)], [1, 3, 7, 8]);
  assertEquals([...joinCache.withInitData(Uint8Array.of(1), initData)], [1, 7, 8]);
  assertEquals([...joinCache.withInitData(Uint8Array.of(1), Uint8Array.of(7, 9))], [1, 7, 9]);
});

Deno.test("JoinCache.clear() has everything encoded again, to the same bytes", () => {
  const source = liveSource();
  receiveAll(source, videoHeader("h"), keyFrame("k", 0));
  const before = openingOf(source);
  source.releaseIdleMemory();
  const after = openingOf(source);
  assert(after !== before);
  assertEquals(after, before);
});
