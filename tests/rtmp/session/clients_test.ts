/**
 * What real clients say, command by command, and what each has to get. Media is elsewhere: a session only
 * passes it on.
 *
 * @module
 */
import { Amf0EcmaArray, Amf0Object } from "../../../rtmp/wire/amf0.ts";
import { ChunkDecoder } from "../../../rtmp/wire/chunk_decoder.ts";
import type { RtmpMessage } from "../../../rtmp/wire/message.ts";
import { RejectionCode } from "../../../rtmp/session/rejection.ts";
import { assert, assertEquals, assertStringIncludes } from "../../support/assert.ts";
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

const PUBLISH_START = statusLine("status", "NetStream.Publish.Start", "Started publishing stream.");
const ON_FC_PUBLISH =
  'onFCPublish(0, null, {code: "NetStream.Publish.Start", description: "Started publishing stream."}) on 1';
const UNPUBLISHED = [
  'onFCUnpublish(0, null, {code: "NetStream.Unpublish.Success", description: "Stop publishing stream."}) on 1',
  "_result(7, null, undefined) on 0",
  statusLine("status", "NetStream.Unpublish.Success", "Stream is now unpublished"),
];
const PLAY_START = [
  "streamBegin 1",
  statusLine("status", "NetStream.Play.Reset", "Playing and resetting stream.", "stream"),
  statusLine("status", "NetStream.Play.Start", "Started playing stream.", "stream"),
  "data |RtmpSampleAccess(true, true) on 1",
];

const METADATA = data("@setDataFrame", "onMetaData", Amf0EcmaArray.of({ width: 1280, height: 720 }));

function connectAs(members: Parameters<typeof Amf0Object.of>[0]): RtmpMessage {
  return command("connect", 1, Amf0Object.of(members));
}

/** Accept the request that these messages end with. */
function accept(script: SessionScript, ...messages: RtmpMessage[]): void {
  assert(script.session.accept(script.request(...messages)));
}

function kinds(script: SessionScript, ...messages: RtmpMessage[]): string[] {
  return script.receive(...messages).map(({ kind }) => kind);
}

Deno.test("OBS publishes, and stops", () => {
  const script = new SessionScript();
  accept(
    script,
    control({ kind: "setChunkSize", chunkSize: 4096 }),
    connectAs({
      app: "live",
      type: "nonprivate",
      flashVer: "FMLE/3.0 (compatible; FMSc/1.0)",
      swfUrl: "rtmp://h/live",
      tcUrl: "rtmp://h/live",
    }),
  );
  const replies = script.sent();
  // The chunk size has to be known before the first reply above 128 bytes.
  const largest = replies.findIndex((line) => line.startsWith("_result"));
  assert(replies.indexOf("setChunkSize 60000") >= 0 && replies.indexOf("setChunkSize 60000") < largest);
  assertEquals(replies.at(-1), "onBWDone(0, null) on 0");

  script.receive(
    control({ kind: "windowAcknowledgementSize", windowSize: 2_500_000 }),
    command("releaseStream", 2, null, "key"),
    command("FCPublish", 3, null, "key"),
    command("createStream", 4, null),
    command("_checkbw", 5, null),
  );
  assertEquals(script.sent(), [
    "_result(2, null, undefined) on 0",
    "_result(3, null, undefined) on 0",
    "_result(4, null, 1) on 0",
    "_result(5, null, null) on 0",
  ]);
  accept(script, command("publish", 6, null, "key", "live"));
  assertEquals(script.sent(), [ON_FC_PUBLISH, PUBLISH_START]);
  assertEquals(
    kinds(script, METADATA, audio(), video(), control({ kind: "acknowledgement", sequenceNumber: 250_000 })),
    ["media", "media", "media"],
  );
  assertEquals(
    kinds(script, command("FCUnpublish", 7, null, "key"), command("deleteStream", 8, null, 1)),
    ["publishEnded"],
  );
  assertEquals(script.sent(), UNPUBLISHED);
});

for (const code of [RejectionCode.PublishRejected, RejectionCode.PublishBadName]) {
  Deno.test(`OBS is refused with ${code}, which makes it stop and show the reason`, () => {
    const script = SessionScript.connected();
    const requestId = script.request(
      command("releaseStream", 2, null, "key"),
      command("FCPublish", 3, null, "key"),
      command("createStream", 4, null),
      command("publish", 6, null, "key", "live"),
    );
    script.sent();
    script.session.reject(requestId, { code, description: "Token expired" });
    // Nothing that says "started" comes first.
    assertEquals(script.sent(), [statusLine("error", code, "Token expired")]);
    assert(script.session.isClosing);
  });
}

