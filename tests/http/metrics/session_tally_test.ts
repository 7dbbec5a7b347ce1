/**
 * What counts as an error of a client.
 *
 * @module
 */
import type { ActivityEvent, EndReason, Protocol } from "../../../core/mod.ts";
import { SessionTally } from "../../../http/metrics/session_tally.ts";
import { assertEquals } from "../../support/assert.ts";
import { playEvent } from "../../support/http/activity_events.ts";

function ended(
  kind: ActivityEvent["kind"],
  protocol: Protocol,
  reason: EndReason,
): ActivityEvent {
  return playEvent({ kind, protocol, ending: { reason, durationMs: 1, sendBytes: 1, recvBytes: 1 } });
}

Deno.test("SessionTally counts a client that failed once, and denials", () => {
  const tally = new SessionTally();
  tally.emit(playEvent());
  // A connection of RTMP that breaks ends its play too.
  tally.emit(ended("on_stop", "rtmp", "network"));
  tally.emit(ended("on_close", "rtmp", "network"));
  tally.emit(ended("on_stop", "http-flv", "timeout"));
  tally.emit(ended("on_stop", "hls", "idle"));
  tally.emit(ended("on_close", "rtmp", "kicked"));
  tally.emit(playEvent({ kind: "denied" }));
  const { byKind, errors } = tally.counts();
  assertEquals(errors, 3);
  assertEquals([byKind.on_play, byKind.on_stop, byKind.on_close, byKind.denied, byKind.on_publish], [
    1,
    3,
    2,
    1,
    0,
  ]);
});
