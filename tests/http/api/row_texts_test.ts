/**
 * Rows of lists whose text is kept: they are what they would be without, whatever changes.
 *
 * @module
 */
import { RowTexts } from "../../../http/api/row_texts.ts";
import { clientRows, clientView } from "../../../http/api/views/client_view.ts";
import { streamRows, streamsOf, streamView } from "../../../http/api/views/stream_view.ts";
import type { ClientSnapshot } from "../../../stream/live/snapshot.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { fullSnapshot } from "../../support/http/metrics_parts.ts";

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

for (const change of CHANGES) {
  const name = Object.keys(change).join(", ") || "nothing";
  Deno.test(`rows of lists are as a single one is shown after a change of ${name}`, () => {
    const clients = clientRows(VIEW);
    const streams = streamRows(() => NOW_MS, VIEW);
    const { clients: before } = fullSnapshot();
    assert(before.length > 0);
    for (const look of [before, before.map((client) => ({ ...client, ...change })), before]) {
      assertEquals(
        look.map((one) => clients.text(one)),
        look.map((one) => JSON.stringify(clientView(one, VIEW))),
      );
      assertEquals(
        streamsOf(look).map((one) => streams.text(one)),
        streamsOf(look).map((one) => JSON.stringify(streamView(one, NOW_MS, VIEW))),
      );
    }
  });
}

Deno.test("the text of a row that stays is made once, and forgotten with most of the others", () => {
  const [client] = fullSnapshot().clients;
  assert(client !== undefined);
  let made = 0;
  const rows = new RowTexts<ClientSnapshot>({
    key: ({ clientId }) => clientId,
    client: (one) => one,
    fixed: ({ clientId }) => ({ clientId, made: ++made }),
    changing: ({ sendBytes }) => ({ sendBytes }),
  });
  const clients = Array.from({ length: 5 }, (_, clientId) => ({ ...client, clientId, sendBytes: 1 }));
  for (const one of clients) rows.text(one);
  assertEquals(rows.text({ ...client, clientId: 4, sendBytes: 2 }), '{"clientId":4,"made":5,"sendBytes":2}');
  rows.expect(3);
  assertEquals(rows.size, 5);
  rows.expect(2);
  assertEquals(rows.size, 0);
  assertEquals(rows.text({ ...client, clientId: 4, sendBytes: 3 }), '{"clientId":4,"made":6,"sendBytes":3}');
});
