/**
 * The server of all media, as its operator sees it: on one thread or on several.
 *
 * @module
 */
import type {
  ActivitySink,
  Ban,
  ForwardAnswer,
  ForwardOrder,
  KickOptions,
  LimitName,
  Limits,
  ListenAddress,
  PullAnswer,
  PullOrder,
  RecordingAnswer,
  RecordingOrder,
  TlsPair,
} from "../core/mod.ts";
import type { ClientTotals, ServerSnapshot } from "../stream/live/mod.ts";
import type { PlayerServerOptions } from "../http/mod.ts";
import type { RtmpOptions } from "../rtmp/mod.ts";

/** Why a reload is refused by a server that accepts nobody more, or is about to end. */
export const STOPS = "The server is stopping";

/** Where a server listens, with the ports that the system chose. */
export interface MediaAddresses {
  /** For RTMP. */
  readonly rtmp: readonly ListenAddress[];
  /** For RTMP behind a header of the PROXY protocol. */
  readonly rtmpProxied: readonly ListenAddress[];
  /** For players by HTTP, the same. */
  readonly httpProxied: readonly ListenAddress[];
  /** For RTMP by TLS; empty where it is off. */
  readonly rtmps: readonly ListenAddress[];
  /** For players by HTTP; empty where they are not served. */
  readonly http: readonly ListenAddress[];
  /** For players by HTTPS; empty where it is off. */
  readonly https: readonly ListenAddress[];
}

/** What the media threads identify themselves with; absent: that listener is off. */
export interface MediaCertificates {
  readonly rtmps?: TlsPair;
  readonly https?: TlsPair;
}

/** What the threads of a server are started with. */
export interface MediaNodeOptions {
  readonly rtmp: RtmpOptions;
  readonly http: PlayerServerOptions;
}

/** What a reload puts in force; where a server listens is not a part of it. */
export interface MediaUpdate {
  readonly options: MediaNodeOptions;
  /** Vhosts whose requests go to the hooks. */
  readonly hookedVhosts: readonly string[];
  /** What becomes of sessions goes there; absent: nobody follows them. */
  readonly events?: ActivitySink;
}

/** A listening server. */
export interface MediaServer {
  readonly addresses: MediaAddresses;
  /** All of its threads accept clients. */
  readonly listening: boolean;
  /** Connections now: RTMP, and HTTP players. */
  readonly connectionCount: number;
  /** Counts what clients ran into, over all threads; other listeners of the process count here too. */
  readonly limits: Limits;
  /** How often clients ran into each limit since the start. */
  limitCounts(): Readonly<Record<LimitName, number>>;
  /** What there is at this moment. */
  snapshot(): Promise<ServerSnapshot>;
  /** What a snapshot says of all clients together, for much less. */
  totals(): Promise<ClientTotals>;
  /** End a client, reason `kicked`; `false` when there is none of this number. */
  kick(clientId: number, options?: KickOptions): Promise<boolean>;
  /** Record a stream, or record it no longer. */
  record(order: RecordingOrder): Promise<RecordingAnswer>;
  /** List, add or end forwards of a stream. */
  forward(order: ForwardOrder): Promise<ForwardAnswer>;
  /** List, add or end pulls. */
  pull(order: PullOrder): Promise<PullAnswer>;
  /** Clients by TLS that connect from now on get these certificates. Those that are not there stay as they are. */
  setCertificates(certificates: MediaCertificates): void;
  /**
   * Listen there too. Rejects with errors of `Deno.listen`: what was opened before the failure listens until
   * {@link MediaServer.keepListeners}. After {@link MediaServer.stopAccepting} it rejects with {@link STOPS}.
   */
  openListeners(addresses: MediaAddresses): Promise<void>;
  /** Listen nowhere else. Resolves when the other addresses are free; connections stay. */
  keepListeners(addresses: MediaAddresses): Promise<void>;
  /** Other options are in force from here on. Clients of vhosts that are gone or disabled end, reason `reload`. */
  replaceOptions(update: MediaUpdate): void;
  /** From now on these are banned, and nobody else; clients that are there stay. */
  setBans(bans: readonly Ban[]): void;
  /**
   * Accept nobody more, and ask clients to connect again that take that. Those that are here stay. Settles when nothing
   * listens any more.
   */
  stopAccepting(): Promise<void>;
  /** Stop accepting and end all sessions, reason `shutdown`. Resolves when all their endings are recorded. */
  drain(): Promise<void>;
}
