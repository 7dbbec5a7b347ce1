import { type SessionFacts, sessionFacts, writePayload } from "../../../hooks/contract/payload.ts";
import { assert, assertEquals } from "../../support/assert.ts";

const CONNECTION: SessionFacts = {
  sessionId: "01JD7Z",
  serverId: "vid-858kb84",
  serviceId: "vd4g431f",
  clientId: 4,
  ip: "192.168.1.10",
  vhost: "__defaultVhost__",
  app: "live",
  tcUrl: "rtmp://video.test.com/live?k=v",
  pageUrl: "",
  protocol: "rtmp",
  startedAt: 0,
};
const STREAM: SessionFacts = {
  ...CONNECTION,
  stream: {
    stream: "livestream",
    param: "?token=x",
    streamUrl: "/live/livestream",
    streamId: "vid-0k1j2h3",
  },
};
const AT = Date.UTC(2026, 10, 22, 9, 41, 33, 123);
const END = { reason: "client", durationMs: 61_234, sendBytes: 3421, recvBytes: 9_182_734 } as const;
const HEAD = '"client_id":4,"ip":"192.168.1.10","vhost":"__defaultVhost__","app":"live"';
const TAIL =
  '"server_id":"vid-858kb84","service_id":"vd4g431f","session_id":"01JD7Z","protocol":"rtmp","time":"2026-11-22T09:41:33.123Z"';
const FULL_STREAM =
  `"stream":"livestream","tcUrl":"rtmp://video.test.com/live?k=v","param":"?token=x","stream_url":"/live/livestream","stream_id":"vid-0k1j2h3"`;
const FULL_END = '"reason":"client","duration_ms":61234,"send_bytes":3421,"recv_bytes":9182734';
const SRV = '"server_id":"vid-858kb84","service_id":"vd4g431f"';
const HEAD6 = '"client_id":"4","ip":"192.168.1.10","vhost":"__defaultVhost__","app":"live"';
const TC_URL = '"tcUrl":"rtmp://video.test.com/live?k=v"';
const STREAM6 = '"stream_url":"/live/livestream","stream_id":"vid-0k1j2h3"';

const SEGMENT = {
  sequence: 1_795_340_493,
  durationMs: 2002,
  bytes: 251_904,
  startMs: Date.UTC(2026, 10, 22, 9, 41, 31, 121),
  url: "live/livestream-1795340493.ts",
  playlistUrl: "live/livestream.m3u8",
  files: {
    cwd: "/srv",
    file: "./html/live/livestream-1795340493.ts",
    m3u8: "./html/live/livestream.m3u8",
  },
} as const;
const SEGMENT_FIELDS = [
  '"duration":2.002,"cwd":"/srv","file":"./html/live/livestream-1795340493.ts"',
  '"url":"live/livestream-1795340493.ts","m3u8":"./html/live/livestream.m3u8"',
  '"m3u8_url":"live/livestream.m3u8","seq_no":1795340493',
].join(",");
const SEGMENT_EXTRAS = '"bytes":251904,"start":"2026-11-22T09:41:31.121Z"';

const RECORDING = {
  recording: {
    ...{ id: "rec-1", number: 0, clientId: 4, vhost: "__defaultVhost__", app: "live", stream: "livestream" },
    ...{ file: "./rec/live/livestream.mp4", root: "./rec" },
    ...{ startMs: Date.UTC(2026, 10, 22, 9, 41, 31, 121), bytes: 918_004 },
    ...{ durationMs: 61_200.4, reason: "segment" as const },
  },
  cwd: "/srv",
} as const;
const RECORDING_FIELDS = '"cwd":"/srv","file":"./rec/live/livestream.mp4"';

