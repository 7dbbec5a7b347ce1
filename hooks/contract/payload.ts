/**
 * Request bodies: the fields of every event in the three shapes that a service can choose.
 * Pure: facts in, JSON text out. Field order and types are the contract.
 *
 * @module
 */
import type {
  ClientInfo,
  FinishedRecording,
  FinishedSegment,
  HookEventName,
  Protocol,
  ReportedReason,
  StreamInfo,
} from "../../core/mod.ts";
import type { Payload } from "../options.ts";

/** The fields that all events of a session share. Plain data, kept in the outbox as JSON. */
export interface SessionFacts {
  readonly sessionId: string;
  readonly serverId: string;
  /** Of the process in which the session began. */
  readonly serviceId: string;
  readonly clientId: number;
  readonly ip: string;
  readonly vhost: string;
  readonly app: string;
  readonly tcUrl: string;
  readonly pageUrl: string;
  readonly protocol: Protocol;
  /** How a trusted edge names itself; absent: the client is none. */
  readonly edgeServerId?: string;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly stream?: StreamInfo;
  /** The vhost whose addresses its events go to, where an operator chose a different one from its own. */
  readonly hooksOf?: string;
}

/** What endings and updates add. */
export interface Progress {
  /** Absent in updates. */
  readonly reason?: ReportedReason;
  readonly durationMs: number;
  readonly sendBytes: number;
  readonly recvBytes: number;
}

/** A file of a recording, and the directory that its path begins in. */
export interface RecordingDetails {
  readonly recording: FinishedRecording;
  readonly cwd: string;
}

/**
 * What an event adds to the fields of its session: `on_hls` its segment, `on_dvr` its file, endings and updates their
 * progress.
 */
export type EventDetails = Progress | FinishedSegment | RecordingDetails;

type Fields = Record<string, string | number | boolean>;

/** The first facts of a session. */
export function sessionFacts(
  ids: Pick<SessionFacts, "sessionId" | "serverId" | "serviceId" | "startedAt">,
  client: ClientInfo,
  stream: StreamInfo | undefined,
): SessionFacts {
  return {
    sessionId: ids.sessionId,
    serverId: ids.serverId,
    serviceId: ids.serviceId,
    clientId: client.clientId,
    ip: client.ip,
    vhost: client.vhost,
    app: client.app,
    tcUrl: client.tcUrl,
    pageUrl: client.pageUrl,
    protocol: client.protocol,
    startedAt: ids.startedAt,
    ...(client.edgeServerId === undefined ? {} : { edgeServerId: client.edgeServerId }),
    ...(stream === undefined ? {} : { stream }),
  };
}

/**
 * Write an event's body.
 *
 * @param timeMs The moment of the event, milliseconds since 1970.
 * @param details For all events but requests.
 * @returns JSON text without blanks.
 */
export function writePayload(
  payload: Payload,
  event: HookEventName,
  facts: SessionFacts,
  timeMs: number,
  details?: EventDetails,
): string {
  if (details !== undefined && ("sequence" in details || "recording" in details)) {
    const own = "sequence" in details ? segmentFields(details) : recordingFields(details);
    return JSON.stringify(fileEvent(payload, event, facts, timeMs, own));
  }
  switch (payload) {
    case "1.0":
      return JSON.stringify(seedFields(event, facts));
    case "6.0":
      return JSON.stringify(modernFields(event, facts, details));
    case "full":
      return JSON.stringify(fullFields(event, facts, timeMs, details));
  }
}

/** The fields of the session, and those of a file where the payload has them. */
function fileEvent(
  payload: Payload,
  event: HookEventName,
  facts: SessionFacts,
  timeMs: number,
  { common, more }: FileFields,
): Fields {
  switch (payload) {
    case "1.0":
      return { ...seedFields(event, facts), ...common };
    case "6.0": {
      const { stream_url = "", stream_id = "", ...fields } = modernFields(event, facts, undefined);
      return { ...fields, ...common, stream_url, stream_id };
    }
    case "full":
      return { ...fullFields(event, facts, timeMs, undefined), ...common, ...more };
  }
}

/** What an event says of a file: SRS's fields, and those of the payload "full". */
interface FileFields {
  readonly common: Fields;
  readonly more: Fields;
}

/** SRS's fields of a segment, in its order; those that are not known are left out. */
function segmentFields(segment: FinishedSegment): FileFields {
  const { durationMs, files, url, playlistUrl, sequence, bytes, startMs } = segment;
  const common = {
    duration: durationMs / 1000,
    ...(files === undefined ? undefined : { cwd: files.cwd, file: files.file }),
    ...(url === "" ? undefined : { url }),
    ...(files === undefined ? undefined : { m3u8: files.m3u8 }),
    ...(playlistUrl === "" ? undefined : { m3u8_url: playlistUrl }),
    seq_no: sequence,
  };
  return { common, more: { bytes, start: new Date(startMs).toISOString() } };
}

