/**
 * Sends one event with sample values to each of its configured addresses, so that an operator can check them before
 * publishers come. Nothing is recorded or repeated.
 *
 * @module
 */
import { DEFAULT_VHOST } from "../../core/mod.ts";
import type {
  ClientInfo,
  Clock,
  FinishedRecording,
  FinishedSegment,
  HookEventName,
  StreamInfo,
} from "../../core/mod.ts";
import { classifyDelivery, parseAnswer, parseForwardAnswer } from "../contract/answer.ts";
import { CallHeaders } from "../contract/call_headers.ts";
import { type CallOutcome, HttpCaller } from "../client/http_caller.ts";
import { IdSource, newServiceId, webhookId } from "../contract/ids.ts";
import type { HooksOptions } from "../options.ts";
import { noticeUrl } from "../contract/notice_url.ts";
import { type EventDetails, type SessionFacts, sessionFacts, writePayload } from "../contract/payload.ts";

/** Requests, whose answers decide; the others are notifications. */
const REQUEST_EVENTS: ReadonlySet<HookEventName> = new Set([
  "on_connect",
  "on_publish",
  "on_play",
  "on_update",
  "on_forward",
]);

/** Events about a connection, which may have no stream. */
const OF_CONNECTIONS: ReadonlySet<HookEventName> = new Set(["on_connect", "on_close"]);

/** Events with a session's duration and bytes. */
const ENDINGS: ReadonlySet<HookEventName> = new Set(["on_close", "on_unpublish", "on_stop"]);

/** The sample event's values. */
export interface ProbeValues {
  /** Whose hooks are called. */
  readonly vhost: string;
  /** Application name. */
  readonly app: string;
  /** Stream name without its query. */
  readonly stream: string;
  /** `""` or a text that starts with `?`. */
  readonly param: string;
  /** Of the client. */
  readonly ip: string;
}

/** How one address answered. */
export interface ProbeResult {
  /** The address. */
  readonly url: string;
  /** As they were sent. */
  readonly requestHeaders: Readonly<Record<string, string>>;
  /** As it was sent. */
  readonly requestBody: string;
  /** `undefined` when no answer began. */
  readonly status: number | undefined;
  /** The whole answer's body, `""` when there is none. */
  readonly body: string;
  /** `yes`, `no` or `error` of a request; `delivered`, `retry` or `dead` of a notification. */
  readonly verdict: string;
  /** The error, or the service's reason to deny; `""` for neither. */
  readonly detail: string;
  /** From connect to the last byte, milliseconds. */
  readonly ms: number;
}

/**
 * Call every address of `event`, one after another.
 *
 * @returns In the order of the configuration; empty when the vhost has no address for the event.
 * @throws {Error} When a secret or certificate of the vhost cannot be used.
 */
export async function probeHook(
  options: HooksOptions,
  event: HookEventName,
  values: ProbeValues,
  clock: Clock,
): Promise<readonly ProbeResult[]> {
  const vhost = options.vhosts.get(values.vhost);
  const urls = vhost?.enabled ? vhost.urls.get(event) ?? [] : [];
  if (vhost === undefined || urls.length === 0) return [];
  const ids = new IdSource((bytes) => crypto.getRandomValues(bytes));
  const sessionId = ids.sessionId(clock.wallNow());
  const now = clock.wallNow();
  const facts = sampleFacts(options, event, values, sessionId, now);
  const isNotice = event === "on_hls_notify";
  const body = isNotice ? "" : writePayload(vhost.payload, event, facts, now, detailsOf(event, now));
  const headers = new CallHeaders(vhost, options.version);
  const caller = new HttpCaller(vhost, clock);
  try {
    const results: ProbeResult[] = [];
    for (const [index, url] of urls.entries()) {
      const identity = {
        webhookId: webhookId(sessionId, event, index),
        traceparent: ids.traceparent(sessionId),
        attempt: 1,
        admittedBy: undefined,
      };
      const requestHeaders = headers.write(identity, body, clock.wallNow());
      const called = isNotice ? noticeUrl(url, facts, sampleSegment(now)) : url;
      const call = { url: called, headers: requestHeaders, timeoutMs: vhost.timeoutMs, signal: undefined };
      const from = clock.now();
      const outcome = isNotice
        ? await caller.get(call, vhost.noticeMaxBytes)
        : await caller.call({ ...call, body });
      const ms = clock.now() - from;
      results.push({ url: called, requestHeaders, requestBody: body, ...judge(event, outcome), ms });
    }
    return results;
  } finally {
    caller.close();
  }
}

