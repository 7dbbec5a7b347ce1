/**
 * Events as bytes of a `text/event-stream` (WHATWG HTML §9.2.6): encoded once, and sent to all who listen. Pure.
 *
 * @module
 */
import type { ActivityEvent, BanFacts, FinishedSegment } from "../../core/mod.ts";

/** The most that is shown of a text that a client chose, characters: names are shorter, addresses need not be. */
const MAX_TEXT = 1000;
const encoder = new TextEncoder();

/** Where a listener is: the process that counts, and the number of the last event that is past. */
export interface EventId {
  /** The `service` of the process. */
  readonly service: string;
  /** Events are numbered from 1; 0 is before the first one. */
  readonly number: number;
}

/** Why events are missing: they came while nobody listened, while a listener was slow, or before a restart. */
export type LostCause = "absent" | "slow" | "restart";

/** As in an `id` field and in `Last-Event-ID`. */
export function writeEventId({ service, number }: EventId): string {
  return `${service}-${number}`;
}

/** The other way round; `undefined` for what is not an id. */
export function readEventId(text: string): EventId | undefined {
  const [, service, number] = /^([a-z0-9]{1,32})-(\d{1,15})$/.exec(text) ?? [];
  return service === undefined ? undefined : { service, number: Number(number) };
}

/** One event. `data` is JSON on one line, its members named as in the bodies of hooks. */
export function encodeEvent(id: EventId, event: ActivityEvent, mask: (text: string) => string): Uint8Array {
  return encoder.encode(frame(id, event.kind, eventBody(event, mask)));
}

/**
 * Says that events are missing.
 *
 * @param id Of the last one of them.
 * @param count How many; `undefined` where that is not known.
 */
export function encodeLost(id: EventId, count: number | undefined, cause: LostCause): Uint8Array {
  return encoder.encode(frame(id, "lost", { action: "lost", count: count ?? null, cause }));
}

/** Moves a listener's id on, and shows that the connection lives; listeners get no event of it. */
export function encodePing(id: EventId): Uint8Array {
  return encoder.encode(`: ping\nid: ${writeEventId(id)}\n\n`);
}

/** How soon a listener is to come back, milliseconds. */
export function encodeRetry(retryMs: number): Uint8Array {
  return encoder.encode(`retry: ${retryMs}\n\n`);
}

/** An event's members, by the names that bodies of hooks have. */
export function eventBody(event: ActivityEvent, mask: (text: string) => string): Record<string, unknown> {
  const { kind, clientId, ip, protocol, vhost, app, stream, streamUrl, streamId, wallMs } = event;
  const shown = (text: string | undefined): string | undefined =>
    text === undefined ? undefined : mask(clipped(text));
  const { ending, segment, recording, format, denial, ban, logLevel } = event;
  const time = new Date(wallMs).toISOString();
  if (ban !== undefined) return { action: kind, time, ...banMembers(ban) };
  if (logLevel !== undefined) return { action: kind, time, from: logLevel.from, to: logLevel.to };
  return {
    action: kind,
    client_id: clientId,
    ip,
    protocol,
    vhost: clipped(vhost),
    app: clipped(app),
    stream: stream === undefined ? undefined : clipped(stream),
    tcUrl: shown(event.tcUrl),
    pageUrl: shown(event.pageUrl),
    param: shown(event.param),
    stream_url: streamUrl === undefined ? undefined : clipped(streamUrl),
    stream_id: streamId,
    time,
    ...(ending === undefined ? {} : {
      reason: ending.reason,
      duration_ms: ending.durationMs,
      send_bytes: ending.sendBytes,
      recv_bytes: ending.recvBytes,
    }),
    ...(segment === undefined ? {} : segmentMembers(segment, shown)),
    ...(recording === undefined ? {} : {
      file: shown(recording.file),
      duration_ms: Math.round(recording.durationMs),
      bytes: recording.bytes,
      reason: recording.reason,
    }),
    ...(format === undefined ? {} : { ...format, encoder: shown(format.encoder) }),
    ...(denial === undefined ? {} : {
      request: denial.request,
      rule: denial.rule,
      description: shown(denial.description),
    }),
  };
}

function segmentMembers(
  { durationMs, files, url, playlistUrl, sequence, bytes, startMs }: FinishedSegment,
  shown: (text: string | undefined) => string | undefined,
): Record<string, unknown> {
  return {
    duration: durationMs / 1000,
    cwd: shown(files?.cwd),
    file: shown(files?.file),
    url: shown(url === "" ? undefined : url),
    m3u8: shown(files?.m3u8),
    m3u8_url: shown(playlistUrl === "" ? undefined : playlistUrl),
    seq_no: sequence,
    bytes,
    start: new Date(startMs).toISOString(),
  };
}

/** As the list of bans has them. */
function banMembers({ id, kind, value, reason, expiresAt, cause }: BanFacts): Record<string, unknown> {
  return {
    id,
    kind,
    value,
    reason,
    expires_ms: expiresAt ?? null,
    cause,
  };
}

/** JSON has no line end outside of texts, where it is escaped: one `data` line holds it. */
function frame(id: EventId, kind: string, body: object): string {
  return `id: ${writeEventId(id)}\nevent: ${kind}\ndata: ${JSON.stringify(body)}\n\n`;
}

function clipped(text: string): string {
  return text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT)}...`;
}