const GOLDEN = [
  {
    payload: "1.0",
    event: "on_connect",
    facts: CONNECTION,
    text: `{"action":"on_connect",${HEAD},"pageUrl":""}`,
  },
  {
    payload: "6.0",
    event: "on_forward",
    facts: STREAM,
    text: `{"action":"on_forward",${SRV},${HEAD6},${TC_URL},"stream":"livestream","param":"?token=x"}`,
  },
  { payload: "1.0", event: "on_close", facts: STREAM, text: `{"action":"on_close",${HEAD}}` },
  ...(["on_publish", "on_unpublish", "on_play", "on_stop"] as const).map((event) => ({
    payload: "1.0" as const,
    event,
    facts: STREAM,
    text: `{"action":"${event}",${HEAD},"stream":"livestream?token=x"}`,
  })),
  {
    payload: "full",
    event: "on_connect",
    facts: CONNECTION,
    text: `{"action":"on_connect",${HEAD},"pageUrl":"",${TC_URL},${TAIL}}`,
  },
  {
    payload: "full",
    event: "on_close",
    facts: CONNECTION,
    end: END,
    text: `{"action":"on_close",${HEAD},${TC_URL},${TAIL},${FULL_END}}`,
  },
  {
    payload: "full",
    event: "on_close",
    facts: STREAM,
    end: END,
    text: `{"action":"on_close",${HEAD},${FULL_STREAM},${TAIL},${FULL_END}}`,
  },
  {
    payload: "full",
    event: "on_publish",
    facts: STREAM,
    text: `{"action":"on_publish",${HEAD},${FULL_STREAM},${TAIL}}`,
  },
  {
    payload: "full",
    event: "on_play",
    facts: { ...STREAM, pageUrl: "https://page.example/" },
    text: `{"action":"on_play",${HEAD},${
      FULL_STREAM.replace(`${TC_URL},`, `${TC_URL},"pageUrl":"https://page.example/",`)
    },${TAIL}}`,
  },
  ...(["on_unpublish", "on_stop"] as const).map((event) => ({
    payload: "full" as const,
    event,
    facts: STREAM,
    end: END,
    text: `{"action":"${event}",${HEAD},${FULL_STREAM},${TAIL},${FULL_END}}`,
  })),
  {
    payload: "6.0",
    event: "on_connect",
    facts: CONNECTION,
    text: `{${SRV},"action":"on_connect",${HEAD6},"stream":"","param":"?k=v",${TC_URL},"pageUrl":""}`,
  },
  {
    payload: "6.0",
    event: "on_close",
    facts: STREAM,
    end: END,
    text: `{${SRV},"action":"on_close",${HEAD6},"send_bytes":3421,"recv_bytes":9182734}`,
  },
  ...(["on_publish", "on_unpublish", "on_stop"] as const).map((event) => ({
    payload: "6.0" as const,
    event,
    facts: STREAM,
    text:
      `{${SRV},"action":"${event}",${HEAD6},${TC_URL},"stream":"livestream","param":"?token=x",${STREAM6}}`,
  })),
  {
    payload: "6.0",
    event: "on_play",
    facts: STREAM,
    text:
      `{${SRV},"action":"on_play",${HEAD6},"stream":"livestream",${TC_URL},"param":"?token=x","pageUrl":"",${STREAM6}}`,
  },
  {
    payload: "1.0",
    event: "on_hls",
    facts: STREAM,
    end: SEGMENT,
    text: `{"action":"on_hls",${HEAD},"stream":"livestream?token=x",${SEGMENT_FIELDS}}`,
  },
  {
    payload: "full",
    event: "on_hls",
    facts: STREAM,
    end: SEGMENT,
    text: `{"action":"on_hls",${HEAD},${FULL_STREAM},${TAIL},${SEGMENT_FIELDS},${SEGMENT_EXTRAS}}`,
  },
  {
    payload: "6.0",
    event: "on_hls",
    facts: STREAM,
    end: SEGMENT,
    text:
      `{${SRV},"action":"on_hls",${HEAD6},${TC_URL},"stream":"livestream","param":"?token=x",${SEGMENT_FIELDS},${STREAM6}}`,
  },
  {
    payload: "1.0",
    event: "on_dvr",
    facts: STREAM,
    end: RECORDING,
    text: `{"action":"on_dvr",${HEAD},"stream":"livestream?token=x",${RECORDING_FIELDS}}`,
  },
  {
    payload: "full",
    event: "on_dvr",
    facts: STREAM,
    end: RECORDING,
    text:
      `{"action":"on_dvr",${HEAD},${FULL_STREAM},${TAIL},${RECORDING_FIELDS},"duration":61.2,"bytes":918004,` +
      '"start":"2026-11-22T09:41:31.121Z","reason":"segment"}',
  },
  {
    payload: "6.0",
    event: "on_dvr",
    facts: STREAM,
    end: RECORDING,
    text:
      `{${SRV},"action":"on_dvr",${HEAD6},${TC_URL},"stream":"livestream","param":"?token=x",${RECORDING_FIELDS},${STREAM6}}`,
  },
] as const;

