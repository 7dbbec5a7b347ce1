/**
 * Streams as SRS's API shows them: sums over the clients that are there. Pure.
 *
 * @module
 */
import type { ClientSnapshot, MediaFacts } from "../../../stream/live/mod.ts";
import { type ByteText, utf8 } from "../../byte_text.ts";
import type { Json, JsonObject } from "../reply.ts";
import { RowTexts } from "../row_texts.ts";
import {
  count,
  flag,
  listOf,
  mapOf,
  nullable,
  number,
  object,
  type Schema,
  text,
} from "../schema/json_schema.ts";
import { KBPS, type ViewDeps } from "./client_view.ts";

/** One of `streams`. */
export const STREAM: Schema = object({
  id: text("The same for one vhost, app and stream while it is known here."),
  name: text("The stream's public name."),
  vhost: text("Id of its vhost."),
  app: text("Its app."),
  tcUrl: text("The publisher's, its secrets masked."),
  url: text("`/app/stream`, after the vhost's name for all but the default vhost."),
  live_ms: count("The time of this answer, milliseconds since 1970."),
  alive: number("How long it has been published, seconds."),
  clients: count("Publisher and players."),
  viewers: mapOf(
    count("Players."),
    "Players by their protocol; `edge`: those of trusted edges, as the edges say.",
  ),
  frames: count("Messages with pictures and sound since the publish was accepted."),
  video_frames: count("Those with pictures."),
  audio_frames: count("Those with sound."),
  send_bytes: count("To the players that are there."),
  recv_bytes: count("From the publisher."),
  kbps: KBPS,
  publish: object({
    active: flag("Whether it is being published."),
    cid: text("Id of the publisher, empty where there is none."),
  }),
  video: nullable(object({
    codec: text("H264, HEVC, AV1, VP9 ..."),
    profile: text("High, Main ..., empty while unknown."),
    level: text("3, 3.1 ..., empty while unknown."),
    width: count("Pixels, 0 while unknown."),
    height: count("Pixels, 0 while unknown."),
  }, { fps: number("Pictures a second, as the publisher says.") })),
  audio: nullable(object({
    codec: text("AAC, Opus, MP3 ..."),
    sample_rate: count("Hz, 0 while unknown."),
    channel: count("Channels, 0 while unknown."),
    profile: text("LC ..., empty while unknown."),
  })),
  forward: listOf(text("Where the service wants the stream pushed to.")),
}, { encoder: text("The program that publishes, as it says.") });

/** A stream's clients: its publisher, if there is one, and its players. */
export interface StreamClients {
  /** `vid-` and 7 characters. */
  readonly streamId: string;
  /** At least one. */
  readonly clients: readonly ClientSnapshot[];
  /** The one of them that publishes; the first, should there be two. */
  readonly publisher: ClientSnapshot | undefined;
}

/** Clients by their streams, in the order of the oldest client. */
export function streamsOf(clients: readonly ClientSnapshot[]): readonly StreamClients[] {
  const streams = new Map<
    string,
    StreamClients & { clients: ClientSnapshot[]; publisher: ClientSnapshot | undefined }
  >();
  for (const client of clients) {
    const { streamId } = client;
    if (streamId === "") continue;
    const publisher = client.role === "publish" ? client : undefined;
    const known = streams.get(streamId);
    if (known === undefined) streams.set(streamId, { streamId, clients: [client], publisher });
    else {
      known.clients.push(client);
      known.publisher ??= publisher;
    }
  }
  return [...streams.values()];
}

/** Streams, as rows of their list. `live_ms` is the time of the answer, as in SRS; `alive` is how long it is published. */
export function streamRows(wallNow: () => number, deps: ViewDeps): RowTexts<StreamClients> {
  const mediaTexts = new MediaTexts();
  return new RowTexts({
    key: ({ streamId }) => streamId,
    client: sourceOf,
    fixed: (stream) => whatIs(stream, deps),
    addChanging: (stream, to) => {
      addFigures(stream, wallNow(), to);
      addPublish(stream, mediaTexts, to);
    },
  });
}

/** The client that says what the stream is called: its publisher, or the first player. */
export function sourceOf({ publisher, clients: [first] }: StreamClients): ClientSnapshot | undefined {
  return publisher ?? first;
}

/** What stays while the publisher stays. */
function whatIs(streamClients: StreamClients, deps: ViewDeps): JsonObject {
  const { vhost = "", app, stream, tcUrl = "", streamUrl } = sourceOf(streamClients) ?? {};
  return {
    id: streamClients.streamId,
    name: stream,
    vhost: deps.vhostId(vhost),
    app,
    tcUrl: deps.mask(tcUrl),
    url: streamUrl,
  };
}

