/**
 * Each stream by its public name. Pure.
 *
 * @module
 */
import type { ClientSnapshot } from "../../stream/live/mod.ts";
import { sourceOf, type StreamClients } from "../api/views/stream_view.ts";
import { type ByteText, utf8 } from "../byte_text.ts";
import { labelText, type MetricHead, type MetricsText } from "./metrics_text.ts";

const BITS_PER_BYTE = 8;
const BITS_PER_KBIT = 1000;

/** What is said of a stream. */
interface StreamFigures {
  readonly labels: Uint8Array;
  readonly players: number;
  readonly received: number;
  readonly receiveKbps: number;
  readonly sendKbps: number;
  readonly video: number;
  readonly audio: number;
  readonly aliveMs: number;
}

type AddValue = (figures: StreamFigures, to: ByteText) => void;

const FAMILIES: readonly (readonly [head: MetricHead, addValue: AddValue])[] = [
  [
    { name: "srs_stream_players", type: "gauge", help: "Players of a stream." },
    ({ players }, to) => to.addNumber(players),
  ],
  [
    {
      name: "srs_stream_receive_bytes_total",
      type: "counter",
      help: "Bytes from the publisher, since its connection began.",
    },
    ({ received }, to) => to.addNumber(received),
  ],
  [
    {
      name: "srs_stream_receive_bytes_per_second",
      type: "gauge",
      help: "Rate from the publisher in the latest 30 seconds.",
    },
    ({ receiveKbps }, to) => to.addNumber(bytesPerSecond(receiveKbps)),
  ],
  [
    {
      name: "srs_stream_send_bytes_per_second",
      type: "gauge",
      help: "Rate to all players in the latest 30 seconds.",
    },
    ({ sendKbps }, to) => to.addNumber(bytesPerSecond(sendKbps)),
  ],
  [
    { name: "srs_stream_video_messages_total", type: "counter", help: "Messages of video in this publish." },
    ({ video }, to) => to.addNumber(video),
  ],
  [
    { name: "srs_stream_audio_messages_total", type: "counter", help: "Messages of audio in this publish." },
    ({ audio }, to) => to.addNumber(audio),
  ],
  [
    { name: "srs_stream_live_seconds", type: "gauge", help: "Age of the publish, 0 without one." },
    ({ aliveMs }, to) => to.addThousandths(aliveMs),
  ],
];

/** The labels of streams, kept from scrape to scrape: they are most of the text. */
export class StreamLabels {
  readonly #kept = new Map<string, StreamNames & { readonly labels: Uint8Array }>();

  /** Those of a stream. */
  of(streamId: string, { vhost, app, stream }: StreamNames): Uint8Array {
    const known = this.#kept.get(streamId);
    if (known?.vhost === vhost && known.app === app && known.stream === stream) return known.labels;
    const labels = utf8(labelText({ vhost, app, stream }));
    this.#kept.set(streamId, { vhost, app, stream, labels });
    return labels;
  }

  /** There are `count` streams: begin again where most of what is kept is of those that are gone. */
  expect(count: number): void {
    if (this.#kept.size > 2 * count) this.#kept.clear();
  }
}

type StreamNames = Pick<ClientSnapshot, "vhost" | "app" | "stream">;
const NO_NAMES: StreamNames = { vhost: "", app: "", stream: "" };

/** Add how many streams nothing is said of: Prometheus keeps a series for each label that there ever was. */
export function addOmitted(text: MetricsText, count: number): void {
  text.addOne(
    {
      name: "srs_exporter_streams_omitted",
      type: "gauge",
      help: "Streams of which nothing is said, for there are more than exporter.max_streams.",
    },
    count,
  );
}

/** The metrics of all streams after what `text` has, to its end. */
export function* streamPieces(
  text: MetricsText,
  streams: readonly StreamClients[],
  labels: StreamLabels,
): Generator<Uint8Array<ArrayBuffer>> {
  labels.expect(streams.length);
  const all = streams.map((stream) => figuresOf(stream, labels));
  for (const [head, addValue] of FAMILIES) yield* text.column(head, all, addValue);
  yield text.end();
}

function figuresOf(streamClients: StreamClients, labels: StreamLabels): StreamFigures {
  const { streamId, publisher, clients } = streamClients;
  const publication = publisher?.publication;
  let players = 0;
  let sendKbps = 0;
  for (const client of clients) {
    if (client.role !== "play") continue;
    players++;
    sendKbps += client.sendKbps;
  }
  return {
    labels: labels.of(streamId, sourceOf(streamClients) ?? NO_NAMES),
    players,
    received: publisher?.recvBytes ?? 0,
    receiveKbps: publisher?.recvKbps ?? 0,
    sendKbps,
    video: publication?.videoMessages ?? 0,
    audio: publication?.audioMessages ?? 0,
    aliveMs: publication?.aliveMs ?? 0,
  };
}

function bytesPerSecond(kbps: number): number {
  return kbps * BITS_PER_KBIT / BITS_PER_BYTE;
}
