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

Deno.test("HlsViewers takes a stream once for a viewer of another thread that is decided twice", async () => {
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
  const viewers = new HlsViewers(media, streams, threads);

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
