/**
 * Tests of play: requests, events and answers.
 *
 * @module
 */
import { Amf0Object, type Amf0Value } from "../../../rtmp/wire/amf0.ts";
import { ProtocolError, ProtocolErrorCode } from "../../../rtmp/wire/protocol_error.ts";
import { RejectionCode } from "../../../rtmp/session/rejection.ts";
import { assert, assertEquals, assertThrows } from "../../support/assert.ts";
import {
  command,
  data,
  pauseCommand,
  resume,
  SessionScript,
  statusLine,
  video,
} from "../../support/rtmp/session_script.ts";

const STARTED = [
  "streamBegin 1",
  statusLine("status", "NetStream.Play.Reset", "Playing and resetting stream.", "stream"),
  statusLine("status", "NetStream.Play.Start", "Started playing stream.", "stream"),
  "data |RtmpSampleAccess(true, true) on 1",
];

Deno.test("Session asks about play and says nothing before the answer", () => {
  const script = SessionScript.connected();
  const events = script.receive(command("play", 4, null, "livestream?token=x", -2000));
  assertEquals(events, [
    { kind: "playRequested", requestId: 2, streamName: "livestream?token=x", durationMs: 0 },
  ]);
  assertEquals(script.sent(), []);
});

Deno.test("Session.accept() starts a play with the four messages that players need, and no data of its own", () => {
  const script = SessionScript.connected();
  script.session.accept(script.request(command("play", 4, null, "x")));
  assertEquals(script.sent(), STARTED);
  assertEquals(script.session.state, "playing");
});

Deno.test("Session.accept() tells a player the chunk size that changed with its vhost first", () => {
  const script = SessionScript.connected();
  script.session.accept(script.request(command("play", 4, null, "x?vhost=other")), { chunkSize: 4096 });
  assertEquals(script.sent(), ["setChunkSize 4096", ...STARTED]);
});

Deno.test("Session.reject() refuses a play with its reason and closes", () => {
  const script = SessionScript.connected();
  const requestId = script.request(command("play", 4, null, "x"));
  script.session.reject(requestId, { code: RejectionCode.PlayFailed, description: "Not paid" });
  assert(script.session.isClosing);
  assertEquals(script.sent(), [statusLine("error", "NetStream.Play.Failed", "Not paid")]);
});

const DURATIONS: readonly [Amf0Value, number][] = [
  [undefined, 0],
  [null, 0],
  ["5", 0],
  [-1, 0],
  [-2000, 0],
  [0, 0],
  [NaN, 0],
  [0.5, 1],
  [1500, 1500],
  [Infinity, 0x7fff_ffff],
];
for (const [value, durationMs] of DURATIONS) {
  Deno.test(`Session reads the play duration ${value} as ${durationMs} ms`, () => {
    const script = SessionScript.connected();
    const [event] = script.receive(command("play", 4, null, "x", -2, value));
    assertEquals(event?.kind === "playRequested" && event.durationMs, durationMs);
  });
}

Deno.test("Session asks about play2 with the name and length of its parameters", () => {
  const script = SessionScript.connected();
  const parameters = Amf0Object.of({ oldStreamName: "", streamName: "hd", start: -2, len: 3000 });
  assertEquals(script.receive(command("play2", 4, null, parameters)), [
    { kind: "playRequested", requestId: 2, streamName: "hd", durationMs: 3000 },
  ]);
});

const BAD_PLAYS: readonly [string, Amf0Value][] = [
  ["play", undefined],
  ["play", null],
  ["play", 7],
  ["play", true],
  ["play2", "x"],
  ["play2", Amf0Object.of({ start: 0 })],
];
for (const [name, argument] of BAD_PLAYS) {
  Deno.test(`Session ends a client that sends ${name} with ${typeof argument} ${argument}`, () => {
    const script = SessionScript.connected();
    const error = assertThrows(() => script.receive(command(name, 4, null, argument)), ProtocolError, name);
    assertEquals(error.code, ProtocolErrorCode.Command);
  });
}

for (const name of ["pause", "pauseRaw"]) {
  Deno.test(`Session answers ${name} and tells it once`, () => {
    const script = SessionScript.playing();
    const paused = [statusLine("status", "NetStream.Pause.Notify", "Paused stream."), "streamEof 1"];
    const resumed = [statusLine("status", "NetStream.Unpause.Notify", "Unpaused stream."), "streamBegin 1"];

    assertEquals(script.receive(pauseCommand(0, name)), [{ kind: "paused", paused: true }]);
    assertEquals(script.sent(), paused);
    assertEquals(script.receive(pauseCommand(0, name)), []);
    assertEquals(script.sent(), paused);
    assertEquals(script.receive(resume(0, name)), [{ kind: "paused", paused: false }]);
    assertEquals(script.sent(), resumed);
    assertEquals(script.receive(resume(0, name)), []);
    assertEquals(script.sent(), resumed);
  });
}

Deno.test("Session begins a second play unpaused", () => {
  const script = SessionScript.playing();
  script.receive(pauseCommand(0), command("closeStream", 0, null));
  script.session.accept(script.request(command("play", 5, null, "y")));
  assertEquals(script.receive(pauseCommand(0)), [{ kind: "paused", paused: true }]);
});

Deno.test("Session ends a client whose pause does not say what it wants", () => {
  const script = SessionScript.playing();
  const error = assertThrows(() => script.receive(command("pause", 0, null, "yes")), ProtocolError, "pause");
  assertEquals(error.code, ProtocolErrorCode.Command);
});

for (
  const [name, argument] of [["closeStream", undefined], ["deleteStream", 1], ["play", false]] as const
) {
  Deno.test(`Session ends a play at ${name}(${argument ?? ""}) and takes the next`, () => {
    const script = SessionScript.playing();
    assertEquals(script.receive(command(name, 0, null, argument)), [{ kind: "playEnded" }]);
    assertEquals(script.sent(), []);
    assertEquals(script.receive(command("play", 6, null, "next")), [
      { kind: "playRequested", requestId: 3, streamName: "next", durationMs: 0 },
    ]);
  });
}

for (const name of ["publish", "play", "play2"]) {
  Deno.test(`Session refuses ${name} while it plays and goes on`, () => {
    const script = SessionScript.playing();
    assertEquals(script.receive(command(name, 5, null, "other")), []);
    const code = name === "publish" ? "NetStream.Publish.BadName" : "NetStream.Play.Failed";
    const description = "This NetStream is busy: it publishes or plays one stream at a time.";
    assertEquals(script.sent(), [statusLine("error", code, description)]);
    assertEquals(script.session.state, "playing");
  });
}

Deno.test("Session drops the media of a player", () => {
  const script = SessionScript.playing();
  assertEquals(script.receive(video(), data("onMetaData")), []);
});
