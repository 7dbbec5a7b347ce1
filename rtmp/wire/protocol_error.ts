/**
 * The error that ends one connection: its peer broke the rules of RTMP.
 *
 * @module
 */
import type { WireLimitName } from "./limits.ts";

/** Reasons of a {@link ProtocolError}. A number never changes its meaning; 2000 is RTMP as in SRS. */
export const ProtocolErrorCode = {
  /** C0 names another version than 3, or C1 cannot be read (§5.2). */
  Handshake: 2000,
  /** A chunk stream began without a full header (§5.3.1.2.1). */
  ChunkStart: 2001,
  /** A message changed in its middle: a new header or another length (§5.3.1.2). */
  ChunkHeader: 2002,
  /** Set Chunk Size out of range (§5.4.1). */
  ChunkSize: 2003,
  /** A control message with a body of the wrong length or content (§5.4, §7.1.7). */
  Control: 2004,
  /** AMF0 that cannot be decoded (AMF0 1.0 §2). */
  Amf0: 2005,
  /** A command without what it needs, or with the wrong types (§7.2). */
  Command: 2006,
  /** An aggregate message whose parts do not add up (§7.1.6). */
  Aggregate: 2007,
  /** A command in a state that does not allow it. */
  State: 2008,
  /** The peer went past a limit of this server: sizes, counts, rates. */
  Limit: 2009,
} as const;

/** One of the numbers of {@link ProtocolErrorCode}. */
export type ProtocolErrorCode = typeof ProtocolErrorCode[keyof typeof ProtocolErrorCode];

/** What a {@link ProtocolError} has besides its message. */
export interface ProtocolErrorOptions extends ErrorOptions {
  /** The limit that the peer went past, as the configuration calls it. */
  readonly limit?: WireLimitName;
  /** What the peer speaks instead of RTMP, where its first bytes show it. */
  readonly otherProtocol?: OtherProtocol;
}

/** Protocols whose clients come to an RTMP port by mistake. */
export type OtherProtocol = "http" | "tls";

/** The peer broke the rules; its connection ends and nothing else does. */
export class ProtocolError extends Error {
  /** As every error has it. */
  override readonly name = "ProtocolError";
  /** Why, for logs and counters. */
  readonly code: ProtocolErrorCode;
  /** The limit that the peer went past, where it was one. */
  readonly limit: WireLimitName | undefined;
  /** What the peer speaks instead of RTMP, where that is known. */
  readonly otherProtocol: OtherProtocol | undefined;

  /**
   * An error that ends the connection.
   *
   * @param code One of {@link ProtocolErrorCode}.
   * @param message What failed, the value, the way out.
   * @param options The `cause`, where another error began it, and the limit.
   */
  constructor(code: ProtocolErrorCode, message: string, options: ProtocolErrorOptions = {}) {
    super(message, options);
    this.code = code;
    this.limit = options.limit;
    this.otherProtocol = options.otherProtocol;
  }
}
