/**
 * How long the body of a request is. Request smuggling lives on servers that disagree about it, so there is one way to
 * say it: a single Content-Length. RFC 9112 §6. Pure.
 *
 * @module
 */
import { type HttpFault, httpFault } from "./http_fault.ts";

/** The body that follows a head. */
export interface Framing {
  readonly bodyBytes: number;
  /** `Expect: 100-continue`, and there is a body. */
  readonly expectsContinue: boolean;
}

/** Of a request whose headers do not name a body. */
export const WITHOUT_BODY: Framing = { bodyBytes: 0, expectsContinue: false };

/** Digits alone: no sign, no list, no more than a number holds. */
const LENGTH = /^\d{1,15}$/;
/** A body has no meaning there, and what is in front of this server may not forward it. */
const BODILESS: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS", "CONNECT", "TRACE"]);

/** Read what the headers say of the body. Names in small letters. */
export function readFraming(
  method: string,
  fields: ReadonlyMap<string, readonly string[]>,
  maxBodyBytes: number,
): Framing | HttpFault {
  if (fields.has("transfer-encoding")) {
    return httpFault(400, "Transfer-Encoding is not taken: send a Content-Length");
  }
  const lengths = fields.get("content-length") ?? [];
  const [length = "0"] = lengths;
  if (lengths.length > 1 || !LENGTH.test(length)) {
    return httpFault(400, "Content-Length must be one number");
  }
  const bodyBytes = Number(length);
  if (bodyBytes > 0 && BODILESS.has(method)) return httpFault(400, `${method} has no body`);
  if (bodyBytes > 0 && maxBodyBytes === 0) return httpFault(400, "No request here has a body");
  if (bodyBytes > maxBodyBytes) return httpFault(413, `The body is larger than ${maxBodyBytes} bytes`);
  const expectations = fields.get("expect") ?? [];
  if (expectations.some((value) => value.toLowerCase() !== "100-continue")) {
    return httpFault(417, "Expect takes 100-continue alone");
  }
  return { bodyBytes, expectsContinue: expectations.length > 0 && bodyBytes > 0 };
}
