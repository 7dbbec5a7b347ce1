/**
 * What each log message means and what an operator can do: the last column of docs/LOGS.md. A message is written as
 * `logMessagesOf` gives it.
 *
 * @module
 */
import { PROCESS_MEANINGS } from "./log_meanings_process.ts";

import { CONFIGURATION_MEANINGS } from "./configuration_meanings.ts";

/** Meanings by message. */
export const LOG_MEANINGS: ReadonlyMap<string, string> = new Map([
  ...PROCESS_MEANINGS,
  ["Bug: <error>", "An error that nothing handled; the server goes on. Please report it with this line"],
  ["Cannot print what to type next", "Standard output is full or closed; the server goes on"],
  ...CONFIGURATION_MEANINGS,
  ["Connections left at the deadline", "The stop did not end all connections in time; they are cut"],
  ["Event left undelivered", "The stop could not deliver this event; the outbox keeps it for the next start"],
  ["Listening for RTMP", "An address that accepts encoders and players"],
  ["Listening for players by HTTP", "An address that serves players and browsers"],
  [
    "Bug: the server for players failed in an unexpected way",
    "The request is answered with 500, others are served on. Please report it",
  ],
  [
    "Players by HTTP are not served",
    "The default port is taken and nobody has chosen another one: set http_server.listen",
  ],
  [
    "HTTP request",
    "A request was answered, where http_server.access_log is log; bytes with those of the head",
  ],
  [
    "HTTP request refused",
    "A request that HTTP does not allow; detail has the status and why, times how many in the last second",
  ],
  [
    "HTTP answer broke off",
    "What was sent became shorter or could not be read: files of http_server.dir should be replaced, not rewritten",
  ],
  ["API answer broke off", "What was sent could not be read to its end"],
  [
    "The client left before it read why its play ended",
    "A play by HTTP was refused or ended, and its client did not wait for the answer",
  ],
  ["Listening for the API", "An address of the management API"],
  ["Listening for Prometheus", "An address of the exporter"],
  ["Log file reopened", "SIGUSR1 came, after the file was moved away"],
  ["A media thread does not answer", "For ms. API and metrics leave it out, reloads are refused: restart"],
  ["A media thread answers again", "It was busy or stopped, and is asked again"],
  ["Bug: a media thread failed in an unexpected way", "The thread and its connections end. Please report it"],
  [
    "Log lines go to the console until SIGUSR1: <error>",
    "The log file cannot be written: free the disk, or mend its path",
  ],
  ["Log lines lost", "Lines came faster than they could be written"],
  [
    "Limit reached",
    "A client ran into the limit that the field limit names; times says how often in the last second",
  ],
  ["Recording finished", "A file of a recording is whole and has its name; reason says why it ended"],
  [
    "Recording ended by its disk",
    "The file is whole up to here; error says what the disk lacks. It goes on in a new file when there is room",
  ],
  ["Recording pauses", "Its tracks change too often for a file each; it goes on after a pause"],
  [
    "Recording cannot begin",
    "The file cannot be made: error names it, and what the system says. It is tried again after a while",
  ],
  ["Room for recordings unknown", "What the folder's disk has room for: dvr_min_free has no effect there"],
  [
    "Recording waits for room on its disk",
    "Nothing is recorded yet: error says what is missing. It begins by itself when there is room",
  ],
  ["Stream not recorded", "dvr_path cannot be used for this stream: error says why. The stream goes on"],
  [
    "Track not recorded",
    "The file's format cannot hold a track of the stream, error says which; the rest is recorded",
  ],
  ["Recording not finished", "error says why; the file stays as NAME.tmp, and the next start finishes it"],
  ["Hook tried by the API", "An operator had an event sent with sample values to its addresses"],
  [
    "Recordings beyond dvr_keep removed",
    "The oldest files of a vhost are gone, because they were too old or too many",
  ],
  [
    "Recordings beyond dvr_keep cannot be removed",
    "files says how many, error names the first one and why; the next try is in half a minute. See that the server may write to its folder",
  ],
  [
    "Recording started by the API",
    "An operator has a stream recorded; the file comes with its first key frame",
  ],
  ["Recording stopped by the API", "An operator ended the recording; the stream goes on"],
  ["Recording removed by the API", "An operator removed a recording that was whole, and its file"],
  [
    "Recording of a killed process finished",
    "An earlier process was killed while it recorded this file: what was whole of it is kept, and on_dvr is sent",
  ],
  [
    "Recording of a killed process cannot be finished",
    "The file stays as NAME.tmp, and the next start tries again; error says why. A file that is gone is forgotten",
  ],
  [
    "Cannot keep account of recordings in <file>",
    "Recordings go on, but are not in the catalogue, and a crash leaves NAME.tmp that no start finishes",
  ],
  [
    "Hook outbox moved events without an address to the dead letters",
    "Events of an earlier process whose address is not configured now; see srs hooks dead",
  ],
  ["Hook outbox delivers what an earlier process left", "Events of an earlier process are delivered now"],
  ["Hook outbox delivers what was put back", "Dead letters that were replayed are delivered now"],
  ["Hook breaker closed", "The hook service answers again"],
  [
    "Hook breaker opened: on_error decides until it closes",
    "The hook service failed breaker_failures times in a row; it is not called for breaker_open",
  ],
  [
    "Hook called",
    "One call: its event, verdict, address, HTTP status and duration; the answer where it is not a success",
  ],
  ["Hook call aborted: its client left", "The client closed before the answer"],
  ["Hook answer reused", "A request that was answered from the cache, or by an earlier answer"],
  ["Hook not called", "The service was not called; on_error decides"],
  [
    "Hook redirect is not for clients of this protocol",
    "The service sent an RTMP client to an HTTP address or the other way round: the client is refused without it",
  ],
  ["Hook would deny the session", "mode = shadow: with enforce the client would have been refused"],
  [
    "Hook would end the session",
    "mode = shadow: with enforce on_update would have ended the session",
  ],
  [
    "Hook event moved to the dead letters",
    "Delivery failed for good; srs hooks replay sends it again",
  ],
  [
    "Hook outbox cannot be written, and what it holds is delivered from memory",
    "The file fails; its events go on from memory",
  ],
  [
    "Hook outbox cannot be written: endings are kept in memory only",
    "A crash now would lose events: free the disk, or mend the path",
  ],
  [
    "Hook outbox dropped its oldest dead letters: their bound is reached",
    "Dead events are kept up to a bound; look at srs hooks dead",
  ],
  ["Hook outbox has a row that cannot be read", "The row is left alone; the file may be damaged"],
  ["Hook outbox is written again", "The file works again, and has what memory kept"],
  ["System clock was set: hook outbox follows", "Retry times were moved by this step"],
  ["API request failed", "A request failed inside; the client got status 503"],
  [
    "The API listens beyond loopback: callers need the token of this file",
    "No credentials are configured, so the start made a token that permits everything; set your own by http_api.auth or http_api.tokens",
  ],
  ["Banned by the API", "POST on bans: its clients are ended, and not let in again"],
  [
    "Log level changed by the API",
    "POST on log: lines below level are not written from here on, or until a restart",
  ],
  ["Hook event replayed by the API", "POST on a dead event put it back: it is sent again"],
  ["Hook event dropped by the API", "DELETE on a dead event forgot it"],
  ["Ban lifted by the API", "DELETE on a ban lets them in again"],
  ["Connection ended by the API", "DELETE on a client ended it"],
  ["Forward added by the API", "POST on the forwards of a stream brings it to a further server"],
  ["Forward removed by the API", "DELETE on a forward ended it"],
  ["Pull added by the API", "POST /api/v1/pulls takes a stream from another server"],
  ["Pull removed by the API", "DELETE /api/v1/pulls/{id} ended it"],
  ["Cannot pull", "A pull of the configuration cannot be used, for the reason that follows; the others are"],
  [
    "API request refused",
    "A request whose host, origin or form is not permitted; times says how many in the last second",
  ],
  [
    "Bug: a management listener failed in an unexpected way",
    "A connection of the API or the exporter ends. Please report it",
  ],
  ["Bug: a connection failed in an unexpected way", "Only this connection ends. Please report it"],
  ["Cannot accept a connection", "accept() failed; the server goes on"],
  ["Cannot accept a connection: out of open files", "Raise the limit of open files (ulimit -n, LimitNOFILE)"],
  ["Many clients by TLS do not shake hands", "Others are served, at more cost (SECURITY)"],
  ["Cannot half-close", "The socket could not be shut down for writing; it is closed"],
  ["Connect accepted", "A client connected to an app"],
  ["Client connected and left", "A connection without a byte, such as a load balancer's probe"],
  ["Connection ended", "The end of a connection, with its reason"],
  ["Socket left unread until the answer", "The client sends more than max_held_bytes before its answer"],
  ["Ignored message", "A message of the client that this server ignores"],
  [
    "HLS files cannot be written: streams go on without",
    "Viewers of this server are served on; those of hls_path get nothing new, and on_hls is not sent. cause says why; " +
    "one line until it is over, however many streams are concerned",
  ],
  ["HLS file not removed", "cause says why; one line until a file can be removed again"],
  [
    "HLS files are written again",
    "The disk takes segments again; segments_missed were left out, over all streams",
  ],
  [
    "A stream has no HLS files",
    "Its names lead to no path of its own below hls_path: another stream writes it, or a link leads elsewhere. It is " +
    "served from memory all the same; choose hls_m3u8_file and hls_ts_file with [vhost] and [app]",
  ],
  [
    "HLS is not written to disk until the next start",
    "hls_path cannot be used; cause says why",
  ],
  [
    "HLS files of an earlier process are there",
    "Its playlists are shown on; a stream that is published again replaces its own, the others go after hls_dispose",
  ],
  [
    "A track is left out of HLS",
    "Its codec cannot be had by HLS in this format, or its configuration cannot be read; other players get it",
  ],
  ["Play accepted", "A player started"],
  ["Play ended", "A player ended; jumps counts how often it lost whole GOPs"],
  ["Player is too slow", "Its connection cannot carry the stream; whole GOPs were dropped"],
  ["Protocol error", "The client broke RTMP; its connection ends"],
  ["Publish accepted", "A publisher started"],
  ["Publish ended", "A publisher ended"],
  ["Publish stats", "A publish in figures, every log_stats_interval"],
  ["Stream format", "What a publisher sends: codecs, size, frame rate, encoder"],
  ["Bitrate below a tenth of its average", "The publisher's network or encoder is in trouble"],
  [
    "Video without a sequence header: players show nothing",
    "The encoder does not send its video configuration",
  ],
  [
    "Audio without a sequence header: players are silent",
    "The encoder does not send its audio configuration",
  ],
  [
    "GOP longer than 10 s: players that join wait for it, or start late",
    "Set a shorter key frame interval in the encoder, such as 2 s",
  ],
  ["HTTP request on the RTMP port", "A browser or probe uses the wrong port"],
  [
    "Edge not trusted",
    "Another secret than cluster.secret, or clocks that differ: detail says which. It is a client as any other",
  ],
  ["TLS on the RTMP port", "An encoder uses rtmps://; set rtmps.enabled, and give it that port"],
  [
    "No TLS on the RTMPS port",
    "An encoder or player uses rtmp://; give it an address of rtmps://, or the port of listen",
  ],
  [
    "TLS handshake failed",
    "A client speaks no TLS, or does not trust the certificate; detail says which. Clients that verify need the whole " +
    "chain in cert",
  ],
  ["Listening for RTMPS", "An address of rtmps.listen"],
  ["Listening for RTMP of proxies", "An address of proxy_listen"],
  ["Listening for HTTP of proxies", "An address of http_server.proxy_listen"],
  [
    "PROXY protocol refused",
    "Its sender is not in trusted_proxies, or sends no header that can be read; detail says which",
  ],
  ["Listening for players by HTTPS", "An address of http_server.https.listen"],
  ["Listening for the API by HTTPS", "An address of http_api.https.listen"],
  ["TLS certificate", "What a listener identifies itself with, at the start"],
  ["TLS certificate replaced", "Its files have changed; connections that are there stay"],
  ["TLS certificate ends soon", "Within two weeks; said once a day until it is replaced"],
  ["TLS certificate has ended", "Clients that verify refuse it; said once a day until it is replaced"],
  [
    "Cannot replace a TLS certificate; the old one stays",
    "Its files do not fit together for more than 30 s, or cannot be read; error says which",
  ],
  [
    "A thread cannot use a new TLS certificate yet; the old one stays",
    "Other threads may have it; error says what is in the way, such as too many open files. It is tried again each 30 s",
  ],
  ["<request> refused", "A connect, publish or play was refused, with the rule and its reason"],
  ["Pull started", "A stream comes from another server now; from is where, ip its address"],
  [
    "Pull failed",
    "The other server is not there, ended the connection or refuses, with its text; it is tried again while somebody wants the stream, unless it refused",
  ],
  [
    "Pull ends: its origin is no longer configured",
    "A reload has left out the origin named by from; another one is asked while somebody wants the stream",
  ],
  ["Pull redirected", "The other server named another one, which is asked in its place"],
  ["Bug: a pull failed in an unexpected way", "The stream is no longer pulled. Please report it"],
  [
    "Push accepted",
    "Another server takes the stream: a forward, or the origin of an edge; to is where, ip its address",
  ],
  [
    "Push failed",
    "The other server is not there, ended the connection or refuses, with its text; it is tried again",
  ],
  ["Cannot forward", "A target of a stream cannot be used, for the reason that follows; the publish goes on"],
  ["Bug: a forward failed in an unexpected way", "The target gets no more of the stream. Please report it"],
  ["Bug: a push failed in an unexpected way", "The origin gets no more of the stream. Please report it"],
]);
