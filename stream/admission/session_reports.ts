/**
 * Reports what happens to clients and streams to those who follow the server from outside. A session is reported once
 * it is as others see it: accepted, begun, and under its public name.
 *
 * @module
 */
import type {
  ActivityEvent,
  ActivityKind,
  ActivityPlace,
  ActivitySink,
  Clock,
  DenialFacts,
  Ending,
  StreamInfo,
} from "../../core/mod.ts";
import { addressOf, shownFacts, type StreamUse } from "./clients/client_snapshot.ts";
import type { MeasuredEnding } from "./session_account.ts";
import type { Refusal, RequestKind, RequestPlace } from "./refusal.ts";
import type { SessionClient } from "./session_client.ts";
import type { ConnectFacts, StreamTarget } from "./stream_target.ts";
import type { PublishFacts } from "../live/mod.ts";

/** Whose event it is. */
export type ReportedClient = Pick<SessionClient, "clientId" | "ip" | "protocol">;

/** Where a session is that has begun. */
export type ReportedUse = Pick<StreamUse, "vhost" | "app" | "stream" | "hiddenName">;

/** What is reported of a session. */
export interface ReportedSession {
  /** What the client said of itself. */
  readonly facts: ConnectFacts;
  /** What it plays or publishes. */
  readonly use: ReportedUse;
}

/** Reports to one sink, or to nobody. */
export class SessionReports {
  readonly #clock: Pick<Clock, "wallNow">;
  #sink: ActivitySink | undefined;

  /**
   * Nothing reported yet.
   *
   * @param sink Absent: nobody follows.
   */
  constructor(clock: Pick<Clock, "wallNow">, sink?: ActivitySink) {
    this.#clock = clock;
    this.#sink = sink;
  }

  /** From now on these follow, or nobody. */
  setSink(sink: ActivitySink | undefined): void {
    this.#sink = sink;
  }

  /** A connection was accepted by a vhost. */
  connected(client: ReportedClient, facts: ConnectFacts, target: StreamTarget): void {
    this.#sink?.emit(this.#event("on_connect", connectionPlace(client, facts, target)));
  }

  /** That connection has ended; `ending` names the app and stream that it had last. */
  closed(client: ReportedClient, facts: ConnectFacts, target: StreamTarget, ending: Ending): void {
    if (this.#sink === undefined) return;
    const { app = target.url.app, stream, reason, durationMs = 0, sendBytes, recvBytes } = ending;
    // The stream's parameters may have a name that the service has hidden.
    const names = stream === undefined ? {} : streamFields({ ...stream, param: "" });
    const place = { ...connectionPlace(client, facts, target), app, ...names };
    this.#sink.emit(this.#event("on_close", place, { ending: { reason, durationMs, sendBytes, recvBytes } }));
  }

  /** A publish or play has begun. */
  began(action: "publish" | "play", client: ReportedClient, facts: ConnectFacts, use: ReportedUse): void {
    const kind = action === "publish" ? "on_publish" : "on_play";
    this.#sink?.emit(this.#event(kind, usePlace(client, facts, use)));
  }

  /** It has ended. */
  ended(
    action: "publish" | "play",
    client: ReportedClient,
    facts: ConnectFacts,
    use: ReportedUse,
    { reason, durationMs, sendBytes, recvBytes }: MeasuredEnding,
  ): void {
    const kind = action === "publish" ? "on_unpublish" : "on_stop";
    const ending = { reason, durationMs, sendBytes, recvBytes };
    this.#sink?.emit(this.#event(kind, usePlace(client, facts, use), { ending }));
  }

  /** The media of a publish is known. */
  described(client: ReportedClient, facts: ConnectFacts, use: ReportedUse, media: PublishFacts): void {
    if (this.#sink === undefined) return;
    const { videoCodec, audioCodec, width, height, fps, encoder } = media;
    const format = {
      ...(videoCodec === "" ? {} : { video: videoCodec }),
      ...(audioCodec === "" ? {} : { audio: audioCodec }),
      ...(width === undefined ? {} : { width }),
      ...(height === undefined ? {} : { height }),
      ...(fps === undefined ? {} : { fps }),
      ...(encoder === undefined ? {} : { encoder }),
    };
    this.#sink.emit(this.#event("stream_format", usePlace(client, facts, use), { format }));
  }

  /** A request was denied. `place.stream` is as it may be shown. */
  denied(
    request: RequestKind,
    client: ReportedClient,
    place: RequestPlace,
    { rule, reason }: Pick<Refusal, "rule" | "reason">,
  ): void {
    if (this.#sink === undefined) return;
    const { clientId, ip, protocol } = client;
    const { vhost = "", app = "", stream } = place;
    const denial: DenialFacts = { request, rule, description: reason };
    const names = { vhost, app, ...(stream === undefined ? {} : { stream }) };
    this.#sink.emit(this.#event("denied", { clientId, ip, protocol, ...names }, { denial }));
  }

  #event(
    kind: ActivityKind,
    place: ActivityPlace,
    facts: Pick<ActivityEvent, "ending" | "format" | "denial"> = {},
  ): ActivityEvent {
    return { kind, wallMs: this.#clock.wallNow(), ...place, ...facts };
  }
}

/** What follows the app in a tcUrl, and the page, may have a stream key that the service has yet to rename. */
function connectionPlace(
  { clientId, ip, protocol }: ReportedClient,
  { tcUrl }: ConnectFacts,
  { vhost, url }: StreamTarget,
): ActivityPlace {
  const app = url.app.split("/")[0] ?? "";
  return { clientId, ip, protocol, vhost: vhost.name, app, tcUrl: addressOf(tcUrl, app) };
}

function usePlace(
  { clientId, ip, protocol }: ReportedClient,
  facts: ConnectFacts,
  { vhost, app, stream, hiddenName }: ReportedUse,
): ActivityPlace {
  const { tcUrl, pageUrl } = shownFacts(facts, app, hiddenName);
  const param = hiddenName === undefined ? stream.param : stream.param.replaceAll(hiddenName, "***");
  const fields = streamFields({ ...stream, param });
  return { clientId, ip, protocol, vhost, app, ...fields, tcUrl, pageUrl };
}

function streamFields({ stream, param, streamUrl, streamId }: StreamInfo): Partial<ActivityPlace> {
  return { stream, streamUrl, streamId, ...(param === "" ? {} : { param }) };
}
