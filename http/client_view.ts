/**
 * A client as SRS's API shows it, and what this server knows beyond. Pure.
 *
 * @module
 */
import type { ClientSnapshot } from "../stream/live/mod.ts";
import type { JsonObject } from "./reply.ts";

/** SRS's words for what a client does. */
const TYPES: Readonly<Record<ClientSnapshot["protocol"], Readonly<Record<ClientSnapshot["role"], string>>>> =
  {
    rtmp: { publish: "fmle-publish", play: "rtmp-play", none: "rtmp-connect" },
    "http-flv": { publish: "flv-publish", play: "flv-play", none: "flv-connect" },
    "ws-flv": { publish: "flv-publish", play: "flv-play", none: "flv-connect" },
    hls: { publish: "hls-publish", play: "hls-play", none: "hls-connect" },
  };

/** What the views need besides the snapshot. */
export interface ViewDeps {
  /** The id of a vhost. */
  vhostId(name: string): string;
  /** `text` without secrets. */
  mask(text: string): string;
}

/** One client. `id` is a text, as in SRS since 4.0. */
export function clientView(client: ClientSnapshot, { vhostId, mask }: ViewDeps): JsonObject {
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
    alive: Math.round(client.aliveMs) / 1000,
    send_bytes: client.sendBytes,
    recv_bytes: client.recvBytes,
    kbps: { recv_30s: client.recvKbps, send_30s: client.sendKbps },
    jumps: client.jumps,
    dropped_seconds: Math.round(client.droppedMs) / 1000,
  };
}
