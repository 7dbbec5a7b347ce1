/**
 * Rows of lists whose text is kept: they are what they would be without, whatever changes.
 *
 * @module
 */
import { RowTexts } from "../../../http/api/row_texts.ts";
import { ByteText } from "../../../http/byte_text.ts";
import { clientRows } from "../../../http/api/views/client_view.ts";
import { streamRows, streamsOf } from "../../../http/api/views/stream_view.ts";
import type { ClientSnapshot } from "../../../stream/live/snapshot.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { clientOf, fullSnapshot, publisherOf } from "../../support/http/metrics_parts.ts";

const VIEW = { vhostId: (name: string) => `vid-${name}`, mask: (text: string) => `masked ${text}` };
const NOW_MS = 1_700_000_000_000;
const CHANGES: readonly Partial<ClientSnapshot>[] = [
  {},
  { aliveMs: 12_345.6, sendBytes: 7, recvBytes: 8, sendKbps: 9, recvKbps: 10, jumps: 11, droppedMs: 1200 },
  { stream: "renamed" },
  { streamUrl: "/live/renamed" },
  { streamId: "vid-renamed" },
  { app: "other" },
  { vhost: "other.example" },
  { tcUrl: "rtmp://other/live" },
  { pageUrl: "http://other/" },
  { swfUrl: "http://other/a.swf" },
  { ip: "10.0.0.1" },
  { protocol: "http-flv" },
  { role: "play" },
  { role: "publish" },
  { edgeServerId: "edge", edgeViewers: 3 },
];

/** The row that is made of a member. */
function rowOf<T>(rows: RowTexts<T>, member: T): string {
  const text = new ByteText();
  rows.write(member, text);
  return new TextDecoder().decode(text.take());
}

for (const change of CHANGES) {
  const name = Object.keys(change).join(", ") || "nothing";
  Deno.test(`rows of lists are as they are made for the first time after a change of ${name}`, () => {
    const clients = clientRows(VIEW);
    const streams = streamRows(() => NOW_MS, VIEW);
    const { clients: before } = fullSnapshot();
    assert(before.length > 0);
    for (const look of [before, before.map((client) => ({ ...client, ...change })), before]) {
      assertEquals(
        look.map((one) => rowOf(clients, one)),
        look.map((one) => rowOf(clientRows(VIEW), one)),
      );
      assertEquals(
        streamsOf(look).map((one) => rowOf(streams, one)),
        streamsOf(look).map((one) => rowOf(streamRows(() => NOW_MS, VIEW), one)),
      );
    }
  });
}

Deno.test("a row of clients has all that is known of one", () => {
  const client = clientOf(7, {
    ...{ aliveMs: 12_345.6, sendBytes: 5_000_000_000, recvBytes: 8, sendKbps: 9, recvKbps: 10 },
    ...{ jumps: 11, droppedMs: 1200, edgeServerId: 'an "edge"', edgeViewers: 3 },
  });
  const row = {
    ...{ id: "7", vhost: "vid-__defaultVhost__", stream: "vid-livestream", ip: "192.0.2.1" },
    ...{ pageUrl: "masked ", swfUrl: "masked ", tcUrl: "masked rtmp://h/live", url: "/live/livestream" },
    ...{ name: "livestream", type: "rtmp-play", protocol: "rtmp", publish: false },
    ...{ alive: 12.346, send_bytes: 5_000_000_000, recv_bytes: 8, kbps: { recv_30s: 10, send_30s: 9 } },
    ...{ jumps: 11, is_edge: true, edge_server_id: 'an "edge"', dropped_seconds: 1.2 },
  };
  assertEquals(rowOf(clientRows(VIEW), client), JSON.stringify(row));
  const { edgeServerId: _, ...others } = client;
  assertEquals(
    rowOf(clientRows(VIEW), others),
    JSON.stringify({ ...row, is_edge: false, edge_server_id: null }),
  );
});

