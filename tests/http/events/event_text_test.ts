/**
 * Events as bytes of a stream.
 *
 * @module
 */
import type { ActivityEvent } from "../../../core/mod.ts";
import {
  encodeEvent,
  encodeLost,
  encodePing,
  eventBody,
  readEventId,
} from "../../../http/events/event_text.ts";
import { maskSecrets } from "../../../system/log/mask.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { playEvent } from "../../support/http/activity_events.ts";

const ID = { service: "abc", number: 12 };

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

Deno.test("encodeEvent() writes one data line, with secrets masked", () => {
  const event = playEvent({ pageUrl: "http://page/\n?key=hello" });
  const lines = text(encodeEvent(ID, event, maskSecrets)).split("\n");
  assertEquals([lines[0], lines[1], lines.length], ["id: abc-12", "event: on_play", 5]);
  assertEquals(JSON.parse(lines[2]?.slice("data: ".length) ?? ""), {
    action: "on_play",
    client_id: 7,
    ip: "192.0.2.1",
    protocol: "rtmp",
    vhost: "__defaultVhost__",
    app: "live",
    stream: "livestream",
    tcUrl: "rtmp://h/live?secret=***",
    pageUrl: "http://page/\n?key=***",
    param: "?token=***",
    stream_url: "/live/livestream",
    stream_id: "vid-0123456",
    time: "2023-11-14T22:13:20.000Z",
  });
});

Deno.test("encodeEvent() cuts what a client made long", () => {
  const bytes = encodeEvent(
    ID,
    playEvent({ tcUrl: "x".repeat(60_000), pageUrl: "y".repeat(60_000) }),
    (t) => t,
  );
  assert(bytes.length < 3000, `${bytes.length} bytes`);
});

Deno.test("an ending, a denial and a format have their members", () => {
  const ending = { reason: "client", durationMs: 5, sendBytes: 6, recvBytes: 7 } as const;
  const denial = { request: "play", rule: "key", description: "The key is wrong" } as const;
  const format = { video: "H.264", width: 640, height: 360, encoder: "x" };
  const body = text(encodeEvent(ID, { ...playEvent(), ending, denial, format }, (t) => t));
  const { reason, duration_ms, send_bytes, recv_bytes, request, rule, description, video, width } = JSON
    .parse(
      body.split("\n")[2]?.slice("data: ".length) ?? "",
    );
  assertEquals([reason, duration_ms, send_bytes, recv_bytes], ["client", 5, 6, 7]);
  assertEquals([request, rule, description, video, width], ["play", "key", "The key is wrong", "H.264", 640]);
});

Deno.test("a segment has the members of its hook, without those that are not known", () => {
  const segment = {
    sequence: 9,
    durationMs: 2002,
    bytes: 70,
    startMs: 1_700_000_000_000,
    url: "",
    playlistUrl: "",
  };
  const files = { cwd: "/srv", file: "./html/a-9.m4s", m3u8: "./html/a.m3u8" };
  const members = (event: ActivityEvent) => {
    const { duration, cwd, file, url, m3u8, m3u8_url, seq_no, bytes, start, client_id } = eventBody(
      event,
      (t) => t,
    );
    return { duration, cwd, file, url, m3u8, m3u8_url, seq_no, bytes, start, client_id };
  };
  const start = "2023-11-14T22:13:20.000Z";
  const none = { cwd: undefined, file: undefined, url: undefined, m3u8: undefined, m3u8_url: undefined };
  const known = { duration: 2.002, seq_no: 9, bytes: 70, start, client_id: 7 };
  assertEquals(members(playEvent({ kind: "on_hls", segment })), { ...none, ...known });
  const onDisk = { ...segment, files, url: "a-9.m4s", playlistUrl: "a.m3u8" };
  assertEquals(members(playEvent({ kind: "on_hls", segment: onDisk })), {
    ...{ ...files, url: "a-9.m4s", m3u8_url: "a.m3u8" },
    ...known,
  });
});

Deno.test("what an operator changes is about no client", () => {
  const place = { wallMs: 1_700_000_000_000, vhost: "", app: "" };
  const time = "2023-11-14T22:13:20.000Z";
  const ban = {
    id: "abc",
    kind: "ip",
    value: "192.0.2.1",
    reason: "",
    expiresAt: 5,
    cause: "lifted",
  } as const;
  assertEquals(eventBody({ ...place, kind: "unban", ban }, (t) => t), {
    ...{ action: "unban", time, id: "abc", kind: "ip", value: "192.0.2.1", reason: "" },
    ...{ expires_ms: 5, cause: "lifted" },
  });
  const logLevel = { from: "trace", to: "info" } as const;
  assertEquals(eventBody({ ...place, kind: "log_level", logLevel }, (t) => t), {
    ...{ action: "log_level", time, from: "trace", to: "info" },
  });
});

Deno.test("a recording has its file, whose secrets are masked, and no address", () => {
  const recording = { file: "rec/token=hello.flv", durationMs: 1500.4, bytes: 9, reason: "client" } as const;
  const { ip: _ip, protocol: _protocol, ...place } = playEvent({ kind: "on_dvr" });
  const [, kind, data = ""] = text(encodeEvent(ID, { ...place, recording }, maskSecrets)).split("\n");
  const { ip, file, duration_ms, bytes, reason } = JSON.parse(data.slice("data: ".length));
  assertEquals([kind, ip, file, duration_ms, bytes, reason], [
    ...["event: on_dvr", undefined, "rec/token=***", 1500, 9, "client"],
  ]);
});

Deno.test("encodeLost() says how many, or that nobody knows", () => {
  const lost = (count: number | undefined): string => text(encodeLost(ID, count, "slow"));
  assertEquals(lost(3), 'id: abc-12\nevent: lost\ndata: {"action":"lost","count":3,"cause":"slow"}\n\n');
  assert(lost(undefined).includes('"count":null'));
});

Deno.test("encodePing() has an id and no data", () => {
  assertEquals(text(encodePing(ID)), ": ping\nid: abc-12\n\n");
});

Deno.test("readEventId() reads what was written and nothing else", () => {
  assertEquals(readEventId("abc-12"), ID);
  for (const bad of ["", "12", "abc-", "abc-x", "a b-1", `abc-${"9".repeat(16)}`, "ABC-1", "abc-1\n"]) {
    assertEquals(readEventId(bad), undefined, bad);
  }
});