Deno.test("OBS is refused at connect with a description that asks for credentials", () => {
  const script = new SessionScript();
  const requestId = script.request(connectAs({ app: "live", tcUrl: "rtmp://h/live" }));
  const description = "[ AccessManager.Reject ] : [ code=403 need auth; authmod=adobe ] : ";
  script.session.reject(requestId, { code: RejectionCode.ConnectRejected, description });
  const [chunkSize, error] = script.sent();
  assertEquals(chunkSize, "setChunkSize 4096");
  assertStringIncludes(error ?? "", `description: "${description}"`);
});

for (const verdict of ["accept", "reject"] as const) {
  Deno.test(`OBS and large replies: no reply is cut in two when connect is answered with ${verdict}`, () => {
    const { session } = new SessionScript();
    session.receive([connectAs({ app: "live", tcUrl: "rtmp://h/live" })]);
    if (verdict === "accept") session.accept(1, { data: { srs_server: "x".repeat(200) } });
    else session.reject(1, { code: RejectionCode.ConnectRejected, description: "x".repeat(1000) });
    const output = session.takeOutput() ?? new Uint8Array();
    // One byte of basic header, eleven of message header; a chunk size is obeyed and not given out.
    const setChunkSize = 12 + 4;
    const replies = new ChunkDecoder().decode(output).reduce(
      (sum, { payload }) => sum + 12 + payload.length,
      0,
    );
    assert(output.length > 400);
    assertEquals(output.length, setChunkSize + replies);
  });
}

Deno.test("FFmpeg publishes, and stops", () => {
  const script = new SessionScript();
  accept(
    script,
    control({ kind: "setChunkSize", chunkSize: 4096 }),
    connectAs({
      app: "live",
      type: "nonprivate",
      flashVer: "FMLE/3.0 (compatible; Lavf59.27.100)",
      tcUrl: "rtmp://h:1935/live",
    }),
  );
  script.sent();
  script.receive(
    command("releaseStream", 2, null, "x"),
    command("FCPublish", 3, null, "x"),
    command("createStream", 4, null),
    command("_checkbw", 5, null),
  );
  assertEquals(script.sent().length, 4);
  accept(script, command("publish", 6, null, "x", "live"));
  assertEquals(script.sent(), [ON_FC_PUBLISH, PUBLISH_START]);
  assertEquals(kinds(script, METADATA, audio(), video()), ["media", "media", "media"]);
  assertEquals(
    kinds(script, command("FCUnpublish", 7, null, "x"), command("deleteStream", 8, null, 1)),
    ["publishEnded"],
  );
});

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

Deno.test("FMLE publishes, gets a result for each call and onFCPublish, and publishes again", () => {
  const script = SessionScript.connected();
  script.receive(command("releaseStream", 2, null, "x"));
  assertEquals(script.sent(), ["_result(2, null, undefined) on 0"]);
  script.receive(command("FCPublish", 3, null, "x"));
  assertEquals(script.sent(), ["_result(3, null, undefined) on 0"]);
  script.receive(command("createStream", 4, null));
  assertEquals(script.sent(), ["_result(4, null, 1) on 0"]);
  accept(script, command("publish", 5, null, "x", "live"));
  assertEquals(script.sent(), [ON_FC_PUBLISH, PUBLISH_START]);
  assertEquals(kinds(script, METADATA, video(), command("FCUnpublish", 7, null, "x")), [
    "media",
    "media",
    "publishEnded",
  ]);
  assertEquals(script.sent(), UNPUBLISHED);
  script.receive(command("releaseStream", 8, null, "x"), command("FCPublish", 9, null, "x"));
  script.sent();
  accept(script, command("createStream", 10, null), command("publish", 11, null, "x", "live"));
  assertEquals(script.sent(), ["_result(10, null, 1) on 0", ON_FC_PUBLISH, PUBLISH_START]);
});

Deno.test("Flash publishes without FCPublish, and late FMLE commands do not end it", () => {
  const script = SessionScript.connected();
  accept(script, command("createStream", 2, null), command("publish", 0, null, "x", "live"));
  assertEquals(script.sent(), ["_result(2, null, 1) on 0", PUBLISH_START]);
  const late = [
    command("releaseStream", 3, null, "x"),
    command("FCPublish", 4, null, "x"),
    command("createStream", 5, null),
  ];
  assertEquals(kinds(script, video(), ...late, video()), ["media", "media"]);
  assertEquals(kinds(script, command("closeStream", 0, null), command("deleteStream", 0, null, 1)), [
    "publishEnded",
  ]);
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
