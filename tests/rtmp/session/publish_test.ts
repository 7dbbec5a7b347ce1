/**
 * Tests of publish: requests, events and answers.
 *
 * @module
 */
import { Amf0Object } from "../../../rtmp/wire/amf0.ts";
import { DEFAULT_WIRE_LIMITS } from "../../../rtmp/wire/limits.ts";
import { MessageType, type RtmpMessage } from "../../../rtmp/wire/message.ts";
import { ProtocolError, ProtocolErrorCode } from "../../../rtmp/wire/protocol_error.ts";
import { RejectionCode } from "../../../rtmp/session/rejection.ts";
import { assert, assertEquals, assertThrows } from "../../support/assert.ts";
import {
  audio,
  command,
  data,
  media,
  SessionScript,
  statusLine,
  video,
} from "../../support/rtmp/session_script.ts";

const START = statusLine("status", "NetStream.Publish.Start", "Started publishing stream.");
const UNPUBLISHED = statusLine("status", "NetStream.Unpublish.Success", "Stream is now unpublished");
const BUSY = "This NetStream is busy: it publishes or plays one stream at a time.";

Deno.test("Session asks about publish and says nothing before the answer", () => {
  const script = SessionScript.connected();
  const events = script.receive(command("publish", 4, null, "livestream?token=x", "record"));
  assertEquals(events, [
    { kind: "publishRequested", requestId: 2, streamName: "livestream?token=x", publishType: "record" },
  ]);
  assertEquals(script.sent(), []);
});

for (const publishType of [undefined, null, 7]) {
  Deno.test(`Session takes a publish of type ${publishType} for live`, () => {
    const script = SessionScript.connected();
    const [event] = script.receive(command("publish", 4, null, "x", publishType));
    assertEquals(event?.kind === "publishRequested" && event.publishType, "live");
  });
}

Deno.test("Session.accept() starts a publish with its status", () => {
  const script = SessionScript.connected();
  script.session.accept(script.request(command("publish", 4, null, "x", "live")));
  assertEquals(script.sent(), [START]);
  assertEquals(script.session.state, "publishing");
});

Deno.test("Session.accept() sends onFCPublish first to a client that sent FCPublish", () => {
  const script = SessionScript.connected();
  script.receive(command("FCPublish", 3, null, "x"));
  assertEquals(script.sent(), ["_result(3, null, undefined) on 0"]);
  script.session.accept(script.request(command("publish", 4, null, "x", "live")));
  assertEquals(script.sent(), [
    'onFCPublish(0, null, {code: "NetStream.Publish.Start", description: "Started publishing stream."}) on 1',
    START,
  ]);
});

Deno.test("Session.accept() tells a publisher the sizes that changed with its vhost, before the status", () => {
  const script = SessionScript.connected();
  const requestId = script.request(command("publish", 4, null, "x?vhost=other"));
  script.session.accept(requestId, { chunkSize: 4096, outAckSize: 1_000_000 });
  assertEquals(script.sent(), ["windowAcknowledgementSize 1000000", "setChunkSize 4096", START]);
});

Deno.test("Session.accept() tells a publisher no size that is as before, and no window of 0", () => {
  const script = SessionScript.connected();
  const requestId = script.request(command("publish", 4, null, "x"));
  script.session.accept(requestId, { chunkSize: 60_000, outAckSize: 0 });
  assertEquals(script.sent(), [START]);
});

for (
  const [code, description] of [
    [RejectionCode.PublishRejected, "Token is not valid"],
    [RejectionCode.PublishBadName, "Somebody publishes this stream"],
  ] as const
) {
  Deno.test(`RtmpSession.reject() refuses a publish with ${code} and its reason`, () => {
    const script = SessionScript.connected();
    const requestId = script.request(command("publish", 4, null, "x"));
    assert(script.session.reject(requestId, { code, description }));
    assert(script.session.isClosing);
    assertEquals(script.receive(video(), command("createStream", 5, null)), []);
    assertEquals(script.sent(), [statusLine("error", code, description)]);
  });
}

Deno.test("Session gives the media of a publish in order, byte for byte and unseen", () => {
  const script = SessionScript.publishing();
  const messages = [
    data("@setDataFrame", "onMetaData", Amf0Object.of({ width: 1280 })),
    data("onMetaData", Amf0Object.of({ width: 640 })),
    { ...data("onMetaData"), typeId: MessageType.DataAmf3 },
    audio({ size: 0 }),
    video({ timestamp: 0xffff_ffff }),
  ];
  assertEquals(script.receive(...messages), messages.map((message) => ({ kind: "media" as const, message })));
});

Deno.test("Session splits an aggregate message of a publish", () => {
  const script = SessionScript.publishing();
  const payload = Uint8Array.from([
    // type, size 2, timestamp 40 and its extension, stream id
    ...[8, 0, 0, 2, 0, 0, 40, 0, 0, 0, 0, 0xaf, 1],
    ...[0, 0, 0, 13],
    ...[9, 0, 0, 1, 0, 0, 60, 0, 0, 0, 0, 0x27],
    ...[0, 0, 0, 12],
  ]);
  const aggregate: RtmpMessage = { ...media(MessageType.Aggregate, { timestamp: 1000 }), payload };
  const shared = { streamId: 1, chunkStreamId: 6 };
  assertEquals(script.receive(aggregate), [
    {
      kind: "media",
      message: { ...shared, typeId: MessageType.Audio, timestamp: 1000, payload: Uint8Array.of(0xaf, 1) },
    },
    {
      kind: "media",
      message: { ...shared, typeId: MessageType.Video, timestamp: 1020, payload: Uint8Array.of(0x27) },
    },
  ]);
});