Deno.test("a row of streams adds its players up", () => {
  const publisher = publisherOf(1, "a");
  const players = [
    clientOf(2, { stream: "a", sendBytes: 10, sendKbps: 1 }),
    clientOf(3, { stream: "a", sendBytes: 20, sendKbps: 2, protocol: "hls" }),
    clientOf(4, { stream: "a", sendBytes: 30, sendKbps: 3, edgeServerId: "edge", edgeViewers: 5 }),
  ];
  const [stream] = streamsOf([publisher, ...players]);
  assert(stream !== undefined);
  const row = {
    ...{ id: "vid-a", name: "a", vhost: "vid-__defaultVhost__", app: "live" },
    ...{ tcUrl: "masked rtmp://h/live", url: "/live/a", live_ms: NOW_MS, alive: 2.5, clients: 4 },
    ...{ viewers: { rtmp: 1, hls: 1, edge: 5 }, frames: 70, video_frames: 30, audio_frames: 40 },
    ...{ send_bytes: 60, recv_bytes: 500, kbps: { recv_30s: 800, send_30s: 6 } },
    publish: { active: true, cid: "1" },
    video: { codec: "H.264", profile: "", level: "", width: 0, height: 0 },
    audio: { codec: "AAC", sample_rate: 0, channel: 0, profile: "" },
    forward: [],
  };
  assertEquals(rowOf(streamRows(() => NOW_MS, VIEW), stream), JSON.stringify(row));
});

Deno.test("the text of a row that stays is made once, and forgotten with most of the others", () => {
  const [client] = fullSnapshot().clients;
  assert(client !== undefined);
  let made = 0;
  const rows = new RowTexts<ClientSnapshot>({
    key: ({ clientId }) => clientId,
    client: (one) => one,
    fixed: ({ clientId }) => ({ clientId, made: ++made }),
    addChanging: ({ sendBytes }, to) => to.addText(`,"sendBytes":${sendBytes}`),
  });
  const clients = Array.from({ length: 5 }, (_, clientId) => ({ ...client, clientId, sendBytes: 1 }));
  for (const one of clients) rowOf(rows, one);
  assertEquals(
    rowOf(rows, { ...client, clientId: 4, sendBytes: 2 }),
    '{"clientId":4,"made":5,"sendBytes":2}',
  );
  rows.expect(3);
  assertEquals(rows.size, 5);
  rows.expect(2);
  assertEquals(rows.size, 0);
  assertEquals(
    rowOf(rows, { ...client, clientId: 4, sendBytes: 3 }),
    '{"clientId":4,"made":6,"sendBytes":3}',
  );
});

Deno.test("a row of streams shows the media of its publish as they are, though what is said of them is kept", () => {
  const rows = streamRows(() => NOW_MS, VIEW);
  const shown = (publisher: ClientSnapshot) => {
    const [stream] = streamsOf([publisher]);
    assert(stream !== undefined);
    const { publish, video, audio, encoder, forward } = JSON.parse(rowOf(rows, stream));
    return { publish, video, audio, encoder, forward };
  };
  const publisher = publisherOf(1, "cam");
  const { publication } = publisher;
  assert(publication !== undefined);
  const of = (changes: Partial<typeof publication>) =>
    shown({ ...publisher, publication: { ...publication, ...changes } });
  const publish = { active: true, cid: "1" };
  const video = { codec: "H.264", profile: "", level: "", width: 0, height: 0 };
  const audio = { codec: "AAC", sample_rate: 0, channel: 0, profile: "" };
  const first = { publish, video, audio, encoder: undefined, forward: [] };
  assertEquals(of({}), first);
  assertEquals(of({ videoMessages: 31, forward: ["rtmp://u:p@far/live/key"] }), {
    ...first,
    forward: ["rtmp://far"],
  });
  const media = { videoCodec: "", audioCodec: "Opus", sampleRate: 48_000, encoder: 'an "encoder"' };
  assertEquals(of({ media }), {
    ...{ publish, video: null, audio: { ...audio, codec: "Opus", sample_rate: 48_000 } },
    ...{ encoder: 'an "encoder"', forward: [] },
  });
  assertEquals(of({}), first);
  const { publication: _, ...player } = { ...publisher, role: "play" as const };
  assertEquals(shown(player), {
    ...{ publish: { active: false, cid: "" }, video: null, audio: null, encoder: undefined, forward: [] },
  });
});