const LIVE_MS = utf8(',"live_ms":');
const ALIVE = utf8(',"alive":');
const CLIENTS = utf8(',"clients":');
const FRAMES = utf8(',"frames":');
const VIDEO_FRAMES = utf8(',"video_frames":');
const AUDIO_FRAMES = utf8(',"audio_frames":');
const SEND_BYTES = utf8(',"send_bytes":');
const RECV_BYTES = utf8(',"recv_bytes":');
const RECV_KBPS = utf8(',"kbps":{"recv_30s":');
const SEND_KBPS = utf8(',"send_30s":');
const PUBLISHER = utf8(',"publish":{"active":true,"cid":"');
const NO_PUBLISHER = utf8(',"publish":{"active":false,"cid":"');
const PUBLISHER_END = utf8('"}');
const FORWARD = utf8(',"forward":');
const END = 0x7d;
const NO_MEDIA: MediaFacts = Object.freeze({ videoCodec: "", audioCodec: "" });

function addFigures({ clients, publisher }: StreamClients, nowMs: number, to: ByteText): void {
  const publication = publisher?.publication;
  const { videoMessages = 0, audioMessages = 0, aliveMs = 0 } = publication ?? {};
  const viewers: Record<string, number> = {};
  let sendBytes = 0;
  let sendKbps = 0;
  for (const client of clients) {
    if (client.role !== "play") continue;
    const { protocol, edgeViewers } = client;
    const kind = edgeViewers === undefined ? protocol : "edge";
    viewers[kind] = (viewers[kind] ?? 0) + (edgeViewers ?? 1);
    sendBytes += client.sendBytes;
    sendKbps += client.sendKbps;
  }
  to.add(LIVE_MS);
  to.addNumber(nowMs);
  to.add(ALIVE);
  to.addThousandths(aliveMs);
  to.add(CLIENTS);
  to.addNumber(clients.length);
  to.addText(`,"viewers":${JSON.stringify(viewers)}`);
  to.add(FRAMES);
  to.addNumber(videoMessages + audioMessages);
  to.add(VIDEO_FRAMES);
  to.addNumber(videoMessages);
  to.add(AUDIO_FRAMES);
  to.addNumber(audioMessages);
  to.add(SEND_BYTES);
  to.addNumber(sendBytes);
  to.add(RECV_BYTES);
  to.addNumber(publisher?.recvBytes ?? 0);
  to.add(RECV_KBPS);
  to.addNumber(publisher?.recvKbps ?? 0);
  to.add(SEND_KBPS);
  to.addNumber(sendKbps);
  to.addByte(END);
}

/** What is published, and by whom. */
function addPublish({ publisher }: StreamClients, mediaTexts: MediaTexts, to: ByteText): void {
  const { media, forward = [] } = publisher?.publication ?? {};
  to.add(publisher === undefined ? NO_PUBLISHER : PUBLISHER);
  if (publisher !== undefined) to.addNumber(publisher.clientId);
  to.add(PUBLISHER_END);
  to.add(mediaTexts.of(media));
  to.add(FORWARD);
  to.addText(JSON.stringify(forward.map(hostOf)));
}

/** What is said of media, kept while they are the same. */
class MediaTexts {
  readonly #kept = new WeakMap<MediaFacts, Uint8Array>();

  /** Members of the JSON, a comma before each. */
  of(media: MediaFacts = NO_MEDIA): Uint8Array {
    const known = this.#kept.get(media);
    if (known !== undefined) return known;
    const members = { video: videoOf(media), audio: audioOf(media), encoder: media.encoder };
    const text = utf8(`,${JSON.stringify(members).slice(1, -1)}`);
    this.#kept.set(media, text);
    return text;
  }
}

function videoOf(media: MediaFacts): Json {
  if (media.videoCodec === "") return null;
  const { videoCodec, videoProfile = "", videoLevel = "", fps } = media;
  const { pictureWidth, pictureHeight, width = 0, height = 0 } = media;
  return {
    codec: videoCodec,
    profile: videoProfile,
    level: videoLevel,
    // What is coded counts before what the publisher says.
    width: pictureWidth ?? width,
    height: pictureHeight ?? height,
    fps,
  };
}

function audioOf(media: MediaFacts): Json {
  if (media.audioCodec === "") return null;
  const { audioCodec, sampleRate = 0, channels = 0, audioProfile = "" } = media;
  return { codec: audioCodec, sample_rate: sampleRate, channel: channels, profile: audioProfile };
}

/** An address without what may be a key in it. */
function hostOf(address: string): string {
  const [schema, rest = ""] = address.split("://");
  const host = rest.split("/")[0] ?? "";
  return `${schema}://${host.slice(host.lastIndexOf("@") + 1)}`;
}
