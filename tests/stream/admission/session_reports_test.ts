/**
 * Tests of `stream/admission/session_reports.ts`: what is reported, and that it costs nothing where nobody follows.
 *
 * @module
 */
import type { ActivityEvent } from "../../../core/mod.ts";
import { type ReportedClient, SessionReports } from "../../../stream/admission/session_reports.ts";
import { assertEquals } from "../../support/assert.ts";
import { ManualClock } from "../../support/manual_clock.ts";
import { FACTS } from "./support.ts";

const STREAM = { stream: "cam", param: "", streamUrl: "/live/cam", streamId: "vid-1234567" };

Deno.test("SessionReports looks at no session while nobody follows, and at each once somebody does", () => {
  let looks = 0;
  const client: ReportedClient = {
    get clientId() {
      looks += 1;
      return 7;
    },
    ip: "192.0.2.1",
    protocol: "rtmp",
  };
  const events: ActivityEvent[] = [];
  const reports = new SessionReports(new ManualClock());
  const use = { vhost: "a", app: "live", stream: STREAM };
  const ending = { reason: "client", durationMs: 5, sendBytes: 1, recvBytes: 2 } as const;
  const report = () => {
    reports.began("play", client, FACTS, use);
    reports.ended("play", client, FACTS, use, ending);
    reports.denied("play", client, { vhost: "a" }, { rule: "key", reason: "No" });
  };

  report();
  assertEquals(looks, 0);
  reports.setSink({ emit: (event) => void events.push(event) });
  report();
  assertEquals(events.map(({ kind, clientId }) => [kind, clientId]), [
    ["on_play", 7],
    ["on_stop", 7],
    ["denied", 7],
  ]);
});