function judge(
  event: HookEventName,
  outcome: CallOutcome,
): Pick<ProbeResult, "status" | "body" | "verdict" | "detail"> {
  const { status } = outcome;
  if (outcome.kind === "failed") {
    return {
      status,
      body: "",
      verdict: REQUEST_EVENTS.has(event) ? "error" : "retry",
      detail: outcome.detail,
    };
  }
  const body = new TextDecoder().decode(outcome.body);
  if (!REQUEST_EVENTS.has(event)) {
    return { status, body, verdict: classifyDelivery(outcome.status), detail: "" };
  }
  const parse = event === "on_forward" ? parseForwardAnswer : parseAnswer;
  const answer = parse(outcome.status, outcome.body);
  switch (answer.kind) {
    case "allow":
      return { status, body, verdict: "yes", detail: "" };
    case "deny":
      return { status, body, verdict: "no", detail: answer.msg ?? "" };
    case "error":
      return { status, body, verdict: "error", detail: answer.cause };
  }
}

function sampleFacts(
  options: HooksOptions,
  event: HookEventName,
  values: ProbeValues,
  sessionId: string,
  now: number,
): SessionFacts {
  const isDefault = values.vhost === DEFAULT_VHOST;
  const client: ClientInfo = {
    clientId: 1,
    ip: values.ip,
    vhost: values.vhost,
    app: values.app,
    tcUrl: `rtmp://${isDefault ? "localhost" : values.vhost}/${values.app}`,
    pageUrl: "",
    protocol: "rtmp",
  };
  const stream: StreamInfo = {
    stream: values.stream,
    param: values.param,
    streamUrl: `${isDefault ? "" : values.vhost}/${values.app}/${values.stream}`,
    streamId: "vid-0000000",
  };
  const serviceId = newServiceId((bytes) => crypto.getRandomValues(bytes));
  const ids = { sessionId, serverId: options.serverId, serviceId, startedAt: now };
  return sessionFacts(ids, client, OF_CONNECTIONS.has(event) ? undefined : stream);
}

function detailsOf(event: HookEventName, now: number): EventDetails | undefined {
  const counted = { durationMs: 1000, sendBytes: 3000, recvBytes: 4000 };
  if (ENDINGS.has(event)) return { reason: "client", ...counted };
  if (event === "on_hls") return sampleSegment(now);
  if (event === "on_dvr") return { recording: sampleRecording(now), cwd: "/srv" };
  return event === "on_update" ? counted : undefined;
}

function sampleRecording(now: number): FinishedRecording {
  return {
    ...{
      id: "rec-000000000000",
      number: 0,
      clientId: 1,
      vhost: DEFAULT_VHOST,
      app: "live",
      stream: "livestream",
    },
    ...{
      file: "./html/live/livestream.1.flv",
      root: "./html",
      startMs: now - 2000,
      durationMs: 2000,
      bytes: 5000,
      reason: "client",
    },
  };
}

function sampleSegment(now: number): FinishedSegment {
  return {
    sequence: 1,
    durationMs: 2000,
    bytes: 5000,
    startMs: now - 2000,
    files: { cwd: "/srv", file: "./html/live/livestream-1.ts", m3u8: "./html/live/livestream.m3u8" },
    url: "live/livestream-1.ts",
    playlistUrl: "live/livestream.m3u8",
  };
}
