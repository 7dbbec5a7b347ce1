/**
 * Tests of what waits while a request awaits its answer, and of what does not.
 *
 * @module
 */
import { RejectionCode } from "../../../rtmp/session/rejection.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import {
  audio,
  command,
  connect,
  control,
  pauseCommand,
  resume,
  SessionScript,
  statusLine,
  unpublish,
  video,
} from "../../support/rtmp/session_script.ts";

const REJECTION = { code: RejectionCode.PublishRejected, description: "No" };
const START = statusLine("status", "NetStream.Publish.Start", "Started publishing stream.");

Deno.test("Session holds what follows connect and goes on in order after accept", () => {
  const script = new SessionScript();
  const first = script.receive(
    connect(),
    command("releaseStream", 2, null, "x"),
    command("createStream", 3, null),
    command("publish", 4, null, "x", "live"),
    video({ timestamp: 5 }),
  );
  assertEquals(first.map(({ kind }) => kind), ["connectRequested"]);
  assertEquals(script.receive(), []);
  script.session.accept(1);
  script.sent();

  assertEquals(script.receive().map(({ kind }) => kind), ["publishRequested"]);
  assertEquals(script.sent(), ["_result(2, null, undefined) on 0", "_result(3, null, 1) on 0"]);
  script.session.accept(2);
  assertEquals(script.sent(), [START]);
  assertEquals(script.receive(audio({ timestamp: 6 })), [
    { kind: "media", message: video({ timestamp: 5 }) },
    { kind: "media", message: audio({ timestamp: 6 }) },
  ]);
});

Deno.test("Session says nothing and holds all of a publisher's media until the answer", () => {
  const script = SessionScript.connected();
  script.request(command("publish", 4, null, "x"));
  assertEquals(script.receive(video(), command("_checkbw", 5, null), audio()), []);
  assertEquals(script.sent(), []);
  script.session.accept(2);
  assertEquals(script.receive().map(({ kind }) => kind), ["media", "media"]);
  assertEquals(script.sent(), [START, "_result(5, null, null) on 0"]);
  assertEquals(script.session.heldBytes, 0);
});

for (
  const [name, argument, reply] of [
    ["deleteStream", 1, []],
    ["closeStream", undefined, []],
    ["publish", false, []],
    ["FCUnpublish", "x", ["_result(7, null, undefined) on 0"]],
  ] as const
) {
  Deno.test(`Session sees ${name}(${argument ?? ""}) at once while publish awaits its answer`, () => {
    const script = SessionScript.connected();
    script.request(command("publish", 4, null, "x"));
    const events = script.receive(video(), command(name, 7, null, argument), video());
    assertEquals(events, [{ kind: "requestWithdrawn", requestId: 2 }]);
    assertEquals(script.session.state, "connected");
    assertEquals(script.session.heldBytes, 0);
    assertEquals(script.sent(), [...reply]);
  });
}

for (const [name, argument] of [["deleteStream", 1], ["closeStream", undefined], ["play", false]] as const) {
  Deno.test(`Session sees ${name}(${argument ?? ""}) at once while play awaits its answer`, () => {
    const script = SessionScript.connected();
    script.request(command("play", 4, null, "x"));
    assertEquals(script.receive(command(name, 7, null, argument)), [{
      kind: "requestWithdrawn",
      requestId: 2,
    }]);
    assertEquals(script.session.state, "connected");
  });
}

Deno.test("Session ignores the late answer to a withdrawn request, also when a newer one waits", () => {
  const script = SessionScript.connected();
  script.request(command("publish", 4, null, "x"));
  const events = script.receive(command("deleteStream", 5, null, 1), command("publish", 6, null, "y"));
  assertEquals(events.map(({ kind }) => kind), ["requestWithdrawn", "publishRequested"]);
  assert(!script.session.accept(2));
  assert(!script.session.reject(2, REJECTION));
  assertEquals(script.sent(), []);
  assertEquals(script.session.state, "publishPending");
  assert(script.session.accept(3));
});

Deno.test("Session takes one answer to a request", () => {
  const script = SessionScript.connected();
  const requestId = script.request(command("publish", 4, null, "x"));
  assert(script.session.accept(requestId));
  assert(!script.session.accept(requestId));
  assert(!script.session.reject(requestId, REJECTION));
  assertEquals(script.session.state, "publishing");
});

