/**
 * The headers of requests, read once for all requests that bring the same bytes: a client sends the same ones each time,
 * and so do all clients of its kind. RFC 9112 §5. Pure.
 *
 * @module
 */
import { type HttpFault, httpFault } from "./http_fault.ts";
import { readHost, type RequestHost } from "./request_target.ts";

/** Values by name in small letters, in their order. */
export type Fields = ReadonlyMap<string, readonly string[]>;

/** The most headers of one request. */
const MAX_HEADERS = 100;
/** A longer block is read again each time: each connection keeps its last one, and may wait for long. */
const MAX_KEPT_BYTES = 1024;
/** Blocks that are known at the same time; clients that send others each time cost the others this advantage alone. */
const MAX_KEPT_BLOCKS = 256;

export const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** Everything but controls; a byte is a character here. */
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
/** Without these a request has no body. */
const BODY_FIELDS = ["transfer-encoding", "content-length", "expect"] as const;

/** All headers of a request. */
export class HeaderBlock {
  /** What they were read from, to the end of the empty line behind them. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Without their ends, each byte a character. */
  readonly lines: readonly string[];
  #fields: Fields | HttpFault | undefined;
  #host: RequestHost | HttpFault | undefined;
  #namesBody: boolean | undefined;
  #closes: boolean | undefined;

  /** @param bytes Kept. */
  constructor(bytes: Uint8Array<ArrayBuffer>, lines: readonly string[]) {
    this.bytes = bytes;
    this.lines = lines;
  }

  /** The headers, or what is wrong with one. */
  get fields(): Fields | HttpFault {
    return this.#fields ??= readFields(this.lines);
  }

  /** What Host names, or what is wrong with it; `undefined` where there is none. */
  get host(): RequestHost | HttpFault | undefined {
    return this.#host ??= readHost(this.#valuesOf("host"));
  }

  /** Whether any header says something of a body. */
  get namesBody(): boolean {
    const { fields } = this;
    return this.#namesBody ??= "status" in fields || BODY_FIELDS.some((name) => fields.has(name));
  }

  /** Whether the connection ends with this request. */
  get closes(): boolean {
    return this.#closes ??= listed(this.#valuesOf("connection")).includes("close");
  }

  #valuesOf(name: string): readonly string[] {
    const { fields } = this;
    return "status" in fields ? [] : fields.get(name) ?? [];
  }
}

/** Knows the newest blocks of a server. */
export class HeaderBlocks {
  readonly #known = new Map<string, HeaderBlock>();

  /** The block with these lines, and whether a connection may keep it; `bytes` are copied. */
  of(lines: readonly string[], bytes: Uint8Array): { readonly block: HeaderBlock; readonly isKept: boolean } {
    if (bytes.length > MAX_KEPT_BYTES) return { block: new HeaderBlock(bytes.slice(), lines), isKept: false };
    const key = lines.join("\n");
    const known = this.#known.get(key);
    if (known !== undefined) return { block: known, isKept: true };
    const block = new HeaderBlock(bytes.slice(), lines);
    if (this.#known.size >= MAX_KEPT_BLOCKS) this.#known.clear();
    this.#known.set(key, block);
    return { block, isKept: true };
  }
}

/** The tokens of a header that is a list, in small letters. */
export function listed(values: readonly string[] = []): string[] {
  return values.flatMap((value) => value.split(",")).map((option) => trimBlanks(option).toLowerCase());
}

function readFields(lines: readonly string[]): Fields | HttpFault {
  if (lines.length > MAX_HEADERS) return httpFault(431, `More than ${MAX_HEADERS} headers`);
  const fields = new Map<string, string[]>();
  for (const line of lines) {
    const colon = line.indexOf(":");
    const name = line.slice(0, Math.max(0, colon));
    // A line that begins with a blank continued the one before it, long ago (RFC 9112 §5.2).
    if (!TOKEN.test(name)) return httpFault(400, "A header has no name, or a blank in it");
    const value = trimBlanks(line.slice(colon + 1));
    if (!VALUE.test(value)) return httpFault(400, "A header's value has a control character");
    const key = name.toLowerCase();
    const values = fields.get(key);
    if (values === undefined) fields.set(key, [value]);
    else values.push(value);
  }
  return fields;
}

/** The optional white space of HTTP: `trim` would take more. */
function trimBlanks(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(text[start])) start++;
  while (end > start && isBlank(text[end - 1])) end--;
  return text.slice(start, end);
}

function isBlank(character: string | undefined): boolean {
  return character === " " || character === "\t";
}