Deno.test("Session ends a publisher whose aggregate does not add up", () => {
  const script = SessionScript.publishing();
  const error = assertThrows(() => script.receive(media(MessageType.Aggregate, { size: 5 })), ProtocolError);
  assertEquals(error.code, ProtocolErrorCode.Aggregate);
});

Deno.test("Session keeps to the limits that it was made with", () => {
  const limits = { ...DEFAULT_WIRE_LIMITS, maxAggregateMessages: 1, maxAmfNodes: 6 };
  const part = [8, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0xaf, 0, 0, 0, 12];
  const aggregate = (...parts: number[][]): RtmpMessage => (
    { ...media(MessageType.Aggregate), payload: Uint8Array.from(parts.flat()) }
  );
  const script = SessionScript.publishing({ limits });
  assertEquals(script.receive(aggregate(part)).length, 1);
  for (const message of [aggregate(part, part), command("call", 5, null, 1, 2, 3, 4)]) {
    const error = assertThrows(() => script.receive(message), ProtocolError);
    assertEquals(error.code, ProtocolErrorCode.Limit);
  }
});

Deno.test("Session passes over shared objects and unknown message types", () => {
  const script = SessionScript.publishing();
  const types = [MessageType.SharedObjectAmf0, MessageType.SharedObjectAmf3, 7, 21, 255];
  assertEquals(script.receive(...types.map((typeId) => media(typeId))), []);
});

Deno.test("Session ends a publish at FCUnpublish with all three replies", () => {
  const script = SessionScript.publishing();
  assertEquals(script.receive(command("FCUnpublish", 6, null, "x")), [{ kind: "publishEnded" }]);
  assertEquals(script.sent(), [
    'onFCUnpublish(0, null, {code: "NetStream.Unpublish.Success", description: "Stop publishing stream."}) on 1',
    "_result(6, null, undefined) on 0",
    UNPUBLISHED,
  ]);
  assertEquals(script.session.state, "connected");
});

for (const name of ["deleteStream", "closeStream"]) {
  Deno.test(`Session ends a publish at ${name} without a reply`, () => {
    const script = SessionScript.publishing();
    assertEquals(script.receive(command(name, 6, null, 1)), [{ kind: "publishEnded" }]);
    assertEquals(script.sent(), []);
  });
}

Deno.test("Session tells the end of a publish once for FCUnpublish, closeStream and deleteStream together", () => {
  const script = SessionScript.publishing();
  const events = script.receive(
    video(),
    command("FCUnpublish", 6, null, "x"),
    video(),
    command("closeStream", 0, null),
    command("deleteStream", 7, null, 1),
  );
  assertEquals(events.map(({ kind }) => kind), ["media", "publishEnded"]);
});

for (const name of ["publish", "play", "play2"]) {
  Deno.test(`Session refuses ${name} while it publishes and goes on`, () => {
    const script = SessionScript.publishing();
    assertEquals(script.receive(command(name, 5, null, "other")), []);
    const code = name === "publish" ? "NetStream.Publish.BadName" : "NetStream.Play.Failed";
    assertEquals(script.sent(), [statusLine("error", code, BUSY)]);
    assertEquals(script.receive(video()).length, 1);
  });
}

Deno.test("Session publishes one stream after another on one connection", () => {
  const script = SessionScript.publishing();
  script.receive(command("FCUnpublish", 6, null, "livestream"));
  script.sent();
  const events = script.receive(
    command("releaseStream", 7, null, "second"),
    command("FCPublish", 8, null, "second"),
    command("createStream", 9, null),
    command("publish", 10, null, "second", "live"),
  );
  assertEquals(events, [
    { kind: "publishRequested", requestId: 3, streamName: "second", publishType: "live" },
  ]);
  script.session.accept(3);
  assertEquals(script.sent(), [
    "_result(7, null, undefined) on 0",
    "_result(8, null, undefined) on 0",
    "_result(9, null, 1) on 0",
    'onFCPublish(0, null, {code: "NetStream.Publish.Start", description: "Started publishing stream."}) on 1',
    START,
  ]);
});

Deno.test("Session sends onFCPublish for the publish that FCPublish was about, not for the next", () => {
  const script = SessionScript.connected();
  script.receive(command("FCPublish", 3, null, "x"));
  script.session.accept(script.request(command("publish", 4, null, "x")));
  script.receive(command("deleteStream", 5, null, 1));
  script.sent();
  script.session.accept(script.request(command("publish", 6, null, "y")));
  assertEquals(script.sent(), [START]);
});

for (const argument of [undefined, null, 7, true]) {
  Deno.test(`Session ends a client that publishes ${argument}`, () => {
    const script = SessionScript.connected();
    const error = assertThrows(() => script.receive(command("publish", 4, null, argument)), ProtocolError);
    assertEquals(error.code, ProtocolErrorCode.Command);
    const found = argument === null ? "null" : typeof argument;
    assertEquals(error.message, `Cannot publish: the stream name is ${found}, not a string`);
    assertEquals(script.session.state, "connected");
  });
}

Deno.test("Session drops media that nobody publishes", () => {
  const script = SessionScript.connected();
  assertEquals(script.receive(video(), audio(), data("onMetaData")), []);
});

Deno.test("Session.reject() tells the address of a redirect with the refusal of a publish", () => {
  const script = SessionScript.connected();
  const requestId = script.request(command("publish", 4, null, "livestream", "live"));
  const redirect = "rtmp://other/live/livestream";
  assert(script.session.reject(requestId, {
    code: RejectionCode.PublishRejected,
    description: "Elsewhere",
    redirect,
  }));
  assertEquals(script.sent(), [
    'onStatus(0, null, {level: "error", code: "NetStream.Publish.Rejected", description: "Elsewhere", ' +
    `clientid: "ASAICiss", ex: {code: 302, redirect: "${redirect}"}}) on 1`,
  ]);
});
