/**
 * Streams and vhosts as SRS's API shows them: sums over the clients that are there. Pure.
 *
 * @module
 */
import type { ClientSnapshot, PublicationSnapshot } from "../stream/live/mod.ts";
import type { ViewDeps } from "./client_view.ts";
import type { VhostFacts } from "./ports.ts";
import type { Json, JsonObject } from "./reply.ts";

/** A stream's clients: its publisher, if there is one, and its players. */
export interface StreamClients {
  /** `vid-` and 7 characters. */
  readonly streamId: string;
  /** At least one. */
  readonly clients: readonly ClientSnapshot[];
}

/** Clients by their streams, in the order of the oldest client. */
export function streamsOf(clients: readonly ClientSnapshot[]): readonly StreamClients[] {
  const streams = new Map<string, ClientSnapshot[]>();
  for (const client of clients) {
    if (client.streamId === "") continue;
    const known = streams.get(client.streamId);
    if (known === undefined) streams.set(client.streamId, [client]);
    else known.push(client);
  }
  return Array.from(streams, ([streamId, members]) => ({ streamId, clients: members }));
}

/** One stream. `live_ms` is the time of the answer, as in SRS; `alive` is how long it has been published. */
export function streamView({ streamId, clients }: StreamClients, nowMs: number, deps: ViewDeps): JsonObject {
  const publisher = clients.find(({ role }) => role === "publish");
  const { vhost = "", app, stream, tcUrl = "", streamUrl } = publisher ?? clients[0] ?? {};
  const publication = publisher?.publication;
  const players = clients.filter(({ role }) => role === "play");
  return {
    id: streamId,
    name: stream,
    vhost: deps.vhostId(vhost),
    app,
    tcUrl: deps.mask(tcUrl),
    url: streamUrl,
    live_ms: nowMs,
    alive: Math.round(publication?.aliveMs ?? 0) / 1000,
    clients: clients.length,
    frames: (publication?.videoMessages ?? 0) + (publication?.audioMessages ?? 0),
    video_frames: publication?.videoMessages ?? 0,
    audio_frames: publication?.audioMessages ?? 0,
    send_bytes: sum(players, ({ sendBytes }) => sendBytes),
    recv_bytes: publisher?.recvBytes ?? 0,
    kbps: { recv_30s: publisher?.recvKbps ?? 0, send_30s: sum(players, ({ sendKbps }) => sendKbps) },
    publish: {
      active: publisher !== undefined,
      cid: publisher === undefined ? "" : String(publisher.clientId),
    },
    video: videoOf(publication),
    audio: audioOf(publication),
    encoder: publication?.encoder,
    forward: (publication?.forward ?? []).map(hostOf),
  };
}

/** One vhost. */
export function vhostView(facts: VhostFacts, clients: readonly ClientSnapshot[], deps: ViewDeps): JsonObject {
  const members = clients.filter(({ vhost }) => vhost === facts.name);
  return {
    id: deps.vhostId(facts.name),
    name: facts.name,
    enabled: facts.enabled,
    clients: members.length,
    streams: streamsOf(members).length,
    send_bytes: sum(members, ({ sendBytes }) => sendBytes),
    recv_bytes: sum(members, ({ recvBytes }) => recvBytes),
    kbps: {
      recv_30s: sum(members, ({ recvKbps }) => recvKbps),
      send_30s: sum(members, ({ sendKbps }) => sendKbps),
    },
    hls: { enabled: false },
  };
}

function videoOf(publication: PublicationSnapshot | undefined): Json {
  if (publication === undefined || publication.videoCodec === "") return null;
  const { videoCodec, width, height, fps } = publication;
  return { codec: videoCodec, width, height, fps };
}

function audioOf(publication: PublicationSnapshot | undefined): Json {
  if (publication === undefined || publication.audioCodec === "") return null;
  return { codec: publication.audioCodec };
}

/** An address without what may be a key in it. */
function hostOf(address: string): string {
  const [schema, rest = ""] = address.split("://");
  const host = rest.split("/")[0] ?? "";
  return `${schema}://${host.slice(host.lastIndexOf("@") + 1)}`;
}

function sum(clients: readonly ClientSnapshot[], value: (client: ClientSnapshot) => number): number {
  return clients.reduce((total, client) => total + value(client), 0);
}
