/**
 * Each stream by its public name. Pure.
 *
 * @module
 */
import { sourceOf, type StreamClients } from "../api/views/stream_view.ts";
import { labelText, type MetricHead, type MetricsText } from "./metrics_text.ts";

const BITS_PER_BYTE = 8;
const MS_PER_SECOND = 1000;

/** What is said of a stream. */
interface StreamFigures {
  readonly labels: string;
  readonly players: number;
  readonly received: number;
  readonly receiveRate: number;
  readonly sendRate: number;
  readonly video: number;
  readonly audio: number;
  readonly aliveMs: number;
}

const FAMILIES: readonly (readonly [head: MetricHead, value: (figures: StreamFigures) => number])[] = [
  [
    { name: "srs_stream_players", type: "gauge", help: "Players of a stream." },
    ({ players }) => players,
  ],
  [
    {
      name: "srs_stream_receive_bytes_total",
      type: "counter",
      help: "Bytes from the publisher, since its connection began.",
    },
    ({ received }) => received,
  ],
  [
    {
      name: "srs_stream_receive_bytes_per_second",
      type: "gauge",
      help: "Rate from the publisher in the latest 30 seconds.",
    },
    ({ receiveRate }) => receiveRate,
  ],
  [
    {
      name: "srs_stream_send_bytes_per_second",
      type: "gauge",
      help: "Rate to all players in the latest 30 seconds.",
    },
    ({ sendRate }) => sendRate,
  ],
  [
    { name: "srs_stream_video_messages_total", type: "counter", help: "Messages of video in this publish." },
    ({ video }) => video,
  ],
  [
    { name: "srs_stream_audio_messages_total", type: "counter", help: "Messages of audio in this publish." },
    ({ audio }) => audio,
  ],
  [
    { name: "srs_stream_live_seconds", type: "gauge", help: "Age of the publish, 0 without one." },
    ({ aliveMs }) => aliveMs / MS_PER_SECOND,
  ],
];

/** Add all streams, unless there are too many: Prometheus keeps a series for each label that there ever was. */
export function addStreams(text: MetricsText, streams: readonly StreamClients[], maxStreams: number): void {
  const isShown = streams.length <= maxStreams;
  text.addOne(
    {
      name: "srs_exporter_streams_omitted",
      type: "gauge",
      help: "Streams of which nothing is said, for there are more than exporter.max_streams.",
    },
    isShown ? 0 : streams.length,
  );
  if (!isShown) return;
  const all = streams.map(figuresOf);
  for (const [head, value] of FAMILIES) text.addColumn(head, all, value);
}

function figuresOf(streamClients: StreamClients): StreamFigures {
  const { publisher, clients } = streamClients;
  const { vhost = "", app = "", stream = "" } = sourceOf(streamClients) ?? {};
  const publication = publisher?.publication;
  let players = 0;
  let sendKbps = 0;
  for (const client of clients) {
    if (client.role !== "play") continue;
    players++;
    sendKbps += client.sendKbps;
  }
  return {
    labels: labelText({ vhost, app, stream }),
    players,
    received: publisher?.recvBytes ?? 0,
    receiveRate: bytesPerSecond(publisher?.recvKbps ?? 0),
    sendRate: bytesPerSecond(sendKbps),
    video: publication?.videoMessages ?? 0,
    audio: publication?.audioMessages ?? 0,
    aliveMs: publication?.aliveMs ?? 0,
  };
}

function bytesPerSecond(kbps: number): number {
  return kbps * 1000 / BITS_PER_BYTE;
}
