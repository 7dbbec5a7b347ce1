/**
 * How live servers are attacked, and what this one does about it: the rows of docs/SECURITY.md. Every row has tests in
 * tests/attacks/, which carry its number and name.
 *
 * @module
 */

/** One row. */
export interface Attack {
  readonly row: number;
  readonly name: string;
  /** What this server does. */
  readonly reaction: string;
}

function attack(row: number, name: string, reaction: string): Attack {
  return Object.freeze({ row, name, reaction });
}

/** All rows, numbered from 1. */
export const ATTACKS: readonly Attack[] = Object.freeze([
  attack(
    1,
    "path traversal by app or stream name",
    "names obey a grammar that is safe for files, URLs and logs; what does not is refused with a reason, before any hook",
  ),
  attack(
    2,
    "prefix check without separator",
    "a file of `http_server.dir`, of a recording and of HLS is found by its real path, compared with the directory and its separator; `refer` compares whole labels of a host",
  ),
  attack(
    3,
    "huge chunk size",
    "clamped to 0xFFFFFF; buffers grow by what arrives, never by what is announced",
  ),
  attack(4, "tiny chunk size", "refused below `limits.min_chunk_size`, 128 as in SRS"),
  attack(5, "chunk size 0 or with bit 31", "protocol error"),
  attack(
    6,
    "huge messages on many chunk streams, left half-open",
    "`limits.max_media_message`, `max_command_message`, `max_chunk_streams`, `max_partial_bytes`",
  ),
  attack(7, "a message that changes in its middle", "protocol error"),
  attack(
    8,
    "AMF that is deep, huge, endless or poisonous",
    "`limits.max_amf_depth`, `max_amf_nodes`, `max_amf_string`; counts are checked against the bytes; members live in a Map",
  ),
  attack(
    9,
    "a tcUrl that cannot be read",
    "connect is refused with a reason; nothing throws past the connection",
  ),
  attack(10, "arguments of the wrong type", "checked one by one; the connection ends, and only it"),
  attack(
    11,
    "slow handshake, connect and wait",
    "`limits.handshake_timeout`, `connect_timeout`, `idle_timeout`, `publish.firstpkt_timeout`; chatter puts none of them off",
  ),
  attack(
    12,
    "pending connections past the cap",
    "counted from accept on, in all and by address (an IPv4-mapped address is IPv4): `max_connections`, `limits.max_connections_per_ip`",
  ),
  attack(
    13,
    "aggregates, multitrack and ModEx that multiply",
    "`limits.max_aggregate_messages`, no empty parts, bounded chains and headers; multitrack is passed on, and split for players of the first tracks alone once a stream and thread; empty messages count as commands; a client that keeps the server busy lets the others have their turn, and the log's index is bounded",
  ),
  attack(
    14,
    "a reader that does not read",
    "a player is a cursor in a bounded log: it jumps to a key frame (`play.queue_length`, `limits.max_lag_bytes`), then ends (`play.send_timeout`); replies are bounded by `limits.max_reply_bytes`",
  ),
  attack(
    15,
    "storms of repeated starts",
    "`limits.max_starts_per_minute`; receiveAudio and receiveVideo replay nothing; `limits.max_commands_per_second`",
  ),
  attack(
    16,
    "extended timestamps that desynchronise",
    "taken with and without them on fmt 3, by comparing bytes",
  ),
  attack(17, "timestamps that wrap or jump", "32-bit arithmetic, one unbroken time line inside"),
  attack(
    18,
    "names that become the same",
    "UTF-8 or a protocol error; NUL and what cannot be seen is refused; a name is cut at its first blank before any hook",
  ),
  attack(19, "an answer that comes too late", "each request has its number: a late answer finds nobody"),
  attack(
    20,
    "publisher takeover",
    "the name is reserved, then the hook is asked; a publisher that still sends keeps its name, whichever client asks for it",
  ),
  attack(
    21,
    "hooks led elsewhere",
    "redirects are errors, no text of a client gets into an address, and no address is called that is not configured",
  ),
  attack(
    22,
    "lines and secrets in logs",
    "one event is one line whatever it holds; values of tokens, keys, secrets, signatures and passwords are masked",
  ),
  attack(
    23,
    "web pages that call the API",
    "no JSONP and no CORS; a foreign `Host` (DNS rebinding) is refused, and so is a change whose `Origin` is another site",
  ),
  attack(24, "commands in the hook receiver", "`srs hooks serve` starts no program; the product cannot"),
  attack(
    25,
    "an API that is open by default",
    "the API listens on loopback unless the configuration says otherwise, and beyond it needs credentials: a token is made where none are configured; `http_server`, which all reach, serves media and the player page alone",
  ),
  attack(
    26,
    "code through the management",
    "the API takes no command, configuration or path; the compiled file runs without permission to start programs, load libraries or import code, and gives up the environment before it listens; media threads have the network, and may read files: those that they serve",
  ),
  attack(
    27,
    "malformed messages by the thousand",
    "protocol errors end their connection; an error nobody caught is logged as a bug, counted, and ends nobody; the API shows snapshots",
  ),
  attack(
    28,
    "guessing stream keys",
    "constant-time comparison; each wrong key of an address waits twice as long (`limits.wrong_key_delay`), then none is looked at (`limits.max_wrong_keys`)",
  ),
  attack(
    29,
    "directory listings and scripts in error pages",
    "the API answers JSON that nobody takes for a page, and repeats nothing of the request; players get plain text; directories have no list; the player page escapes each name, the console puts texts in as texts, and neither permits an inline script",
  ),
  attack(
    30,
    "signed URLs that last forever or fit elsewhere",
    "HMAC-SHA256 over action, vhost, app, stream, expiry and, where wanted, address (`srs sign`)",
  ),
  attack(
    31,
    "connections that the API waits for",
    "`http_api.max_connections`; `http_api.head_timeout` for a request, which bytes one by one do not put off; `http_api.idle_timeout`",
  ),
  attack(
    32,
    "HTTP requests that two servers read differently",
    "one Content-Length and no Transfer-Encoding, one Host, CR and LF together, no folded lines, no controls, 8 KiB; after anything else the connection closes",
  ),
  attack(
    33,
    "connections that are reset at once",
    "counted (`reset_before_accept`); the next one is accepted without a pause; out of files: a pause, and one line a second that names the ways out",
  ),
  attack(
    34,
    "idle, slow and many connections of players",
    "`http_server.max_connections` (503) and, of one address, `limits.max_connections_per_ip` (429), counted apart from RTMP's; `http_server.head_timeout` (408), which bytes one by one do not put off; `http_server.idle_timeout`",
  ),
  attack(
    35,
    "viewers by HTTP that do not read, or send what is not asked for",
    "a cursor in the bounded log, as in RTMP: jumps, then `slow`; bytes behind a request are thrown away up to 64 KiB",
  ),
  attack(
    36,
    "WebSocket frames that break the rules, and pages that may not play",
    "close 1002 for frames without a mask, reserved bits, control frames in pieces; 1009 above 64 KiB; messages are passed over and never kept; `http_server.origins`",
  ),
  attack(
    37,
    "floods and bombs by HTTP/2",
    "128 requests at a time, each beyond the first a connection for `http_server.max_connections`; 400 resets at once and 20 a second, those that are still worked for count as requests; 2000 other frames in 10 s; 32 settings in a frame; 64 KiB of answers to frames that wait; a header block of 16 KiB in 8 frames; a list of 16 KiB, however small its block; then GOAWAY, and the connection ends alone",
  ),
]);

/** A test of one row. Its name holds the row's number and name. */
export function attackTest(row: number, criterion: string, run: () => void | Promise<void>): void {
  Deno.test(attackTestName(row, criterion), run);
}

/** The name of a row's test. */
export function attackTestName(row: number, criterion: string): string {
  const found = ATTACKS.find((attack) => attack.row === row);
  if (found === undefined) throw new RangeError(`Cannot name a test of row ${row}: there is none`);
  return `attack ${row}, ${found.name}: ${criterion}`;
}