for (const { payload, event, facts, text, ...rest } of GOLDEN) {
  const about = "stream" in facts ? "with a stream" : "without a stream";
  Deno.test(`writePayload() writes ${payload} ${event} ${about} byte for byte`, () => {
    const progress = "end" in rest ? rest.end : undefined;
    assertEquals(writePayload(payload, event, facts, AT, progress), text);
  });
}

for (
  const [tcUrl, param, stream] of [
    ["rtmp://h/live", "?token=x", "cam?token=x"],
    ["rtmp://h/live?key=1", "?key=1", "cam"],
    ["rtmp://h/live?key=1", "?key=1&token=x", "cam?token=x"],
    ["rtmp://h/live?key=1", "?key=1#part", "cam#part"],
    ["rtmp://h/live?key=1", "?key=12", "cam?key=12"],
    ["rtmp://h/live...vhost...v", "?vhost=v", "cam"],
    ["rtmp://h/live?vhost=__defaultVhost__", "", "cam"],
  ] as const
) {
  Deno.test(`writePayload() 1.0 names the stream ${stream} as it was sent to ${tcUrl}`, () => {
    const named = { stream: "cam", param, streamUrl: "/live/cam", streamId: "vid-0k1j2h3" };
    const facts = { ...STREAM, tcUrl, stream: named };
    assertEquals(JSON.parse(writePayload("1.0", "on_publish", facts, AT)).stream, stream);
  });
}

Deno.test("writePayload() leaves out the files of a segment that is in memory alone", () => {
  const { files: _, ...rest } = SEGMENT;
  const segment = { ...rest, url: "", playlistUrl: "" };
  const body = writePayload("6.0", "on_hls", STREAM, AT, segment);
  assertEquals(body.slice(body.indexOf('"duration"')), `"duration":2.002,"seq_no":1795340493,${STREAM6}}`);
});

Deno.test("writePayload() escapes what clients name", () => {
  const app = 'li"ve\\\n\u0000\u2028\ud800é';
  const body = writePayload("1.0", "on_connect", { ...CONNECTION, app, pageUrl: '"}' }, AT);
  const parsed = JSON.parse(body);
  assertEquals(parsed.app, app);
  assertEquals(parsed.pageUrl, '"}');
  assert(!body.includes("\n"));
});

Deno.test("payload full says which trusted edge the client is; the others have SRS's fields alone", () => {
  const edge = { ...STREAM, edgeServerId: "vid-edge000" };
  const facts = '"time":"2026-11-22T09:41:33.123Z","is_edge":true,"edge_server_id":"vid-edge000"';
  assert(writePayload("full", "on_play", edge, AT).endsWith(`${facts}}`));
  assert(writePayload("full", "on_stop", edge, AT, END).endsWith(`${facts},${FULL_END}}`));
  for (const payload of ["1.0", "6.0"] as const) {
    assertEquals(writePayload(payload, "on_play", edge, AT), writePayload(payload, "on_play", STREAM, AT));
  }
});

Deno.test("sessionFacts() has the edge of a client that came through one", () => {
  const { clientId, ip, vhost, app, tcUrl, pageUrl, protocol, ...ids } = CONNECTION;
  const client = { clientId, ip, vhost, app, tcUrl, pageUrl, protocol };
  assertEquals(sessionFacts(ids, client, undefined), CONNECTION);
  const edge = { edgeServerId: "vid-edge000" };
  assertEquals(sessionFacts(ids, { ...client, ...edge }, STREAM.stream), { ...STREAM, ...edge });
});
