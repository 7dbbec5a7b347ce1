/** Viewers of another thread whose requests have come to this one. */
import { HlsStreams } from "../../../http/hls/hls_streams.ts";
import type { HlsThreadMessage } from "../../../http/hls/hls_threads.ts";
import { HlsViewers } from "../../../http/hls/hls_viewers.ts";
import { ResponseMaker } from "../../../http/hls/hls_responses.ts";
import { createMediaContext } from "../../../stream/admission/mod.ts";
import { assertEquals } from "../../support/assert.ts";
import { HookScript } from "../../support/hooks/hook_script.ts";
import { testHlsState } from "../../support/hls/hls_state.ts";
import { ManualClock } from "../../support/manual_clock.ts";
import { testRtmpOptions } from "../../support/rtmp/rtmp_harness.ts";
import { realWireEnvironment } from "../../support/rtmp/wire_environment.ts";

const REQUEST = {
  id: "viewer",
  ip: "192.0.2.1",
  facts: { tcUrl: "rtmp://a/live", pageUrl: "", swfUrl: "" },
  streamName: "cam",
  bindIp: false,
};

/** The viewers of the first of two threads, and what it says to the other one. */
function twoThreads() {
  const clock = new ManualClock();
  const media = createMediaContext(testRtmpOptions({}), {
    clock,
    hooks: new HookScript(),
    log: { write: () => {} },
    clientIds: { next: () => 1 },
    environment: realWireEnvironment(),
  });
  const said: string[] = [];
  const threads = {
    ...{ own: 0, count: 2, receive: () => {} },
    send: (_thread: number, { kind }: HlsThreadMessage) => void said.push(kind),
  };
  const responses = new ResponseMaker({}, (bytes) => new Uint8Array(bytes), () => 0);
  const streams = new HlsStreams(media, responses, threads, testHlsState());
  return { clock, media, said, streams, viewers: new HlsViewers(media, streams, threads) };
}

Deno.test("HlsViewers takes a stream once for a viewer of another thread that is decided twice", async () => {
  const { clock, media, said, streams, viewers } = twoThreads();

  // It is forgotten while its thread decides, and requests again.
  viewers.follow(REQUEST, 1);
  await clock.advance(61_000);
  viewers.sweep();
  assertEquals(viewers.get(REQUEST.id), undefined);
  const viewer = viewers.follow(REQUEST, 1);
  assertEquals(said.filter((kind) => kind === "viewer").length, 2);
  for (let i = 0; i < 2; i++) {
    viewers.receive(1, { kind: "viewerAdmission", id: REQUEST.id, admission: { kind: "admitted" } });
  }
  assertEquals([(await viewer.admission).kind, media.sources.size], ["admitted", 1]);
  viewers.receive(1, { kind: "viewerEnded", id: REQUEST.id, ending: { reason: "idle", description: "" } });
  assertEquals(media.sources.size, 0);
  streams.close();
});

Deno.test("HlsViewers ends a viewer that another thread has admitted to a vhost that is gone here", async () => {
  const { media, streams, viewers } = twoThreads();
  const viewer = viewers.follow(REQUEST, 1);
  media.replaceOptions({ ...testRtmpOptions({}), vhosts: new Map() });
  viewers.receive(1, { kind: "viewerAdmission", id: REQUEST.id, admission: { kind: "admitted" } });
  assertEquals([(await viewer.admission).kind, viewer.ending?.reason], ["ended", "reload"]);
  // Its own thread ends it too.
  viewers.receive(1, { kind: "viewerEnded", id: REQUEST.id, ending: { reason: "reload", description: "" } });
  assertEquals([viewers.get(REQUEST.id), media.sources.size], [undefined, 0]);
  streams.close();
});
