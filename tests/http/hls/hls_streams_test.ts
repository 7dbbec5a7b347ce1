/** Which streams a thread keeps for viewers, and until when. */
import { HlsStreams } from "../../../http/hls/hls_streams.ts";
import { type HlsThreadMessage, muxingThread, ONE_THREAD } from "../../../http/hls/hls_threads.ts";
import { ResponseMaker } from "../../../http/hls/hls_responses.ts";
import { NO_SINK, type SinkMessage } from "../../../http/hls/segment_sink.ts";
import { createMediaContext, resolveTarget, type StreamTarget } from "../../../stream/admission/mod.ts";
import { sourceKey } from "../../../stream/live/mod.ts";
import { HookScript } from "../../support/hooks/hook_script.ts";
import { ManualClock } from "../../support/manual_clock.ts";
import { testRtmpOptions } from "../../support/rtmp/rtmp_harness.ts";
import { realWireEnvironment } from "../../support/rtmp/wire_environment.ts";
import { assert, assertEquals, assertMatch } from "../../support/assert.ts";
import { HlsHarness } from "../../support/hls/hls_harness.ts";
import { testHlsState } from "../../support/hls/hls_state.ts";

const NAME = { vhost: "__defaultVhost__", app: "live", stream: "cam" };
const PLAYLIST = {
  terms: { targetDurationS: 2, partTargetMs: 0, canSkip: false, extension: ".m4s", prefix: "" },
  discontinuitySequence: 0,
  segments: [],
  open: undefined,
  nextPart: 0,
} as const;

function open(threads = ONE_THREAD, sink = NO_SINK) {
  const clock = new ManualClock();
  const options = testRtmpOptions({});
  const media = createMediaContext(options, {
    clock,
    hooks: new HookScript(),
    log: { write: () => {} },
    clientIds: { next: () => 1 },
    environment: realWireEnvironment(),
  });
  const responses = new ResponseMaker({}, (bytes) => new Uint8Array(bytes), () => 0);
  const streams = new HlsStreams(media, responses, threads, testHlsState(), sink);
  const target = resolveTarget(options, { tcUrl: "rtmp://a/live" }, "cam");
  assert("vhost" in target);
  return { clock, media, streams, target };
}

function view(streams: HlsStreams, target: StreamTarget): void {
  streams.acquire(target);
  streams.release(target);
}

Deno.test("a name that has nothing to show goes with its last viewer", () => {
  const { media, streams, target } = open();
  streams.acquire(target);
  view(streams, target);
  assertEquals([media.sources.size, streams.mayShow(target)], [1, true]);
  streams.release(target);
  assertEquals([media.sources.size, streams.mayShow(target)], [0, false]);
  streams.close();
});

Deno.test("what has been shown stays for hls_dispose after its last viewer", async () => {
  const { clock, media, streams, target } = open();
  streams.acquire(target).apply({ playlist: PLAYLIST, variant: undefined, added: [], dropped: [] });
  streams.release(target);
  await clock.advance(119_000);
  streams.sweep();
  assertEquals(media.sources.size, 1);
  await clock.advance(1000);
  streams.sweep();
  assertEquals(media.sources.size, 0);
  streams.close();
});

Deno.test("a name that another thread wants goes when that thread wants it no longer", () => {
  const sent: HlsThreadMessage[] = [];
  const { media, streams, target } = open({
    ...ONE_THREAD,
    own: muxingThread(sourceKey(NAME.vhost, NAME.app, NAME.stream), { ...ONE_THREAD, count: 2 }),
    count: 2,
    send: (_thread, message) => void sent.push(message),
  });
  streams.receive(1, { kind: "want", name: NAME });
  view(streams, target);
  const kept = media.sources.size;
  streams.receive(1, { kind: "unwant", name: NAME });
  assertEquals(media.sources.size, 0);
  assertEquals([kept, ...sent.map(({ kind }) => kind)], [1, "update"]);
  streams.close();
});

Deno.test("a stream that is muxed from its publish on stays for hls_dispose after the publish", async () => {
  const { clock, media, streams, target } = open();
  streams.published(NAME);
  await clock.advance(600_000);
  streams.sweep();
  assertEquals(media.sources.size, 1);
  streams.acquire(target).apply({ playlist: PLAYLIST, variant: undefined, added: [], dropped: [] });
  streams.release(target);
  streams.unpublished(NAME);
  await clock.advance(119_000);
  streams.sweep();
  assertEquals(media.sources.size, 1);
  await clock.advance(1000);
  streams.sweep();
  assertEquals(media.sources.size, 0);
  streams.close();
});

Deno.test("a publish of a thread that does not mux its stream is reported to the one that does", () => {
  const sent: [number, HlsThreadMessage["kind"]][] = [];
  const muxing = muxingThread(sourceKey(NAME.vhost, NAME.app, NAME.stream), { ...ONE_THREAD, count: 2 });
  const { media, streams, target } = open({
    ...ONE_THREAD,
    own: 1 - muxing,
    count: 2,
    send: (thread, { kind }) => void sent.push([thread, kind]),
  });
  assert(streams.mayShow(target), "the other thread may");
  streams.published(NAME);
  streams.unpublished(NAME);
  assertEquals(sent, [[muxing, "published"], [muxing, "unpublished"]]);
  assertEquals(media.sources.size, 0);

  const other = open({ ...ONE_THREAD, own: muxing, count: 2, send: () => {} });
  other.streams.receive(1 - muxing, { kind: "published", name: NAME });
  assertEquals(other.media.sources.size, 1);
  other.streams.receive(1 - muxing, { kind: "unpublished", name: NAME });
  other.streams.sweep();
  assertEquals(other.media.sources.size, 0);
});

Deno.test("a publish that is muxed from its beginning and ends before its second key frame is shown", async () => {
  await using harness = await HlsHarness.start({ hls: { always: true } });
  const publisher = await harness.publisher();
  await publisher.send(1600);
  await publisher.client.close();
  await harness.logged("Publish ended");
  const { text } = await harness.get(await harness.view());
  assertMatch(text, /#EXTINF:1\.6/);
});

Deno.test("who gets the segments of a stream gets its end, although a reload has removed its vhost", () => {
  const taken: SinkMessage["kind"][] = [];
  const vhosts = new Set([NAME.vhost]);
  const sink = {
    wants: (vhost: string) => vhosts.has(vhost),
    take: ({ kind }: SinkMessage) => void taken.push(kind),
  };
  const { streams } = open(ONE_THREAD, sink);
  streams.published(NAME);
  vhosts.clear();
  streams.close();
  assertEquals(taken, ["closed"]);
});
