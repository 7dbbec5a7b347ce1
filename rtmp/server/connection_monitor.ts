/**
 * One connection as the client registry sees it: what can be seen of it, its regular check, and its kick.
 *
 * @module
 */
import type { ActiveStream } from "./active_stream.ts";
import type { Connecting } from "./connecting.ts";
import type { ConnectionContext } from "./connection_context.ts";
import type { ConnectionIo } from "./connection_io.ts";
import type { ConnectionTraffic } from "./connection_traffic.ts";
import type { ConnectionWatchdog } from "./connection_watchdog.ts";
import type { EndReason, KickOptions } from "../../core/mod.ts";
import { clientSnapshot, type ConnectedClient, type RegisteredClient } from "../../stream/admission/mod.ts";
import type { ClientSnapshot, Usage } from "../../stream/live/mod.ts";

/** A connection, and the parts of it that are watched. */
export interface MonitoredConnection extends ConnectionContext {
  readonly connecting: Connecting;
  readonly io: ConnectionIo;
  readonly stream: ActiveStream;
  readonly traffic: ConnectionTraffic;
  readonly watchdog: ConnectionWatchdog;
  /** Sends what its session has queued. */
  sendQueued(): void;
}

/** Monitors one connection. */
export class ConnectionMonitor implements RegisteredClient {
  readonly #connection: MonitoredConnection;
  /** Once it has been looked at. */
  #connected: ConnectedClient | undefined;
  #kickHoldMs: number | undefined;
  #askedToReconnect = false;

  constructor(connection: MonitoredConnection) {
    this.#connection = connection;
  }

  /** @inheritdoc */
  get clientId(): number {
    return this.#connection.clientId;
  }

  /** How long a kick keeps its name from it, milliseconds. */
  get kickHoldMs(): number | undefined {
    return this.#kickHoldMs;
  }

  /** @inheritdoc */
  get servedBy(): string | undefined {
    return this.#connection.connecting.home?.vhost.name;
  }

  /** @inheritdoc */
  usage(): Usage {
    return this.#connection.traffic.usage(this.#connection.stream.jumps);
  }

  /** What can be seen of it; `undefined` before its `connect` was accepted. */
  snapshot(nowMs: number): ClientSnapshot | undefined {
    const connected = this.#connected ??= connectedClient(this.#connection);
    if (connected === undefined) return undefined;
    return clientSnapshot(connected, this.#connection.stream.use(nowMs), this.usage(), nowMs);
  }

  /** @inheritdoc */
  sweep(nowMs: number): void {
    const connection = this.#connection;
    const { connecting, io, stream, traffic, watchdog } = connection;
    if (traffic.ended) return;
    traffic.sample(nowMs);
    if (stream.sweep(nowMs)) connection.sendQueued();
    const late = watchdog.check(nowMs, {
      aliveMs: io.aliveMs,
      sentMs: io.writer.sentMs,
      unread: io.held.unread,
      busy: stream.isBusy,
      connected: connecting.home !== undefined,
    });
    if (late === "ping") {
      connection.session.ping();
      connection.sendQueued();
    } else if (late !== undefined) connection.endForLimit(late.limit, late.reason, late.description);
  }

  /** @inheritdoc */
  isOfVhost(isGone: (vhost: string) => boolean): boolean {
    const { connecting: { home }, stream } = this.#connection;
    return [home, stream.target].some((target) => target !== undefined && isGone(target.vhost.name));
  }

  /** @inheritdoc */
  kick({ holdMs }: KickOptions): void {
    this.#kickHoldMs = holdMs;
    this.end("kicked", "The operator ended this connection");
  }

  /** @inheritdoc */
  end(reason: EndReason, description: string): void {
    this.#connection.end(reason, description);
  }

  /** @inheritdoc */
  requestReconnect(): void {
    const { connecting, session, stream, traffic } = this.#connection;
    const isEarly = connecting.home === undefined || stream.needsThisServer;
    if (this.#askedToReconnect || isEarly || traffic.ended) return;
    this.#askedToReconnect = true;
    if (session.requestReconnect({ description: "The server is about to stop" })) {
      this.#connection.sendQueued();
    }
  }
}

function connectedClient(
  { clientId, ip, protocol, connecting: { facts, home }, traffic: { meter } }: MonitoredConnection,
): ConnectedClient | undefined {
  if (facts === undefined || home === undefined) return undefined;
  return { clientId, ip, protocol, home, facts, meter };
}