function recordingFields({ recording, cwd }: RecordingDetails): FileFields {
  const { file, durationMs, bytes, startMs, reason } = recording;
  const start = new Date(startMs).toISOString();
  return { common: { cwd, file }, more: { duration: Math.round(durationMs) / 1000, bytes, start, reason } };
}

/** SRS 0.9.2: the stream name as it was sent, with its query; the tcUrl's query is not included. */
function seedFields(event: HookEventName, facts: SessionFacts): Fields {
  const fields: Fields = {
    action: event,
    client_id: facts.clientId,
    ip: facts.ip,
    vhost: facts.vhost,
    app: facts.app,
  };
  if (event === "on_connect") fields.pageUrl = facts.pageUrl;
  else if (event !== "on_close" && facts.stream !== undefined) {
    fields.stream = facts.stream.stream + withoutQuery(facts.stream.param, queryOf(facts.tcUrl));
  }
  return fields;
}

/** Object literals of fixed shapes: adding fields one by one costs twice as much. */
function fullFields(
  event: HookEventName,
  facts: SessionFacts,
  timeMs: number,
  progress: Progress | undefined,
): Fields {
  const { clientId, ip, vhost, app, tcUrl, stream } = facts;
  const tail = {
    server_id: facts.serverId,
    service_id: facts.serviceId,
    session_id: facts.sessionId,
    protocol: facts.protocol,
    time: new Date(timeMs).toISOString(),
    ...(facts.edgeServerId === undefined ? undefined : { is_edge: true, edge_server_id: facts.edgeServerId }),
    ...(progress === undefined ? undefined : progressFields(progress)),
  };
  if (event === "on_connect") {
    return { action: event, client_id: clientId, ip, vhost, app, pageUrl: facts.pageUrl, tcUrl, ...tail };
  }
  if (stream === undefined) return { action: event, client_id: clientId, ip, vhost, app, tcUrl, ...tail };
  if (event === "on_forward") {
    const { stream: name, param } = stream;
    return { action: event, client_id: clientId, ip, vhost, app, stream: name, tcUrl, param, ...tail };
  }
  return {
    action: event,
    client_id: clientId,
    ip,
    vhost,
    app,
    stream: stream.stream,
    tcUrl,
    // HTTP players have no on_connect, whose page it would be.
    ...(event === "on_play" ? { pageUrl: facts.pageUrl } : undefined),
    param: stream.param,
    stream_url: stream.streamUrl,
    stream_id: stream.streamId,
    ...tail,
  };
}

function progressFields({ reason, durationMs, sendBytes, recvBytes }: Progress): Fields {
  const counts = { duration_ms: durationMs, send_bytes: sendBytes, recv_bytes: recvBytes };
  return reason === undefined ? counts : { reason, ...counts };
}

/** SRS 6: `client_id` is a string, and the order of fields differs by event. */
function modernFields(event: HookEventName, facts: SessionFacts, progress: Progress | undefined): Fields {
  const fields: Fields = {
    ...(event === "on_forward" ? { action: event } : undefined),
    server_id: facts.serverId,
    service_id: facts.serviceId,
    action: event,
    client_id: String(facts.clientId),
    ip: facts.ip,
    vhost: facts.vhost,
    app: facts.app,
  };
  const stream = facts.stream?.stream ?? "";
  const param = facts.stream?.param ?? "";
  switch (event) {
    case "on_connect":
      // A connection has no stream yet.
      fields.stream = "";
      fields.param = queryOf(facts.tcUrl);
      fields.tcUrl = facts.tcUrl;
      fields.pageUrl = facts.pageUrl;
      return fields;
    case "on_close":
      fields.send_bytes = progress?.sendBytes ?? 0;
      fields.recv_bytes = progress?.recvBytes ?? 0;
      return fields;
    case "on_play":
      fields.stream = stream;
      fields.tcUrl = facts.tcUrl;
      fields.param = param;
      fields.pageUrl = facts.pageUrl;
      break;
    case "on_forward":
      return { ...fields, tcUrl: facts.tcUrl, stream, param };
    default:
      fields.tcUrl = facts.tcUrl;
      fields.stream = stream;
      fields.param = param;
  }
  if (facts.stream !== undefined) {
    fields.stream_url = facts.stream.streamUrl;
    fields.stream_id = facts.stream.streamId;
  }
  return fields;
}

/** `""`, or the text from the question mark on. */
function queryOf(tcUrl: string): string {
  const url = tcUrl.replace("...vhost...", "?vhost=");
  const at = url.indexOf("?");
  return at < 0 ? "" : url.slice(at);
}

/** The stream name's own part of `param`, which begins with the tcUrl's parameters. */
function withoutQuery(param: string, query: string): string {
  if (query === "" || !param.startsWith(query)) return param;
  const own = param.slice(query.length);
  if (own === "" || own.startsWith("#")) return own;
  return own.startsWith("&") ? `?${own.slice(1)}` : param;
}
