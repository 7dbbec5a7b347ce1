/**
 * How much is sent, by a clock that a test moves, and which players are let in.
 *
 * @module
 */
import { Sources } from "../../../stream/live/mod.ts";
import { EGRESS_CELLS, EgressLimit } from "../../../stream/admission/play/egress_limit.ts";
import { redirectOf } from "../../../stream/admission/play/egress_redirect.ts";
import { RecentRate } from "../../../stream/admission/play/recent_rate.ts";
import { KeyedHash, SharedCounters } from "../../../system/mod.ts";
import { defaultRtmpOptions } from "../../support/rtmp/rtmp_harness.ts";
import { resolveTarget } from "../../../stream/admission/stream_target.ts";
import { assert, assertEquals } from "../../support/assert.ts";

const KEY = "a/live/cam";

/** A limit of its own, or of a thread that shares `cells`. */
function limitOn(cells = new Int32Array(EGRESS_CELLS)) {
  const counts = new SharedCounters(new KeyedHash(new Uint8Array(8)), cells);
  return { counts, egress: new EgressLimit(counts), cells };
}

const NO_SOURCES = new Sources(() => "vid-0000000", {});

Deno.test("RecentRate averages over its span, a younger one over what there is", () => {
  const rate = new RecentRate(5000);
  assertEquals(rate.sample(0, 0), 0);
  assertEquals(rate.sample(1000, 125_000), 1000);
  for (let second = 2; second <= 6; second++) rate.sample(1000 * second, 125_000);
  assertEquals(rate.sample(7000, 125_000), 0);
});

Deno.test("EgressLimit refuses what goes beyond, measured and expected, of the vhost or the server", () => {
  const { counts, egress } = limitOn();
  counts.change(`stream ${KEY}`, 1000);
  const terms = { serverKbps: 0, vhostKbps: 2500 };
  assertEquals([egress.admit("a", KEY, terms, 0), egress.admit("a", KEY, terms, 0)], [undefined, undefined]);
  assertEquals(egress.admit("a", KEY, terms, 0), { most: 2500, wanted: 3000, of: "vhost" });
  // Another vhost has its own.
  assertEquals(egress.admit("b", KEY, terms, 0), undefined);
  assertEquals(egress.admit("c", KEY, { serverKbps: 3500, vhostKbps: 0 }, 0), {
    most: 3500,
    wanted: 4000,
    of: "server",
  });
  // A stream whose bitrate is not known may come while there is room.
  assertEquals(egress.admit("a", "a/live/none", terms, 0), undefined);
});

Deno.test("EgressLimit goes from what is expected to what is measured, and lets others in once players have left", () => {
  const { counts, egress } = limitOn();
  counts.change(`stream ${KEY}`, 1000);
  const terms = { serverKbps: 0, vhostKbps: 1500 };
  assertEquals(egress.admit("a", KEY, terms, 0), undefined);
  egress.sweep(NO_SOURCES, 0);
  for (let second = 1; second <= 10; second++) {
    egress.sent("a", 125_000);
    egress.sweep(NO_SOURCES, 1000 * second);
    assert(egress.admit("a", KEY, terms, 1000 * second) !== undefined, `second ${second}`);
  }
  assertEquals(counts.count("sent a"), 1000);
  for (let second = 11; second <= 15; second++) egress.sweep(NO_SOURCES, 1000 * second);
  assertEquals(counts.count("sent a"), 0);
  assertEquals(egress.admit("a", KEY, terms, 15_000), undefined);
});

Deno.test("EgressLimit expects nothing of a player that was not let in, or has left", () => {
  const { counts, egress } = limitOn();
  counts.change(`stream ${KEY}`, 1000);
  const terms = { serverKbps: 1500, vhostKbps: 1500 };
  for (let i = 0; i < 100; i++) {
    const player = {};
    assertEquals(egress.admit("a", KEY, terms, 0, player), undefined);
    egress.leave("a", player, 0);
    egress.leave("a", player, 0);
  }
  const player = {};
  assertEquals(egress.admit("a", KEY, terms, 0, player), undefined);
  egress.sweep(NO_SOURCES, 1000);
  egress.leave("a", player, 2000);
  egress.sweep(NO_SOURCES, 2000);
  assertEquals([counts.count("sent a"), counts.count("sent *")], [0, 0]);
});

Deno.test("EgressLimit counts over all threads", () => {
  const { counts, egress, cells } = limitOn();
  const other = limitOn(cells).egress;
  counts.change(`stream ${KEY}`, 1000);
  const terms = { serverKbps: 0, vhostKbps: 1500 };
  assertEquals(other.admit("a", KEY, terms, 0), undefined);
  assertEquals(egress.admit("a", KEY, terms, 0)?.wanted, 2000);
});

Deno.test("redirectOf() names the same stream at the address for the player's protocol", () => {
  const target = resolveTarget(
    defaultRtmpOptions(),
    { tcUrl: "rtmp://host/live", app: "live" },
    "cam?token=t",
  );
  const addresses = ["rtmp://edge2.example.com", "https://edge2.example.com:8443"];
  if ("refused" in target) throw new Error("There is such a vhost");
  assertEquals(redirectOf(addresses, "rtmp", target), "rtmp://edge2.example.com/live/cam?token=t");
  assertEquals(redirectOf(addresses, "hls", target), "https://edge2.example.com:8443/live/cam.m3u8?token=t");
  assertEquals(redirectOf(["rtmp://a"], "ws-flv", target), undefined);
  const other = { ...target, vhost: { ...target.vhost, name: "tv.example.com" } };
  assertEquals(
    redirectOf(addresses, "http-flv", other),
    "https://edge2.example.com:8443/live/cam.flv?token=t&vhost=tv.example.com",
  );
});
