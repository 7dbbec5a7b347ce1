/**
 * A client as SRS's API shows it, and what this server knows beyond. Pure.
 *
 * @module
 */
import type { ClientSnapshot } from "../../../stream/live/mod.ts";
import { type ByteText, utf8 } from "../../byte_text.ts";
import type { JsonObject } from "../reply.ts";
import { RowTexts } from "../row_texts.ts";
import {
  count,
  flag,
  nullable,
  number,
  object,
  oneOfTexts,
  type Schema,
  text,
} from "../schema/json_schema.ts";

/** All streams of one response have one name in SRS; `protocol` tells them apart. */
const REMUX = { publish: "flv-publish", play: "flv-play", none: "flv-connect" };
/** SRS's words for what a client does. */
const TYPES: Readonly<Record<ClientSnapshot["protocol"], Readonly<Record<ClientSnapshot["role"], string>>>> =
  {
    rtmp: { publish: "fmle-publish", play: "rtmp-play", none: "rtmp-connect" },
    "http-flv": REMUX,
    "ws-flv": REMUX,
    "http-ts": REMUX,
    "http-mp3": REMUX,
    "http-aac": REMUX,
    hls: { publish: "hls-publish", play: "hls-play", none: "hls-connect" },
    pull: { publish: "pull-publish", play: "pull-play", none: "pull-connect" },
  };

/** Rates of the latest 30 to 35 seconds. */
export const KBPS: Schema = object({
  recv_30s: number("From clients, kbit/s."),
  send_30s: number("To clients, kbit/s."),
});

/** One of `clients`. */
export const CLIENT: Schema = object({
  id: text("The same in hooks and log lines."),
  vhost: text("Id of its vhost."),
  stream: text("Id of its stream, empty where there is none."),
  ip: text("Its address."),
  pageUrl: text("The page that plays, its secrets masked; empty where there is none."),
  swfUrl: text("The player's file, its secrets masked; empty where there is none."),
  tcUrl: text("As the client sent it, its secrets masked."),
  url: text("`/app/stream`, after the vhost's name for all but the default vhost."),
  name: text("The stream's public name."),
  type: oneOfTexts(
    Object.values(TYPES).flatMap((types) => Object.values(types)),
    "What it does, in SRS's words.",
  ),
  protocol: oneOfTexts(Object.keys(TYPES), "How it speaks."),
  publish: flag("Whether it publishes."),
  alive: number("Since its connection was accepted, seconds."),
  send_bytes: count("To it."),
  recv_bytes: count("From it."),
  kbps: KBPS,
  jumps: count("Times that it was too slow and went on further ahead."),
  is_edge: flag("Whether it is a trusted edge of the cluster."),
  edge_server_id: nullable(text("How the edge names itself; null where it is none.")),
  dropped_seconds: number("Of the stream that the jumps left out."),
});

/** What the views need besides the snapshot. */
export interface ViewDeps {
  /** The id of a vhost. */
  vhostId(name: string): string;
  /** `text` without secrets. */
  mask(text: string): string;
}

/** Clients, as rows of their list. `id` is a text, as in SRS since 4.0. */
export function clientRows(deps: ViewDeps): RowTexts<ClientSnapshot> {
  return new RowTexts({
    key: ({ clientId }) => clientId,
    client: (client) => client,
    fixed: (client) => whoIs(client, deps),
    addChanging: addFigures,
  });
}

/** What stays while the client does the same. */
function whoIs(client: ClientSnapshot, { vhostId, mask }: ViewDeps): JsonObject {
  const { clientId, vhost, stream, streamId, streamUrl, ip, role, protocol } = client;
  return {
    id: String(clientId),
    vhost: vhostId(vhost),
    stream: streamId,
    ip,
    pageUrl: mask(client.pageUrl),
    swfUrl: mask(client.swfUrl),
    tcUrl: mask(client.tcUrl),
    url: streamUrl,
    name: stream,
    type: TYPES[protocol][role],
    protocol,
    publish: role === "publish",
  };
}

const ALIVE = utf8(',"alive":');
const SEND_BYTES = utf8(',"send_bytes":');
const RECV_BYTES = utf8(',"recv_bytes":');
const RECV_KBPS = utf8(',"kbps":{"recv_30s":');
const SEND_KBPS = utf8(',"send_30s":');
const JUMPS = utf8('},"jumps":');
const NO_EDGE = utf8(',"is_edge":false,"edge_server_id":null');
const DROPPED_SECONDS = utf8(',"dropped_seconds":');

function addFigures(client: ClientSnapshot, to: ByteText): void {
  to.add(ALIVE);
  to.addThousandths(client.aliveMs);
  to.add(SEND_BYTES);
  to.addNumber(client.sendBytes);
  to.add(RECV_BYTES);
  to.addNumber(client.recvBytes);
  to.add(RECV_KBPS);
  to.addNumber(client.recvKbps);
  to.add(SEND_KBPS);
  to.addNumber(client.sendKbps);
  to.add(JUMPS);
  to.addNumber(client.jumps);
  if (client.edgeServerId === undefined) to.add(NO_EDGE);
  else to.addText(`,"is_edge":true,"edge_server_id":${JSON.stringify(client.edgeServerId)}`);
  to.add(DROPPED_SECONDS);
  to.addThousandths(client.droppedMs);
}
