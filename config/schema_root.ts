/**
 * The keys outside of vhosts. Names, units and meanings are SRS's where SRS has the key.
 *
 * @module
 */

import type { LogLevel } from "../log/options.ts";
import type { ListenAddress } from "../rtmp/options.ts";
import { duration, size } from "./duration_type.ts";
import { rootKey } from "./key_spec.ts";
import { LISTEN } from "./listen_type.ts";
import { choice, count, OFF, ON, PATH, SOME_PATH, SWITCH, TEXT } from "./value_type.ts";
import { WORKERS } from "./workers_type.ts";

const NO_HTTP = { pending: "this version serves no HTTP" };

function listeners(hostname: string, port: number): readonly ListenAddress[] {
  return Object.freeze([Object.freeze({ hostname, port })]);
}

const LOG_LEVELS: readonly LogLevel[] = ["verbose", "info", "trace", "warn", "error"];

/** The process, its listeners and its log. */
export const ROOT_KEYS = Object.freeze({
  listen: rootKey("listen", LISTEN, listeners("0.0.0.0", 1935), "Where RTMP clients connect", {
    example: '[1935, "127.0.0.1:19350", "[::1]:1935"]',
  }),
  maxConnections: rootKey(
    "max_connections",
    count({ min: 1, max: 1_000_000 }),
    1000,
    "A connection above it is closed at once",
  ),
  chunkSize: rootKey(
    "chunk_size",
    count({ min: 128, max: 65_536 }),
    60_000,
    "Outgoing RTMP chunk size, bytes",
  ),
  workDir: rootKey("work_dir", SOME_PATH, "./", "Directory to change to at start"),
  pid: rootKey("pid", PATH, "", "File for the process id, none when empty", { example: '"./objs/srs.pid"' }),
  serverId: rootKey(
    "server_id",
    TEXT,
    "",
    "Name of this server for clients and hooks, made at start when empty",
    {
      example: '"vid-edge-1"',
    },
  ),
  graceFinalWait: rootKey(
    "grace_final_wait",
    duration("ms", { minMs: 0, maxMs: 3_600_000 }),
    3200,
    "Longest wait for the last hook calls at a stop, before the hooks' timeout is added",
  ),
  workers: rootKey("workers", WORKERS, 1, "Threads that serve connections, one a core for auto"),
  utcTime: rootKey("utc_time", SWITCH, OFF, "Log times in UTC instead of local time"),
  logTank: rootKey("srs_log_tank", choice(["console", "file"]), "console", "Where log lines go"),
  logLevel: rootKey("srs_log_level", choice(LOG_LEVELS), "trace", "Lines below this level are not written"),
  logFile: rootKey("srs_log_file", SOME_PATH, "./objs/srs.log", "The log's file when srs_log_tank is file"),
  logFormat: rootKey("srs_log_format", choice(["text", "json"]), "text", "How a log line looks"),
});

/** The HTTP listeners. */
export const HTTP_KEYS = Object.freeze({
  apiEnabled: rootKey("http_api.enabled", SWITCH, ON, "The management API", NO_HTTP),
  apiListen: rootKey(
    "http_api.listen",
    LISTEN,
    listeners("127.0.0.1", 1985),
    "Where the API listens",
    NO_HTTP,
  ),
  serverEnabled: rootKey("http_server.enabled", SWITCH, ON, "HTTP-FLV, HLS and the console page", NO_HTTP),
  serverListen: rootKey(
    "http_server.listen",
    LISTEN,
    listeners("127.0.0.1", 8080),
    "Where players and browsers connect",
    NO_HTTP,
  ),
});

const MIB = 1024 * 1024;

/** How much one client may make this server keep, and how long it may take. */
export const LIMIT_KEYS = Object.freeze({
  handshakeTimeout: rootKey(
    "limits.handshake_timeout",
    duration("s", { minMs: 100, maxMs: 600_000 }),
    10_000,
    "From accept to the end of the handshake, and again to connect",
  ),
  idleTimeout: rootKey(
    "limits.idle_timeout",
    duration("s", { minMs: 100, maxMs: 3_600_000 }),
    30_000,
    "From connect to the first publish or play, and between two",
  ),
  maxHeldBytes: rootKey(
    "limits.max_held_bytes",
    size({ min: 1024, max: 64 * MIB }),
    64 * 1024,
    "What may wait while a hook is asked",
  ),
  maxLagBytes: rootKey(
    "limits.max_lag_bytes",
    size({ min: MIB, max: 4096 * MIB }),
    64 * MIB,
    "A player that is further behind jumps to the newest key frame, whatever queue_length says",
  ),
  maxMediaMessageBytes: rootKey(
    "limits.max_media_message",
    size({ min: 64 * 1024, max: 16 * MIB }),
    10 * MIB,
    "Largest audio, video or data message",
  ),
  maxCommandMessageBytes: rootKey(
    "limits.max_command_message",
    size({ min: 4096, max: 16 * MIB }),
    64 * 1024,
    "Largest message of any other kind",
  ),
  maxChunkStreams: rootKey(
    "limits.max_chunk_streams",
    count({ min: 8, max: 65_600 }),
    64,
    "Chunk streams in use by one client",
  ),
  maxPartialBytes: rootKey(
    "limits.max_partial_bytes",
    size({ min: 64 * 1024, max: 1024 * MIB }),
    16 * MIB,
    "Unfinished messages of one client",
  ),
  minChunkSize: rootKey(
    "limits.min_chunk_size",
    count({ min: 1, max: 65_536 }),
    128,
    "Smallest chunk size that a client may choose, bytes",
  ),
  maxAmfDepth: rootKey("limits.max_amf_depth", count({ min: 4, max: 64 }), 16, "Nesting of AMF0 values"),
  maxAmfNodes: rootKey(
    "limits.max_amf_nodes",
    count({ min: 64, max: 1_000_000 }),
    4096,
    "AMF0 values in one message",
  ),
  maxAggregateMessages: rootKey(
    "limits.max_aggregate_messages",
    count({ min: 1, max: 1_000_000 }),
    1024,
    "Messages inside one aggregate message",
  ),
});

/** Where hook calls are kept until they are answered. */
export const OUTBOX_KEYS = Object.freeze({
  path: rootKey(
    "hooks.outbox.path",
    PATH,
    "./objs/srs.outbox.db",
    "Endings and open sessions survive here, in memory only when empty",
  ),
  maxRows: rootKey(
    "hooks.outbox.max_rows",
    count({ min: 1, max: 1_000_000_000 }),
    1_000_000,
    "Above it the oldest calls move to the dead list",
  ),
  maxBytes: rootKey(
    "hooks.outbox.max_bytes",
    size({ min: 64 * 1024, max: 1024 * 1024 * MIB }),
    1024 * MIB,
    "Above it the oldest calls move to the dead list",
  ),
  maxAge: rootKey(
    "hooks.outbox.max_age",
    duration("s", { minMs: 1000, maxMs: 365 * 86_400_000 }),
    86_400_000,
    "An undelivered call that is older moves to the dead list",
  ),
});
