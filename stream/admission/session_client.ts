/**
 * The client of a publish or play, whatever protocol it uses: a connection, a viewer of many requests, or a stream that
 * this server pulls.
 *
 * @module
 */
import type { ByteCounters, EndReason, LimitName, LogFields, LogLevel, Protocol } from "../../core/mod.ts";
import type { ReadMark } from "../live/mod.ts";

/** A client as its log lines describe it. */
export interface LoggedClient {
  /** The same in all events and log lines of the client. */
  readonly clientId: number;
  /** Canonical address. */
  readonly ip: string;
  /** Write a line with the client's id. */
  log(level: LogLevel, message: string, fields?: LogFields): void;
}

/** What admission and sessions need of a client. */
export interface SessionClient extends LoggedClient {
  /** How it reaches this server. */
  readonly protocol: Protocol;
  /** When anything was last received from it, monotonic milliseconds. */
  readonly lastReceivedMs: number;
  /** When its session ended, if that was before it was noticed, monotonic milliseconds; absent: when it is noticed. */
  readonly lastAnsweredMs?: number;
  /** Its bytes so far. */
  counters(): ByteCounters;
  /** End it and its session; the first reason counts. */
  end(reason: EndReason, description: string): void;
  /** The same because of a limit, which is counted. */
  endForLimit(limit: LimitName, reason: EndReason, description: string): void;
}

/** What a publish needs of its client besides. */
export interface PublishingClient extends SessionClient {
  /** How long a kick keeps its name from it, milliseconds; `undefined`: `publish.kick_hold`. */
  readonly kickHoldMs: number | undefined;
  /** How far its socket has been read. */
  readonly reads: ReadMark;
  /** Bytes of media that were received before their message was whole: it grows during a large message. */
  readonly mediaInParts: number;
}
