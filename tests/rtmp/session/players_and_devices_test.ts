import { Amf0EcmaArray, Amf0Object } from "../../../rtmp/wire/amf0.ts";
import { assertEquals, assertStringIncludes } from "../../support/assert.ts";
import {
  amf3Command,
  audio,
  command,
  control,
  data,
  SessionScript,
  statusLine,
  unpublish,
  video,
} from "../../support/rtmp/session_script.ts";
import { accept, connectAs, kinds, ON_FC_PUBLISH, PUBLISH_START } from "./support.ts";

const PLAY_START = [
  "streamBegin 1",
  statusLine("status", "NetStream.Play.Reset", "Playing and resetting stream.", "stream"),
  statusLine("status", "NetStream.Play.Start", "Started playing stream.", "stream"),
  "data |RtmpSampleAccess(true, true) on 1",
];

Deno.test("FFmpeg plays", () => {
  const script = new SessionScript();
  accept(
    script,
    connectAs({
      app: "live",
      flashVer: "LNX 9,0,124,2",
      tcUrl: "rtmp://h:1935/live",
      fpad: false,
      capabilities: 15,
      audioCodecs: 4071,
      videoCodecs: 252,
      videoFunction: 1,
      fourCcList: ["hvc1", "av01", "vp09"],
    }),
  );
  assertStringIncludes(script.sent()[4] ?? "", 'fourCcList: ["hvc1", "av01", "vp09"]');
  script.receive(
    control({ kind: "windowAcknowledgementSize", windowSize: 2_500_000 }),
    command("createStream", 2, null),
    command("_checkbw", 3, null),
    command("FCSubscribe", 4, null, "x"),
  );
  assertEquals(script.sent(), [
    "_result(2, null, 1) on 0",
    "_result(3, null, null) on 0",
    "_result(4, null, null) on 0",
    'onFCSubscribe(0, null, {level: "status", code: "NetStream.Play.Start", description: "Started playing stream."}) on 0',
  ]);
  const events = script.receive(
    command("getStreamLength", 5, null, "x"),
    command("play", 6, null, "x", -2000),
    control({ kind: "setBufferLength", streamId: 1, bufferMs: 3000 }),
  );
  assertEquals(events, [{ kind: "playRequested", requestId: 2, streamName: "x", durationMs: 0 }]);
  // A number: ffmpeg warns about anything else.
  assertEquals(script.sent(), ["_result(5, null, 0) on 0"]);
  script.session.accept(2);
  assertEquals(script.sent(), PLAY_START);
  assertEquals(script.session.bufferLengthMs, 3000);
});

Deno.test("librtmp, rtmpdump and VLC play, raise their buffer and leave", () => {
  const script = new SessionScript();
  accept(script, connectAs({ app: "live", tcUrl: "rtmp://h/live", fpad: false, capabilities: 15 }));
  script.sent();
  script.receive(
    control({ kind: "windowAcknowledgementSize", windowSize: 2_500_000 }),
    control({ kind: "setBufferLength", streamId: 0, bufferMs: 300 }),
    command("createStream", 2, null),
    command("FCSubscribe", 3, null, "x"),
  );
  const [event] = script.receive(
    command("play", 4, null, "x", 0, -1),
    control({ kind: "setBufferLength", streamId: 1, bufferMs: 30_000 }),
  );
  assertEquals(event?.kind === "playRequested" && event.durationMs, 0);
  script.session.accept(2);
  script.receive(control({ kind: "setBufferLength", streamId: 1, bufferMs: 36_000_000 }));
  assertEquals(script.session.bufferLengthMs, 36_000_000);
  // The answer to a SWF verification that nobody asked for.
  const verified = control({ kind: "unknownUserControl", eventType: 27, data: new Uint8Array(42) });
  assertEquals(kinds(script, verified, command("deleteStream", 5, null, 1)), ["playEnded"]);
});

Deno.test("rtmpdump --stop plays for so many milliseconds", () => {
  const script = SessionScript.connected();
  const [event] = script.receive(command("play", 4, null, "x", 0, 10_000));
  assertEquals(event?.kind === "playRequested" && event.durationMs, 10_000);
});

Deno.test("Flash and JWPlayer play with AMF3 commands and object encoding 3", () => {
  const script = new SessionScript();
  accept(script, connectAs({ app: "live", tcUrl: "rtmp://h/live", pageUrl: "http://p/", objectEncoding: 3 }));
  assertStringIncludes(script.sent()[4] ?? "", "objectEncoding: 3");
  script.receive(amf3Command("createStream", 2, null));
  assertEquals(script.sent(), ["_result(2, null, 1) on 0"]);
  accept(script, amf3Command("play", 0, null, "x", -2, -1));
  assertEquals(script.sent(), PLAY_START);
  assertEquals(kinds(script, amf3Command("closeStream", 0, null)), ["playEnded"]);
});

