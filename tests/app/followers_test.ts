/**
 * Events about segments: with what is known of their publish, whichever of the two is known first.
 *
 * @module
 */
import type { ActivityEvent, FinishedSegment, Publications } from "../../core/mod.ts";
import { Followers } from "../../app/followers.ts";
import { loadConfig } from "../../config/mod.ts";
import { assertEquals } from "../support/assert.ts";
import { playEvent } from "../support/http/activity_events.ts";
import { ManualClock } from "../support/manual_clock.ts";

const NO_HOOKS: Publications = { find: () => undefined };
const PLACE = ["__defaultVhost__", "live", "livestream"] as const;

function segment(sequence: number): FinishedSegment {
  return { sequence, durationMs: 2000, bytes: 10, startMs: 0, url: "", playlistUrl: "" };
}

Deno.test("Followers reports segments with the client that publishes, with and without hooks", () => {
  const { config } = loadConfig({ env: {}, version: "", serverId: "" });
  const all = new Followers(config, "abc", new ManualClock());
  const events: ActivityEvent[] = [];
  all.events.emit = (event) => void events.push(event);
  const hooked: number[] = [];
  const hooks: Publications = {
    find: () => ({ segmentFinished: ({ sequence }) => void hooked.push(sequence) }),
  };
  const publish = (clientId: number) => all.emit(playEvent({ kind: "on_publish", clientId }));
  const unpublish = (clientId: number) => all.emit(playEvent({ kind: "on_unpublish", clientId }));
  // Muxed on another thread, before its publish is known here.
  const first = all.publications(NO_HOOKS).find(...PLACE);
  publish(1);
  first?.segmentFinished(segment(1));
  unpublish(1);
  // The last one, after the end; then of the one that follows.
  first?.segmentFinished(segment(2));
  publish(2);
  const second = all.publications(hooks).find(...PLACE);
  publish(3);
  unpublish(2);
  second?.segmentFinished(segment(3));
  all.publications(NO_HOOKS).find(...PLACE)?.segmentFinished(segment(4));
  all.publications(NO_HOOKS).find("other", "live", "livestream")?.segmentFinished(segment(5));
  const segments = events.filter(({ kind }) => kind === "on_hls");
  assertEquals(segments.map(({ clientId, segment }) => [clientId, segment?.sequence]), [
    ...[[1, 1], [1, 2], [2, 3], [3, 4]],
  ]);
  assertEquals(hooked, [3]);
});
