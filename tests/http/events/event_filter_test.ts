/**
 * Which events a listener gets.
 *
 * @module
 */
import { EventFilter } from "../../../http/events/event_filter.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { playEvent } from "../../support/http/activity_events.ts";

function filter(query: string): EventFilter {
  const read = EventFilter.of(new URLSearchParams(query));
  if (typeof read === "string") throw new Error(read);
  return read;
}

const CASES = [
  { query: "", accepts: true },
  { query: "vhost=__defaultVhost__", accepts: true },
  { query: "vhost=other", accepts: false },
  { query: "app=live&stream=livestream", accepts: true },
  { query: "app=live&stream=other", accepts: false },
  { query: "app=", accepts: false },
  { query: "kind=on_play", accepts: true },
  { query: "kind=on_stop,on_play", accepts: true },
  { query: "kind=on_stop&kind=on_play", accepts: true },
  { query: "kind=on_stop", accepts: false },
];
for (const { query, accepts } of CASES) {
  Deno.test(`EventFilter "${query}" ${accepts ? "accepts" : "leaves out"} a play`, () => {
    assertEquals(filter(query).accepts(playEvent()), accepts);
  });
}

Deno.test("EventFilter by stream leaves out events about connections", () => {
  const { stream: _, ...connection } = playEvent({ kind: "on_connect" });
  assert(!filter("stream=livestream").accepts(connection));
});

Deno.test("EventFilter has one key for equal choices", () => {
  assertEquals(filter("kind=on_play,on_stop").key, filter("kind=on_stop&kind=on_play").key);
  assertEquals(filter("").key, filter("x=1").key);
  assert(filter("app=a").key !== filter("stream=a").key);
});

Deno.test("EventFilter names the kinds that there are", () => {
  const fault = EventFilter.of(new URLSearchParams("kind=on_plya"));
  assert(typeof fault === "string" && fault.includes("on_plya") && fault.includes("on_play"), String(fault));
});
