/**
 * What the fields of the bodies mean, for docs/HOOKS.md: a field that a body has and this table has not fails a test.
 *
 * @module
 */
import type { Protocol, RecordingReason } from "../../core/mod.ts";

/** Meaning, unit and exceptions of each field, by its name. */
export const FIELD_MEANINGS: Readonly<Record<string, string>> = Object.freeze({
  action: "The event",
  client_id:
    "The connection, the same number in all its events, log lines and in `/api/v1/clients/{id}`; of an " +
    "HTTP player its play. Not used again while one of its events is undelivered",
  ip: "The client's address, IPv4 or IPv6 without brackets",
  vhost: "The vhost of the configuration; `__defaultVhost__` where the client's host has no block of its own",
  app: "The app, without its query",
  stream:
    "The stream's name; from `data.stream` on the public one. Without its query, but with it in payload " +
    '`"1.0"`. `""` in `on_connect` of payload `"6.0"`',
  tcUrl: "As the client sent it; of an HTTP player `http://HOST/APP`. May hold credentials",
  pageUrl: 'The page that the client says it is embedded in, or the `Referer`; `""` where it says nothing',
  param:
    'The query, `""` or from the `?` on: of the `tcUrl`, then of the stream\'s name, joined by `&`: a member may come twice. May hold credentials',
  stream_url: "`/APP/STREAM`, after the vhost's name for all but the default vhost",
  stream_id: "`vid-` and 7 characters, the same for one vhost, app and stream while the stream is known here",
  server_id: "This server, the same over restarts",
  service_id: "The process in which the session began, new at each start",
  session_id:
    "One connection, publish or play: the same in its start, updates and ending, and never used again. " +
    "Sorts by time",
  protocol: "How the client speaks, see below",
  time: "When it happened, RFC 3339 in UTC with milliseconds. Of a request: when the client asked",
  reason: "Why the session ended, see below",
  duration_ms:
    "Since the request, milliseconds, with the wait for its answer; of an HLS viewer that ended by `idle`, to its last request",
  send_bytes: "Bytes to the client on its connection so far, handshake included",
  recv_bytes: "Bytes from the client on its connection so far, handshake included",
  duration: "Of the media of the segment or recording, seconds with three decimals at most",
  cwd:
    "Directory that the server works in; `file` and `m3u8` are below it where they are relative. In `on_hls` all " +
    "three are missing where `hls_path` is not set",
  file: "The segment on disk, beginning with `hls_path`; the recording, as `dvr_path` says",
  url:
    "The segment's address: `hls_entry_prefix` and its path below `hls_path`. In memory alone its path at the " +
    "server for players where `hls_ctx` is off, else missing",
  m3u8: "The playlist on disk that lists the segment, beginning with `hls_path`",
  m3u8_url: "The playlist's address, as `url`",
  seq_no: "The segment's media sequence number, larger for each later one of the stream, over restarts too",
  bytes: "Size of the segment or the recording",
  start: "Wall clock of the first frame of the segment or recording, RFC 3339 in UTC with milliseconds",
});

/** What each value of `protocol` is. */
export const PROTOCOL_MEANINGS: Readonly<Record<Protocol, string>> = Object.freeze({
  rtmp: "RTMP",
  "http-flv": "a player of HTTP-FLV",
  "ws-flv": "a player of FLV in a WebSocket",
  "http-ts": "a player of MPEG-TS by HTTP",
  "http-mp3": "a player of the sound alone, as MP3",
  "http-aac": "a player of the sound alone, as AAC",
  hls: "a viewer of HLS, over all its requests",
  pull: "a stream that this server takes from another one; no hook is called about it",
});

/** What each value of `reason` says. */
export const REASON_MEANINGS: Readonly<Record<RecordingReason, string>> = Object.freeze({
  client: "The client ended it: an encoder that said so, a player that left",
  network:
    "The connection of a publisher ended without a word, by FIN or reset; the system lost that of a player",
  timeout: "Nothing came for too long: no media, no answer to a ping, no end of the handshake",
  idle:
    "Nobody needed it: a publisher without players, a player without a publisher, a client without a request",
  protocol: "The client broke the protocol",
  unsupported: "The stream has a codec that the path of a player (`.ts`, `.mp3`, `.aac`) cannot carry",
  slow: "A player took nothing for `play.send_timeout`",
  limit: "A limit of `[limits]` was reached",
  origin: "An edge's origin refused the stream after the play had begun",
  bitrate: "The publisher was above `data.max_bitrate_kbps`",
  duration: "The play had the duration that its client asked for",
  kicked: "Ended by the management API",
  rejected:
    "The service answered an `on_update` with no; of a publish: its public name could not be had; of a " +
    "connection: its publish or play was refused",
  replaced: "Another publisher took the name over",
  lease_expired: "The seconds of `data.ttl` were over",
  reload: "Its vhost was taken out of the configuration, or disabled, by a reload",
  shutdown: "The server stopped",
  rejected_later: "This address had allowed the session, and a later address of the same event refused it",
  abandoned: "The request was begun and its answer did not arrive: the service may have allowed the session",
  server_restart: "The server was killed; the next start reports it, with what was last known of it",
  disk: "`on_dvr` alone: the disk was full, failed, or took nothing for 10 s. The stream went on",
  segment:
    "`on_dvr` alone: the file was long enough, or a track changed its configuration; another file follows",
  stopped: "`on_dvr` alone: the recording was ended by the management API; the stream went on",
});
