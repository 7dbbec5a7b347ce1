/**
 * The opening handshake of a WebSocket: RFC 6455 §4.2.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { headerOf, type RequestHead, tokensOf } from "../server/request_head.ts";
import { textResponse } from "../server/text_response.ts";

/** §1.3. */
const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
/** 16 bytes in base64. */
const KEY = /^[A-Za-z0-9+/]{21}[AQgw]==$/;
const VERSION = "13";

/** Whether a request wants to become a WebSocket. */
export function isUpgrade(head: Pick<RequestHead, "method" | "version" | "fields">): boolean {
  return head.method === "GET" && head.version === "1.1" &&
    tokensOf(head, "upgrade").includes("websocket") &&
    tokensOf(head, "connection").includes("upgrade");
}

/**
 * Why the handshake is refused; `undefined` where it is not.
 *
 * @param origins Of the pages that may open one; none: any. Clients that are not browsers say no origin.
 */
export function handshakeFault(
  head: Pick<RequestHead, "fields" | "host">,
  origins: readonly string[],
  headers: Readonly<Record<string, string>>,
): Response | undefined {
  if (headerOf(head, "sec-websocket-version") !== VERSION) {
    const version = { ...headers, "Sec-WebSocket-Version": VERSION };
    return textResponse(426, `The version of WebSocket here is ${VERSION}`, version);
  }
  if (!KEY.test(headerOf(head, "sec-websocket-key"))) {
    return textResponse(400, "Sec-WebSocket-Key is not 16 bytes in base64", headers);
  }
  const origin = headerOf(head, "origin").toLowerCase();
  const isPermitted = origin === "" || origins.length === 0 || origins.some((rule) => isOrigin(origin, rule));
  return isPermitted ? undefined : textResponse(403, "Pages of this site may not play here", headers);
}

/** The head of the answer. */
export function handshakeAnswer(head: Pick<RequestHead, "fields">): Uint8Array<ArrayBuffer> {
  const accept = createHash("sha1").update(headerOf(head, "sec-websocket-key") + GUID).digest("base64");
  const lines = [
    "HTTP/1.1 101 Switching Protocols",
    "Upgrade: websocket",
    "Connection: Upgrade",
    `Sec-WebSocket-Accept: ${accept}`,
  ];
  return new TextEncoder().encode(`${lines.join("\r\n")}\r\n\r\n`);
}

/** `https://*.example.com` stands for all names below it. */
function isOrigin(origin: string, rule: string): boolean {
  const [scheme = "", name = ""] = rule.split("*");
  return rule.includes("*") ? origin.startsWith(scheme) && origin.endsWith(name) : origin === rule;
}
