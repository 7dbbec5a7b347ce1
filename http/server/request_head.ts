/**
 * A request line and its headers, strictly: what two servers could read in two ways is refused. RFC 9112 §3 and §5.
 * Pure.
 *
 * @module
 */
import { readFraming, WITHOUT_BODY } from "./framing.ts";
import { type Fields, type HeaderBlock, listed, TOKEN } from "./header_block.ts";
import { type HttpFault, httpFault } from "./http_fault.ts";
import { readTarget } from "./request_target.ts";

/** A request before its body. */
export interface RequestHead {
  readonly method: string;
  /** Absolute, its host taken from the target, else from Host. */
  readonly url: URL;
  /** The path of the target as it was sent. */
  readonly path: string;
  /** What follows the path in the target as it was sent, with its `?`; `""` for nothing. */
  readonly query: string;
  /** Name or address, with its port where one was sent. */
  readonly host: string;
  /** Values as sent by name in small letters, but that Host is {@link RequestHead.host}. */
  readonly fields: Fields;
  /** Bytes of body that follow. */
  readonly bodyBytes: number;
  /** The client waits for `100 Continue` before it sends the body. */
  readonly expectsContinue: boolean;
  /** Whether the connection may serve another request. */
  readonly keepAlive: boolean;
  readonly version: HttpVersion;
}

/** Of HTTP: 1.1 alone knows chunks. */
export type HttpVersion = "1.0" | "1.1" | "2.0";

/** What requests may be. */
export interface RequestLimits {
  /** Largest body, bytes; 0 for none. */
  readonly maxBodyBytes: number;
  /** The host of a request of HTTP/1.0 that names none. */
  readonly defaultHost: string;
}

/** Methods that HTTP knows (RFC 9110 §9.3, RFC 5789). */
const METHODS: ReadonlySet<string> = new Set([
  "GET",
  "HEAD",
  "POST",
  "PUT",
  "PATCH",
  "DELETE",
  "OPTIONS",
  "CONNECT",
  "TRACE",
]);
/** The most that is repeated of a method that nobody knows: in the answer, and so in the log. */
const MAX_SHOWN_METHOD = 20;
/** Nobody serves these here, and their targets and bodies have rules of their own. */
const UNSERVED: ReadonlySet<string> = new Set(["CONNECT", "TRACE"]);

const REQUEST_LINE = /^([^ ]+) ([\x21-\x7e]+) HTTP\/(\d)\.(\d)$/;
const GET_START = "GET ";
const LINE_END = " HTTP/1.1";
const TARGET = /^[\x21-\x7e]+$/;

/**
 * Read a head.
 *
 * @param text The request line without its end.
 */
export function readRequestHead(
  text: string,
  headers: HeaderBlock,
  limits: RequestLimits,
): RequestHead | HttpFault {
  const line = readRequestLine(text);
  if ("status" in line) return line;
  return readRequest(line, headers, limits);
}

/** Read the headers of a request whose line is known. */
export function readRequest(
  line: RequestLine,
  headers: HeaderBlock,
  limits: RequestLimits,
): RequestHead | HttpFault {
  const { method, version } = line;
  const { fields } = headers;
  if ("status" in fields) return fields;
  const framing = headers.namesBody ? readFraming(method, fields, limits.maxBodyBytes) : WITHOUT_BODY;
  if ("status" in framing) return framing;
  const found = readTarget(line, headers.host, limits.defaultHost);
  if ("status" in found) return found;
  if (!METHODS.has(method)) return httpFault(501, `No method ${excerpt(method)} here`);
  if (UNSERVED.has(method)) return httpFault(405, `No ${method} here`);
  const { host, target } = found;
  const queryAt = target.indexOf("?");
  return new ReadHead({
    method,
    host,
    path: queryAt < 0 ? target : target.slice(0, queryAt),
    query: queryAt < 0 ? "" : target.slice(queryAt),
    fields: fields.get("host")?.[0] === host ? fields : new Map(fields).set("host", [host]),
    bodyBytes: framing.bodyBytes,
    expectsContinue: framing.expectsContinue && version === "1.1",
    keepAlive: version !== "1.0" && !headers.closes,
    version,
  });
}

/** A head whose URL is made for those who look at it: on the hot path nobody does. */
class ReadHead implements RequestHead {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly host: string;
  readonly fields: Fields;
  readonly bodyBytes: number;
  readonly expectsContinue: boolean;
  readonly keepAlive: boolean;
  readonly version: HttpVersion;
  #url: URL | undefined;

  constructor(head: Omit<RequestHead, "url">) {
    this.method = head.method;
    this.path = head.path;
    this.query = head.query;
    this.host = head.host;
    this.fields = head.fields;
    this.bodyBytes = head.bodyBytes;
    this.expectsContinue = head.expectsContinue;
    this.keepAlive = head.keepAlive;
    this.version = head.version;
  }

  get url(): URL {
    return this.#url ??= new URL(`http://${this.host}${this.path}${this.query}`);
  }
}

function excerpt(method: string): string {
  return method.length <= MAX_SHOWN_METHOD ? method : `${method.slice(0, MAX_SHOWN_METHOD)}...`;
}

/** The parts of a request line. */
export interface RequestLine {
  readonly method: string;
  readonly target: string;
  readonly version: HttpVersion;
}

function readRequestLine(text: string): RequestLine | HttpFault {
  // Most requests: of a match each group is a string of its own, and so is the method, which is compared often.
  if (text.startsWith(GET_START) && text.endsWith(LINE_END)) {
    const target = text.slice(GET_START.length, -LINE_END.length);
    if (TARGET.test(target)) return { method: "GET", target, version: "1.1" };
  }
  const [, method = "", target = "", major, minor] = REQUEST_LINE.exec(text) ?? [];
  if (!TOKEN.test(method)) return httpFault(400, "The request line is not METHOD TARGET HTTP/1.1");
  if (major !== "1" || (minor !== "0" && minor !== "1")) {
    return httpFault(505, "This server speaks HTTP/1.1 and HTTP/1.0");
  }
  return { method, target, version: minor === "1" ? "1.1" : "1.0" };
}

/** The value of a header, several joined as one list; `""` where there is none. `name` in small letters. */
export function headerOf({ fields }: Pick<RequestHead, "fields">, name: string): string {
  return fields.get(name)?.join(", ") ?? "";
}

/** The tokens of a header that is a list, in small letters. */
export function tokensOf({ fields }: Pick<RequestHead, "fields">, name: string): readonly string[] {
  return listed(fields.get(name));
}

/** All headers as the Fetch standard has them. */
export function headersOf({ fields }: Pick<RequestHead, "fields">): Headers {
  const headers = new Headers();
  for (const [name, values] of fields) for (const value of values) headers.append(name, value);
  return headers;
}
