/**
 * Tests of the calls that every accepted connection may make, in each of its states.
 *
 * @module
 */
import { assertEquals } from "../../support/assert.ts";
import {
  command,
  pauseCommand,
  resume,
  SessionScript,
  unpublish,
} from "../../support/rtmp/session_script.ts";

const STATES = {
  connected: () => SessionScript.connected(),
  publishing: () => SessionScript.publishing(),
  playing: () => SessionScript.playing(),
} as const;

/** Call, first argument, answer. */
const CALLS = [
  ["createStream", undefined, "_result(9, null, 1) on 0"],
  ["releaseStream", "x", "_result(9, null, undefined) on 0"],
  ["FCPublish", "x", "_result(9, null, undefined) on 0"],
  ["seek", 1000, "_result(9, null, null) on 0"],
  ["receiveAudio", false, "_result(9, null, null) on 0"],
  ["receiveVideo", false, "_result(9, null, null) on 0"],
  ["getStreamLength", "x", "_result(9, null, 0) on 0"],
  ["_checkbw", undefined, "_result(9, null, null) on 0"],
] as const;

/** Call, the call that answers it, its code and description. */
const SUBSCRIPTIONS = [
  ["FCSubscribe", "onFCSubscribe", "NetStream.Play.Start", "Started playing stream."],
  ["FCUnsubscribe", "onFCUnsubscribe", "NetStream.Play.Stop", "Stopped playing stream."],
] as const;

for (const [state, make] of Object.entries(STATES)) {
  for (const [name, argument, answer] of CALLS) {
    Deno.test(`Session answers ${name} while ${state}`, () => {
      const script = make();
      assertEquals(script.receive(command(name, 9, null, argument)), []);
      assertEquals(script.sent(), [answer]);
      assertEquals(script.session.state, state);
    });
  }

  for (const [name, answer, code, description] of SUBSCRIPTIONS) {
    Deno.test(`Session answers ${name} with ${answer} while ${state}, whatever its transaction id`, () => {
      const script = make();
      const status =
        `${answer}(0, null, {level: "status", code: "${code}", description: "${description}"}) on 0`;
      assertEquals(script.receive(command(name, 9, null, "x"), command(name, 0, null, "x")), []);
      assertEquals(script.sent(), ["_result(9, null, null) on 0", status, status]);
      assertEquals(script.session.state, state);
    });
  }

  Deno.test(`Session answers no call with transaction id 0 but createStream while ${state}`, () => {
    const script = make();
    for (const [name, argument] of CALLS) {
      if (name !== "createStream") script.receive(command(name, 0, null, argument));
    }
    assertEquals(script.sent(), []);
    script.receive(command("createStream", 0, null));
    assertEquals(script.sent(), ["_result(0, null, 1) on 0"]);
  });

  Deno.test(`Session answers an unknown call and says that it ignored it while ${state}`, () => {
    const script = make();
    const name = "x".repeat(100);
    assertEquals(script.receive(command(name, 9, null), command("y", 0, null)), [
      { kind: "ignored", what: `command ${"x".repeat(64)}` },
      { kind: "ignored", what: "command y" },
    ]);
    assertEquals(script.sent(), ["_result(9, null, null) on 0"]);
    assertEquals(script.session.state, state);
  });

  Deno.test(`Session takes the viewers of an edge, and ignores what is none, while ${state}`, () => {
    const script = make();
    assertEquals(
      script.receive(
        command("srsViewers", 0, null, 301),
        command("srsViewers", 0, null, -1),
        command("srsViewers", 0, null, "many"),
      ),
      [
        { kind: "viewersReported", viewers: 301 },
        { kind: "ignored", what: "command srsViewers" },
        { kind: "ignored", what: "command srsViewers" },
      ],
    );
    assertEquals(script.sent(), []);
    assertEquals(script.session.state, state);
  });

  Deno.test(`Session answers no answer while ${state}`, () => {
    const script = make();
    const replies = ["_result", "_error", "onStatus"].map((name) => command(name, 9, null));
    assertEquals(script.receive(...replies), []);
    assertEquals(script.sent(), []);
  });
}

Deno.test("Session answers what ends or steers a stream without effect when there is none", () => {
  const script = SessionScript.connected();
  const events = script.receive(
    command("FCUnpublish", 5, null, "x"),
    unpublish(6),
    command("closeStream", 7, null),
    command("deleteStream", 8, null, 1),
    pauseCommand(9),
    resume(10),
  );
  assertEquals(events, []);
  assertEquals(script.sent(), [
    "_result(5, null, undefined) on 0",
    "_result(9, null, undefined) on 0",
    "_result(10, null, undefined) on 0",
  ]);
  assertEquals(script.session.state, "connected");
});

Deno.test("Session passes over pause while it publishes, and over the end of a publish while it plays", () => {
  const publisher = SessionScript.publishing();
  const flags = [pauseCommand(5), resume(6)];
  assertEquals(publisher.receive(...flags), []);
  assertEquals(publisher.sent(), ["_result(5, null, undefined) on 0", "_result(6, null, undefined) on 0"]);

  const player = SessionScript.playing();
  assertEquals(player.receive(command("FCUnpublish", 5, null, "x"), unpublish(6)), []);
  assertEquals(player.sent(), ["_result(5, null, undefined) on 0"]);
  assertEquals(player.session.state, "playing");
});
