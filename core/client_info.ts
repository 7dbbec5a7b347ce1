/**
 * A client, its stream and its bytes, as hooks, logs and the API describe them.
 *
 * @module
 */

/** How a client speaks to this server. */
export type Protocol = "rtmp" | "http-flv" | "ws-flv" | "http-ts" | "http-mp3" | "http-aac" | "hls" | "pull";

/** A client as every event about it describes it. */
export interface ClientInfo {
  /** The same in all events and log lines of the connection. */
  readonly clientId: number;
  /** Canonical: a v4-mapped address is IPv4. */
  readonly ip: string;
  /** The vhost that the configuration resolved, `__defaultVhost__` where the host has no block. */
  readonly vhost: string;
  /** Without its query. */
  readonly app: string;
  /** As the client sent it. */
  readonly tcUrl: string;
  /** `""` when unknown. */
  readonly pageUrl: string;
  /** How the client speaks. */
  readonly protocol: Protocol;
  /** How a trusted edge names itself; absent: the client is none. */
  readonly edgeServerId?: string;
}

/** The stream that a publish or play is about. */
export interface StreamInfo {
  /** Name without its query. */
  readonly stream: string;
  /** `""` or a text that starts with `?`. */
  readonly param: string;
  /** `/app/stream`, after the vhost's name for all but the default vhost. */
  readonly streamUrl: string;
  /** `vid-` and 7 characters, the same for one vhost, app and stream while it is known here. */
  readonly streamId: string;
}

/** Bytes of a connection so far, handshake included, from the server's view. */
export interface ByteCounters {
  /** To the client. */
  readonly sendBytes: number;
  /** From the client. */
  readonly recvBytes: number;
}

/** Gives every client its number. */
export interface ClientIds {
  /** A positive integer that no client with an undelivered end event has. */
  next(): number;
}