Deno.test("Haivision sends _checkbw before and FCPublish after createStream", () => {
  const script = SessionScript.connected();
  script.receive(
    command("_checkbw", 2, null),
    command("createStream", 3, null),
    command("FCPublish", 4, null, "x"),
  );
  assertEquals(script.sent(), [
    "_result(2, null, null) on 0",
    "_result(3, null, 1) on 0",
    "_result(4, null, undefined) on 0",
  ]);
  accept(script, command("publish", 5, null, "x", "live"));
  assertEquals(script.sent(), [ON_FC_PUBLISH, PUBLISH_START]);
});

Deno.test("GStreamer rtmp2sink publishes without waiting for answers", () => {
  const script = new SessionScript();
  script.receive(
    connectAs({
      app: "live",
      type: "nonprivate",
      tcUrl: "rtmp://h/live",
      flashVer: "FMLE/3.0 (compatible; FMSc/1.0)",
    }),
    command("releaseStream", 2, null, "x"),
    command("FCPublish", 3, null, "x"),
    command("createStream", 4, null),
  );
  script.session.accept(1);
  script.receive();
  assertEquals(script.sent().slice(-4), [
    "onBWDone(0, null) on 0",
    "_result(2, null, undefined) on 0",
    "_result(3, null, undefined) on 0",
    "_result(4, null, 1) on 0",
  ]);
  accept(script, command("publish", 5, null, "x", "live"));
  assertEquals(script.sent(), [ON_FC_PUBLISH, PUBLISH_START]);
});

Deno.test("GStreamer rtmp2src plays after announcing window and buffer", () => {
  const script = SessionScript.connected();
  accept(
    script,
    control({ kind: "windowAcknowledgementSize", windowSize: 2_500_000 }),
    control({ kind: "setBufferLength", streamId: 0, bufferMs: 300 }),
    command("createStream", 2, null),
    command("play", 3, null, "x", -2000),
  );
  assertEquals(script.sent(), ["_result(2, null, 1) on 0", ...PLAY_START]);
  assertEquals(script.session.bufferLengthMs, 300);
});

Deno.test("Wirecast stops with publish(false)", () => {
  const script = SessionScript.publishing();
  assertEquals(kinds(script, video(), unpublish(8), video()), ["media", "publishEnded"]);
  assertEquals(script.sent(), [
    statusLine("status", "NetStream.Unpublish.Success", "Stream is now unpublished"),
  ]);
  assertEquals(script.session.state, "connected");
});

Deno.test("DJI sends user control and odd messages early, and _checkbw", () => {
  const script = new SessionScript();
  const early = [
    control({ kind: "setBufferLength", streamId: 0, bufferMs: 1000 }),
    control({ kind: "unknownUserControl", eventType: 31, data: new Uint8Array(4) }),
    { ...audio(), typeId: 200 },
    data("onMetaData", Amf0Object.of({})),
  ];
  assertEquals(script.receive(...early), []);
  accept(script, connectAs({ app: "live", tcUrl: "rtmp://192.168.1.10:1935/live" }));
  script.sent();
  accept(
    script,
    command("_checkbw", 2, null),
    command("releaseStream", 3, null, "drone"),
    command("FCPublish", 4, null, "drone"),
    command("createStream", 5, null),
    ...early,
    command("publish", 6, null, "drone", "live"),
  );
  assertEquals(script.sent().slice(-2), [ON_FC_PUBLISH, PUBLISH_START]);
});

Deno.test("DVR and NVR boxes are acknowledged without asking when in_ack_size is set", () => {
  const script = new SessionScript();
  const requestId = script.request(connectAs({ app: "live", tcUrl: "rtmp://h/live" }));
  script.session.accept(requestId, { inAckSize: 100_000 });
  script.sent();
  for (const total of [50_000, 100_000, 150_000, 200_000]) script.session.countReceived(total);
  assertEquals(script.sent(), ["acknowledgement 100000", "acknowledgement 200000"]);
});

Deno.test("Neko and odd SDKs send an ECMA array with tcurl and a quote", () => {
  const script = new SessionScript();
  const [event] = script.receive(
    command("connect", 1, Amf0EcmaArray.of({ app: "live", tcurl: "'rtmp://h/live" })),
  );
  assertEquals(event?.kind === "connectRequested" && event.tcUrl, "'rtmp://h/live");
});

Deno.test("Encoders that send onMetaData without @setDataFrame are taken as they are", () => {
  const script = SessionScript.publishing();
  const bare = data("onMetaData", Amf0EcmaArray.of({ width: 640 }));
  assertEquals(script.receive(bare), [{ kind: "media", message: bare }]);
});