Deno.test("Session acts on what waited before a withdrawal as of a busy NetStream", () => {
  const script = SessionScript.connected();
  script.request(command("publish", 4, null, "x"));
  const waiting = [
    command("publish", 5, null, "y"),
    command("play", 0, null, "z"),
    pauseCommand(6),
    resume(7),
    command("createStream", 8, null),
    video(),
  ];
  assertEquals(script.receive(...waiting), []);
  assertEquals(script.sent(), []);
  assertEquals(script.receive(command("deleteStream", 9, null, 1)), [{
    kind: "requestWithdrawn",
    requestId: 2,
  }]);
  const busy = "This NetStream is busy: it publishes or plays one stream at a time.";
  assertEquals(script.sent(), [
    statusLine("error", "NetStream.Publish.BadName", busy),
    statusLine("error", "NetStream.Play.Failed", busy),
    "_result(6, null, undefined) on 0",
    "_result(7, null, undefined) on 0",
    "_result(8, null, 1) on 0",
  ]);
});

Deno.test("Session acts on what waited before a play was withdrawn as of a busy NetStream", () => {
  const script = SessionScript.connected();
  script.request(command("play", 4, null, "x"));
  script.receive(
    command("play", 0, null, "y"),
    command("FCUnpublish", 5, null, "x"),
    unpublish(0),
    pauseCommand(6),
    resume(7),
    video(),
  );
  assertEquals(script.receive(command("closeStream", 0, null)), [{ kind: "requestWithdrawn", requestId: 2 }]);
  assertEquals(script.sent().slice(1), [
    "_result(5, null, undefined) on 0",
    "_result(6, null, undefined) on 0",
    "_result(7, null, undefined) on 0",
  ]);
});

Deno.test("Session sees a withdrawal among what waited for connect", () => {
  const script = new SessionScript();
  script.receive(
    connect(),
    command("publish", 4, null, "x"),
    video(),
    command("deleteStream", 5, null, 1),
    command("play", 6, null, "y"),
  );
  script.session.accept(1);
  assertEquals(script.receive(), [
    { kind: "publishRequested", requestId: 2, streamName: "x", publishType: "live" },
    { kind: "requestWithdrawn", requestId: 2 },
    { kind: "playRequested", requestId: 3, streamName: "y", durationMs: 0 },
  ]);
});

Deno.test("Session forgets FCPublish with a withdrawn publish", () => {
  const script = SessionScript.connected();
  script.request(command("FCPublish", 3, null, "x"), command("publish", 4, null, "x"));
  script.receive(command("deleteStream", 5, null, 1));
  script.sent();
  script.session.accept(script.request(command("publish", 6, null, "y")));
  assertEquals(script.sent(), [START]);
});

Deno.test("Session answers a ping at once while a request awaits its answer", () => {
  const script = new SessionScript();
  script.receive(connect(), control({ kind: "pingRequest", timestamp: 7 }));
  assertEquals(script.sent(), ["pingResponse 7"]);
});

Deno.test("Session counts what it holds, payloads and 64 bytes a message, so that its shell can bound it", () => {
  const script = SessionScript.connected();
  assert(!script.session.awaitsAnswer);
  script.request(command("publish", 4, null, "x"));
  assert(script.session.awaitsAnswer);
  script.receive(video({ size: 436 }), audio({ size: 0 }));
  assertEquals(script.session.heldBytes, 436 + 64 + 64);
  script.session.accept(2);
  assert(!script.session.awaitsAnswer);
});

Deno.test("Session lets go of what waited when the answer is no", () => {
  const script = SessionScript.connected();
  const requestId = script.request(command("publish", 4, null, "x"));
  script.receive(video(), command("createStream", 5, null));
  script.session.reject(requestId, REJECTION);
  assertEquals(script.session.heldBytes, 0);
  assertEquals(script.receive(), []);
  assertEquals(script.sent(), [statusLine("error", REJECTION.code, "No")]);
});

Deno.test("Session.close() voids the request, takes nothing more and keeps what is queued", () => {
  const script = SessionScript.connected();
  const requestId = script.request(command("createStream", 3, null), command("publish", 4, null, "x"));
  script.receive(video());
  script.session.close();
  assert(script.session.isClosing);
  assert(!script.session.accept(requestId));
  assertEquals(script.receive(command("createStream", 5, null)), []);
  assertEquals(script.sent(), ["_result(3, null, 1) on 0"]);
});

Deno.test("Session passes over what stands behind a protocol's end in the same read", () => {
  const script = SessionScript.publishing();
  script.session.close();
  assertEquals(script.receive(connect(), command("pause", 1, null, "not a flag")), []);
});
