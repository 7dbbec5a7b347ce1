/**
 * What a client is sent before the server ends its connection, by what the client is doing.
 *
 * @module
 */
import { assertEquals } from "../../support/assert.ts";
import { command, connect, SessionScript, statusLine } from "../../support/rtmp/session_script.ts";

/** A session whose client has sent its last command. */
function asking(name: string): SessionScript {
  const script = SessionScript.connected();
  script.request(command(name, 4, null, "livestream"));
  return script;
}

/** A session whose request was refused. */
function refused(): SessionScript {
  const script = SessionScript.connected();
  const requestId = script.request(command("publish", 4, null, "livestream"));
  script.session.reject(requestId, { code: "NetStream.Publish.BadName", description: "Busy" });
  script.sent();
  return script;
}

const REJECTED = statusLine("error", "NetStream.Publish.Rejected", "Kicked");
const FAILED = statusLine("error", "NetStream.Play.Failed", "Kicked");
const CLOSED =
  'onStatus(0, null, {level: "error", code: "NetConnection.Connect.Closed", description: "Kicked"}) on 0';

const CASES = [
  { doing: "has not connected", script: () => new SessionScript(), sent: [] },
  { doing: "does nothing", script: () => SessionScript.connected(), sent: [CLOSED] },
  { doing: "asks to publish", script: () => asking("publish"), sent: [REJECTED] },
  { doing: "publishes", script: () => SessionScript.publishing(), sent: [REJECTED] },
  { doing: "asks to play", script: () => asking("play"), sent: [FAILED] },
  { doing: "plays", script: () => SessionScript.playing(), sent: [FAILED] },
  { doing: "was refused", script: refused, sent: [] },
];
for (const { doing, script, sent } of CASES) {
  Deno.test(`Session.dismiss() sends ${sent.length === 0 ? "nothing" : "a status"} to a client that ${doing}`, () => {
    const dismissed = script();
    dismissed.session.dismiss("Kicked");
    assertEquals(dismissed.sent(), sent);
  });
}

Deno.test("Session.dismiss() answers a connect that waits for its answer", () => {
  const script = new SessionScript();
  script.request(connect());
  script.session.dismiss("Kicked");
  assertEquals(script.sent(), [
    "setChunkSize 4096",
    '_error(1, null, {level: "error", code: "NetConnection.Connect.Rejected", description: "Kicked"}) on 0',
  ]);
});
