/**
 * What an error in a connection means: how the connection ends, and what is counted and logged.
 *
 * @module
 */
import {
  type EndReason,
  errorStack,
  type LimitLine,
  type LimitName,
  type LogFields,
  type LogLevel,
} from "../../core/mod.ts";
import { isHangUp, isNetworkError, isWithoutTls } from "../../system/mod.ts";
import { ReplyOverflow } from "../../stream/live/mod.ts";
import { type OtherProtocol, ProtocolError } from "../wire/mod.ts";

/** What becomes of the connection. */
export interface Failure {
  readonly reason: EndReason;
  /** For the client and the log. */
  readonly description: string;
  /** Counted, and logged at most once a second; a {@link Failure.line} has no other line. */
  readonly limit?: LimitName;
  /** How the limit's line reads, where none was reached. */
  readonly line?: LimitLine;
  /** A line of its own. */
  readonly log?: { readonly level: LogLevel; readonly message: string; readonly fields: LogFields };
}

/** Connections of clients that speak another protocol, such as a browser or a port scanner: many come at once. */
const OTHERS: Readonly<Record<OtherProtocol, { readonly limit: LimitName; readonly line: LimitLine }>> = {
  http: { limit: "http_on_rtmp", line: { message: "HTTP request on the RTMP port" } },
  tls: { limit: "tls_on_rtmp", line: { message: "TLS on the RTMP port" } },
};

const NO_TLS =
  "Cannot shake hands: the client spoke no TLS, as for rtmp:// or http://; this port takes rtmps:// " +
  "addresses (rtmps.listen), and another one those of rtmp:// (listen)";

/** Classify what a connection's reads, writes or flows threw. */
export function failureOf(error: unknown, ip: string): Failure {
  if (error instanceof ProtocolError) return protocolFailure(error, ip);
  if (error instanceof ReplyOverflow) {
    return { reason: "limit", description: error.message, limit: "max_reply_bytes" };
  }
  if (error instanceof Error && isWithoutTls(error)) {
    const line = { message: "No TLS on the RTMPS port", level: "warn" } as const;
    return { reason: "protocol", description: NO_TLS, limit: "plain_on_rtmps", line };
  }
  if (error instanceof Deno.errors.InvalidData) {
    const line = { message: "TLS handshake failed", level: "info" } as const;
    return { reason: "protocol", description: error.message, limit: "tls_handshake", line };
  }
  if (isHangUp(error)) return { reason: "client", description: error.message };
  if (isNetworkError(error)) return { reason: "network", description: error.message };
  const message = "Bug: a connection failed in an unexpected way";
  return {
    reason: "protocol",
    description: "Internal error",
    log: { level: "error", message, fields: { error: errorStack(error) } },
  };
}

function protocolFailure({ message, code, limit, otherProtocol }: ProtocolError, ip: string): Failure {
  if (limit !== undefined) return { reason: "limit", description: message, limit };
  if (otherProtocol !== undefined) {
    return { reason: "protocol", description: message, ...OTHERS[otherProtocol] };
  }
  const log = { level: "warn", message: "Protocol error", fields: { ip, code, error: message } } as const;
  return { reason: "protocol", description: message, log };
}
