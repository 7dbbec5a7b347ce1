/**
 * Tests of acknowledgements, pings, the client's buffer and statuses at will.
 *
 * @module
 */
import { DEFAULT_WIRE_LIMITS } from "../../../rtmp/wire/limits.ts";
import { MessageType } from "../../../rtmp/wire/message.ts";
import { ProtocolError, ProtocolErrorCode } from "../../../rtmp/wire/protocol_error.ts";
import { Acknowledger } from "../../../rtmp/session/acknowledger.ts";
import { assertEquals, assertThrows } from "../../support/assert.ts";
import { connect, control, media, SessionScript, statusLine } from "../../support/rtmp/session_script.ts";

Deno.test("Acknowledger takes the granted bandwidth for the window of a peer that announces none", () => {
  const acknowledger = new Acknowledger();
  const totals = [1_249_999, 1_250_000, 2_499_999, 2_500_000, 5_000_000];
  assertEquals(totals.map((total) => acknowledger.count(total)), [
    undefined,
    1_250_000,
    undefined,
    2_500_000,
    5_000_000,
  ]);
});

Deno.test("Acknowledger is silent where the peer wants no acknowledgement", () => {
  const acknowledger = new Acknowledger();
  acknowledger.peerWindow = 0;
  assertEquals(acknowledger.count(1e9), undefined);
});

Deno.test("Acknowledger serves the peer's window at half its size", () => {
  const acknowledger = new Acknowledger();
  acknowledger.peerWindow = 1000;
  assertEquals([499, 500, 999, 1000].map((total) => acknowledger.count(total)), [
    undefined,
    500,
    undefined,
    1000,
  ]);
});

Deno.test("Acknowledger prefers the fixed size to the peer's window", () => {
  const acknowledger = new Acknowledger();
  acknowledger.peerWindow = 1000;
  acknowledger.fixedSize = 2000;
  assertEquals([1999, 2000, 3999, 4000].map((total) => acknowledger.count(total)), [
    undefined,
    2000,
    undefined,
    4000,
  ]);
});

Deno.test("Acknowledger counts modulo 2^32, and goes on behind each wrap as before it", () => {
  const acknowledger = new Acknowledger();
  acknowledger.peerWindow = 1000;
  for (const wraps of [2 ** 32, 2 ** 33]) {
    const totals = [wraps - 1, wraps + 498, wraps + 499, wraps + 998, wraps + 999];
    assertEquals(totals.map((total) => acknowledger.count(total)), [
      0xffff_ffff,
      undefined,
      499,
      undefined,
      999,
    ]);
  }
});

Deno.test("Session.countReceived() acknowledges by the peer's window", () => {
  const script = SessionScript.connected();
  script.receive(control({ kind: "windowAcknowledgementSize", windowSize: 10_000 }));
  script.session.countReceived(4999);
  assertEquals(script.sent(), []);
  script.session.countReceived(5001);
  assertEquals(script.sent(), ["acknowledgement 5001"]);
});

Deno.test("Session.countReceived() acknowledges by inAckSize for boxes that stall otherwise", () => {
  const script = new SessionScript();
  script.session.accept(script.request(connect()), { inAckSize: 3000 });
  script.sent();
  script.session.countReceived(3100);
  assertEquals(script.sent(), ["acknowledgement 3100"]);
});

Deno.test("Session.countReceived() says nothing on a closing session", () => {
  const script = SessionScript.connected();
  script.receive(control({ kind: "windowAcknowledgementSize", windowSize: 2 }));
  script.session.close();
  script.session.countReceived(1000);
  assertEquals(script.sent(), []);
});

Deno.test("Session answers a ping with its timestamp, before connect too", () => {
  const script = new SessionScript();
  assertEquals(script.receive(control({ kind: "pingRequest", timestamp: 0xffff_ffff })), []);
  assertEquals(script.sent(), ["pingResponse 4294967295"]);
});

Deno.test("Session.ping() yields the round trip", () => {
  const script = SessionScript.connected();
  script.nowMs = 1000.75;
  script.session.ping();
  assertEquals(script.sent(), ["pingRequest 1000"]);
  script.nowMs = 1042.75;
  const pong = control({ kind: "pingResponse", timestamp: 1000 });
  assertEquals(script.receive(pong, pong), [{ kind: "pong", roundTripMs: 42 }]);
});

Deno.test("Session.ping() sends an unsigned 32-bit timestamp", () => {
  const script = SessionScript.connected();
  script.nowMs = 2 ** 32 + 7.5;
  script.session.ping();
  assertEquals(script.sent(), ["pingRequest 7"]);
});

Deno.test("Session takes the answer to its newest ping only", () => {
  const script = SessionScript.connected();
  script.nowMs = 10;
  script.session.ping();
  script.nowMs = 20;
  script.session.ping();
  assertEquals(script.receive(control({ kind: "pingResponse", timestamp: 10 })), []);
  assertEquals(script.receive(control({ kind: "pingResponse", timestamp: 20 })), [
    { kind: "pong", roundTripMs: 0 },
  ]);
});

Deno.test("Session passes over an answer to a ping that it never sent", () => {
  const script = SessionScript.connected();
  assertEquals(script.receive(control({ kind: "pingResponse", timestamp: 0 })), []);
});

Deno.test("Session keeps the buffer length that the client says", () => {
  const script = SessionScript.playing();
  assertEquals(script.session.bufferLengthMs, 0);
  script.receive(control({ kind: "setBufferLength", streamId: 1, bufferMs: 30_000 }));
  script.receive(control({ kind: "setBufferLength", streamId: 1, bufferMs: 300_000 }));
  assertEquals(script.session.bufferLengthMs, 300_000);
  assertEquals(script.sent(), []);
});

Deno.test("Session takes every other control message without a word", () => {
  const script = SessionScript.connected();
  assertEquals(
    script.receive(
      control({ kind: "acknowledgement", sequenceNumber: 1 }),
      control({ kind: "setPeerBandwidth", windowSize: 1, limit: "hard" }),
      control({ kind: "streamBegin", streamId: 1 }),
      control({ kind: "unknownUserControl", eventType: 26, data: Uint8Array.of(1, 2) }),
      control({ kind: "setChunkSize", chunkSize: 4096 }),
      control({ kind: "abort", chunkStreamId: 4 }),
    ),
    [],
  );
  assertEquals(script.sent(), []);
});

Deno.test("Session ends a client whose control message is too short", () => {
  const script = new SessionScript();
  const error = assertThrows(
    () => script.receive(media(MessageType.UserControl, { size: 1 })),
    ProtocolError,
  );
  assertEquals(error.code, ProtocolErrorCode.Control);
});

Deno.test("Session reads control messages by the limits that it was made with", () => {
  const script = new SessionScript({ limits: { ...DEFAULT_WIRE_LIMITS, minChunkSize: 1 } });
  assertEquals(script.receive(control({ kind: "setChunkSize", chunkSize: 1 })), []);
});

Deno.test("Session.status() sends an onStatus at will", () => {
  const script = SessionScript.playing();
  script.session.status({ level: "error", code: "NetStream.Play.Failed", description: "Kicked" });
  script.session.status({ level: "status", code: "NetStream.Play.Stop", description: "Over", details: "x" });
  assertEquals(script.sent(), [
    statusLine("error", "NetStream.Play.Failed", "Kicked"),
    statusLine("status", "NetStream.Play.Stop", "Over", "x"),
  ]);
});

Deno.test("Session.takeOutput() gives nothing when nothing is to be sent", () => {
  assertEquals(new SessionScript().session.takeOutput(), undefined);
});
