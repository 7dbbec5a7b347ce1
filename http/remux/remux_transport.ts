/**
 * How one answer is sent: its protocol, head, framing, what the client may say meanwhile, and what ends it.
 *
 * @module
 */
import type { EndReason, Protocol } from "../../core/mod.ts";
import type { Exchange } from "../server/exchange.ts";
import type { HttpVersion } from "../server/request_head.ts";
import { encodeResponseHead } from "../server/response_head.ts";
import { ClientFrameReader, CloseCode } from "../websocket/client_frames.ts";
import { handshakeAnswer } from "../websocket/handshake.ts";
import { closeFrame, PING_FRAME, pongFrame } from "../websocket/server_frames.ts";
import type { RemuxContainer } from "./container.ts";
import type { StreamFraming } from "./stream_framing.ts";

/** Of each answer with media, besides its type. */
const MEDIA_HEADERS: Readonly<Record<string, string>> = {
  "Cache-Control": "no-store",
  "X-Content-Type-Options": "nosniff",
};
/** What a client of HTTP may send behind its request, bytes: nothing of it is ever answered. */
const MAX_BYTES_BEHIND = 64 * 1024;

/** What a client said behind its request. */
export interface ClientWords {
  /** To be sent. */
  readonly replies: readonly Uint8Array<ArrayBuffer>[];
  /** Why it ends. */
  readonly end?: { readonly reason: EndReason; readonly description: string; readonly code: number };
}

/** How an answer is sent. */
export interface RemuxTransport {
  readonly protocol: Protocol;
  readonly framing: StreamFraming;
  /** A client that has closed its sending side may still read. */
  readonly halfCloses: boolean;
  /** Sent to a client that gets nothing else for a while; `undefined`: there is no such thing. */
  readonly ping: Uint8Array<ArrayBuffer> | undefined;
  /** The head of the answer. */
  head(exchange: Exchange): Uint8Array<ArrayBuffer>;
  /** Bytes that came behind the request. */
  receive(bytes: Uint8Array): ClientWords;
  /** What is sent at the end; `undefined`: the answer is cut. */
  last(reason: EndReason, description: string): Uint8Array<ArrayBuffer> | undefined;
}

const SILENT: ClientWords = { replies: [] };

/** Headers of each answer with media, and of its HEAD. */
export function mediaHeaders({ contentType }: RemuxContainer): Readonly<Record<string, string>> {
  return { "Content-Type": contentType, ...MEDIA_HEADERS };
}

/** A stream as the body of a response: in chunks, or to the end of the connection, which for HTTP/2 is a stream. */
export function httpTransport(
  container: RemuxContainer,
  version: HttpVersion,
  extraHeaders: Readonly<Record<string, string>>,
): RemuxTransport {
  const isChunked = version === "1.1";
  const { framings, protocol } = container;
  const framing = isChunked ? framings.chunked : framings.plain;
  const headers = new Headers({ ...mediaHeaders(container), ...extraHeaders });
  let behind = 0;
  return {
    protocol,
    framing,
    halfCloses: true,
    ping: undefined,
    head: (exchange) =>
      encodeResponseHead({ status: 200, headers }, {
        body: { kind: isChunked ? "chunked" : "close" },
        keepAlive: false,
        wallMs: exchange.wallNow(),
      }),
    receive({ length }) {
      behind += length;
      if (behind <= MAX_BYTES_BEHIND) return SILENT;
      const description = `More than ${MAX_BYTES_BEHIND} bytes came behind the request`;
      return { replies: [], end: { reason: "protocol", description, code: 0 } };
    },
    // A player tells a stream that is over from an error by it.
    last: (reason) => reason === "idle" ? framing.end : undefined,
  };
}

/** FLV in the binary messages of a WebSocket. */
export function webSocketTransport({ framings }: RemuxContainer): RemuxTransport {
  const frames = new ClientFrameReader();
  let code: number | undefined;
  return {
    protocol: "ws-flv",
    framing: framings.frames,
    halfCloses: false,
    ping: PING_FRAME,
    head: ({ head }) => handshakeAnswer(head),
    receive(bytes) {
      const replies: Uint8Array<ArrayBuffer>[] = [];
      for (const frame of frames.receive(bytes)) {
        if (frame.kind === "ping") {
          // An answer to the newest ping answers those before it (§5.5.3).
          replies[0] = pongFrame(frame.payload);
          continue;
        }
        const isFault = frame.kind === "fault";
        code = frame.code === CloseCode.NoCode ? CloseCode.Normal : frame.code;
        const reason = isFault ? "protocol" : "client";
        const description = isFault ? frame.reason : "The client closed the WebSocket";
        return { replies, end: { reason, description, code } };
      }
      return { replies };
    },
    last: (reason, description) =>
      reason === "network" || (reason === "client" && code === undefined)
        ? undefined
        : closeFrame(code ?? closeCodeOf(reason), reason === "client" ? "" : description),
  };
}

function closeCodeOf(reason: EndReason): number {
  switch (reason) {
    case "idle":
    case "duration":
      return CloseCode.Normal;
    case "shutdown":
    case "reload":
      return CloseCode.GoingAway;
    case "protocol":
      return CloseCode.ProtocolError;
    default:
      return CloseCode.Policy;
  }
}
