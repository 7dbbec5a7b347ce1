/**
 * What the flows of one connection (connect, publish, play) share: the client, its session, and the house.
 *
 * @module
 */
import {
  type ByteCounters,
  type ClientIds,
  type ClientInfo,
  type Clock,
  DEFAULT_VHOST,
  type EndReason,
  type Hooks,
  type LimitName,
  type Log,
  type LogFields,
  type LogLevel,
} from "../../core/mod.ts";
import type {
  AccessControl,
  ConnectFacts,
  KickHolds,
  NameRegistry,
  SecretNames,
  StreamDirectory,
  StreamTarget,
} from "../../stream/admission/mod.ts";
import type { FlushScheduler, JoinDelay, MacrotaskQueue, ReadSchedule } from "../../stream/schedule/mod.ts";
import type { LimitCounters, SharedCounters } from "../../system/mod.ts";
import type { ReadMark, Sources } from "../../stream/live/mod.ts";
import type { RtmpOptions } from "../options.ts";
import type { Session } from "../session/mod.ts";
import type { ConnectionWriter } from "./connection_writer.ts";
import type { WireEnvironment } from "../wire/mod.ts";

/** What all connections of a server share. */
export interface House {
  readonly options: RtmpOptions;
  readonly hooks: Hooks;
  readonly log: Log;
  readonly clientIds: ClientIds;
  readonly clock: Clock;
  readonly environment: WireEnvironment;
  readonly sources: Sources;
  readonly names: NameRegistry;
  readonly streams: StreamDirectory;
  readonly flusher: FlushScheduler;
  /** What the server tells of itself. */
  readonly serverData: Readonly<Record<string, string | number>>;
  /** What waits for the next turn of the event loop. */
  readonly turns: MacrotaskQueue;
  /** Players that have their first picture and wait for the rest. */
  readonly joinDelay: JoinDelay;
  /** Who may do what, before any hook is asked. */
  readonly access: AccessControl;
  /** Names that are kept from an address after a kick. */
  readonly holds: KickHolds;
  /** Which requested names the log may not have. */
  readonly secretNames: SecretNames;
  /** Who ran into which limit. */
  readonly limits: LimitCounters;
  /** How many there are of what limits count. */
  readonly counts: SharedCounters;
}

/** The connection as its flows see it. */
export interface Peer {
  readonly house: House;
  readonly clientId: number;
  readonly ip: string;
  readonly session: Session;
  readonly writer: ConnectionWriter;
  /** When anything was last received, monotonic milliseconds. */
  readonly heardMs: number;
  /** How long its name is kept from it, where whoever kicks it has said so, milliseconds. */
  readonly kickHoldMs: number | undefined;
  /** How far its socket has been read. */
  readonly reads: ReadMark;
  /** Bytes of media messages that came in several parts: it grows while such a message is under way. */
  readonly mediaInParts: number;
  log(level: LogLevel, message: string, fields?: LogFields): void;
  counters(): ByteCounters;
  /** Give TCP_NODELAY up: what does not fill a packet waits until the client has acknowledged what went before. */
  delaySmallSends(): void;
  /** Read the socket at this pace from now on. */
  readAt(pace: ReadSchedule): void;
  /** Answer to a request was given: send it, and go on with what was held. */
  resume(): void;
  /** End the connection; the first reason counts. */
  end(reason: EndReason, description: string): void;
  /** The same because of a limit, which is counted. */
  exceed(limit: LimitName, reason: EndReason, description: string): void;
}

/** The description of a client in events about one vhost and app. */
export function describeClient(peer: Peer, facts: ConnectFacts, target: StreamTarget): ClientInfo {
  return {
    clientId: peer.clientId,
    ip: peer.ip,
    vhost: target.vhost.name,
    app: target.url.app,
    tcUrl: facts.tcUrl,
    pageUrl: facts.pageUrl,
    protocol: "rtmp",
  };
}

/** `/app/stream`, behind the vhost's name for all but the default vhost. */
export function streamUrlOf(vhost: string, app: string, stream: string): string {
  return `${vhost === DEFAULT_VHOST ? "" : vhost}/${app}/${stream}`;
}
