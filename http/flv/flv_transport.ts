/**
 * How one FLV answer is sent: its protocol, head, framing, and what ends it.
 *
 * @module
 */
import type { EndReason, Protocol } from "../../core/mod.ts";
import type { Exchange } from "../server/exchange.ts";
import { encodeResponseHead } from "../server/response_head.ts";
import { CHUNKED_FLV, type FlvFraming, PLAIN_FLV } from "./flv_framing.ts";

/** The head of each answer with media, and of its HEAD. */
export const FLV_HEADERS: Readonly<Record<string, string>> = {
  "Content-Type": "video/x-flv",
  "Cache-Control": "no-store",
  "X-Content-Type-Options": "nosniff",
};

/** How an answer is sent. */
export interface FlvTransport {
  readonly protocol: Protocol;
  readonly framing: FlvFraming;
  /** The head of the answer. */
  head(exchange: Exchange): Uint8Array<ArrayBuffer>;
  /** What is sent at the end; `undefined`: the answer is cut. */
  last(reason: EndReason, description: string): Uint8Array<ArrayBuffer> | undefined;
}

/** FLV as the body of a response: in chunks, or for HTTP/1.0 to the end of the connection. */
export function httpTransport(
  minorVersion: 0 | 1,
  extraHeaders: Readonly<Record<string, string>>,
): FlvTransport {
  const isChunked = minorVersion === 1;
  const framing = isChunked ? CHUNKED_FLV : PLAIN_FLV;
  return {
    protocol: "http-flv",
    framing,
    head: (exchange) =>
      encodeResponseHead({ status: 200, headers: new Headers({ ...FLV_HEADERS, ...extraHeaders }) }, {
        body: { kind: isChunked ? "chunked" : "close" },
        keepAlive: false,
        wallMs: exchange.wallNow(),
      }),
    // A player tells a stream that is over from an error by it.
    last: (reason) => reason === "idle" ? framing.end : undefined,
  };
}
