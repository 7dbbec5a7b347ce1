/**
 * Clients, streams and limits of the whole server. Pure.
 *
 * @module
 */
import type { ClientRole, ClientSnapshot } from "../../stream/live/mod.ts";
import type { StreamClients } from "../api/views/stream_view.ts";
import type { MetricsParts } from "./metrics_parts.ts";
import type { MetricsText } from "./metrics_text.ts";

const ROLES: readonly ClientRole[] = ["publish", "play", "none"];
const PROTOCOLS: readonly ClientSnapshot["protocol"][] = ["rtmp", "http-flv", "ws-flv", "hls"];
const MS_PER_SECOND = 1000;

/** Add what is known of all clients together. */
export function addMedia(
  text: MetricsText,
  { snapshot, limits, sessions }: MetricsParts,
  streams: readonly StreamClients[],
): void {
  const { clients, connections, accepted, usage } = snapshot;
  const active = countActive(clients);
  text.addOne(
    { name: "srs_receive_bytes_total", type: "counter", help: "Bytes from clients." },
    usage.recvBytes,
  );
  text.addOne({ name: "srs_send_bytes_total", type: "counter", help: "Bytes to clients." }, usage.sendBytes);
  text.addOne(
    { name: "srs_streams", type: "gauge", help: "Streams that are published, or waited for." },
    streams.length,
  );
  text.addOne(
    { name: "srs_streams_live", type: "gauge", help: "Streams that are published." },
    streams.filter(({ publisher }) => publisher !== undefined).length,
  );
  text.addOne({ name: "srs_clients", type: "gauge", help: "Clients past connect." }, clients.length);
  text.addEach(
    { name: "srs_clients_active", type: "gauge", help: "The same by what they do and how." },
    activeOf(active),
  );
  text.addOne(
    { name: "srs_hls_sessions", type: "gauge", help: "Viewers of HLS." },
    active.hls.play,
  );
  text.addOne(
    { name: "srs_connections", type: "gauge", help: "Open connections of RTMP and FLV." },
    connections,
  );
  text.addOne({ name: "srs_clients_total", type: "counter", help: "Clients since the start." }, accepted);
  text.addOne(
    {
      name: "srs_clients_errs_total",
      type: "counter",
      help: "Requests that were denied, and clients that ended other than in order.",
    },
    sessions.errors,
  );
  text.addEach(
    { name: "srs_session_events_total", type: "counter", help: "What became of sessions." },
    Object.entries(sessions.byKind).map(([kind, value]) => [{ kind }, value]),
  );
  text.addOne(
    {
      name: "srs_player_jumps_total",
      type: "counter",
      help: "Times that slow players went on further ahead.",
    },
    usage.jumps,
  );
  text.addOne(
    {
      name: "srs_player_dropped_seconds_total",
      type: "counter",
      help: "Stream time that the jumps left out.",
    },
    usage.droppedMs / MS_PER_SECOND,
  );
  text.addEach(
    { name: "srs_limit_hits_total", type: "counter", help: "Clients that ran into a limit, by its key." },
    Object.entries(limits).map(([limit, value]) => [{ limit }, value]),
  );
}

/** Clients by their protocol, and what they do. */
type ActiveCounts = Readonly<Record<ClientSnapshot["protocol"], Record<ClientRole, number>>>;

function countActive(clients: readonly ClientSnapshot[]): ActiveCounts {
  const none = (): Record<ClientRole, number> => ({ publish: 0, play: 0, none: 0 });
  const counts: ActiveCounts = {
    ...{ rtmp: none(), "http-flv": none(), "ws-flv": none(), "http-ts": none(), "http-mp3": none() },
    ...{ "http-aac": none(), hls: none(), pull: none() },
  };
  for (const { protocol, role } of clients) counts[protocol][role]++;
  return counts;
}

function* activeOf(counts: ActiveCounts): Generator<readonly [Record<string, string>, number]> {
  for (const protocol of PROTOCOLS) {
    for (const role of ROLES) yield [{ protocol, role }, counts[protocol][role]];
  }
}
