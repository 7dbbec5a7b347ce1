/**
 * Reads the HTTP requests of one connection.
 *
 * @module
 */

const DECODER = new TextDecoder();

/** One request as it came. */
export interface ReceivedHook {
  readonly method: string;
  readonly path: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The raw body text. */
  readonly body: string;
  /** The parsed body; `{}` when it is not a JSON object. */
  readonly json: Readonly<Record<string, unknown>>;
  /** `json.action`, `""` when there is none. */
  readonly action: string;
  /** Number of the connection it came on, from 1. */
  readonly connection: number;
  /** `performance.now()` when it was complete. */
  readonly at: number;
}

/** Reads requests with a `Content-Length`, one after another. */
export class RequestReader {
  readonly #conn: Deno.Conn;
  readonly #buffer = new Uint8Array(64 * 1024);
  #unread = new Uint8Array(0);

  /** Reads `conn`, which stays the caller's. */
  constructor(conn: Deno.Conn) {
    this.#conn = conn;
  }

  /** The next request whole; `undefined` at the end of the connection. */
  async next(connection: number): Promise<ReceivedHook | undefined> {
    let end = this.#headEnd();
    while (end < 0) {
      if (!await this.#fill()) return undefined;
      end = this.#headEnd();
    }
    const [start = "", ...lines] = DECODER.decode(this.#unread.subarray(0, end)).split("\r\n");
    const headers: Record<string, string> = {};
    for (const line of lines) {
      const colon = line.indexOf(":");
      if (colon > 0) headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
    }
    const from = end + 4;
    const length = Number(headers["content-length"] ?? 0);
    while (this.#unread.length < from + length) if (!await this.#fill()) return undefined;
    const body = DECODER.decode(this.#unread.subarray(from, from + length));
    this.#unread = this.#unread.slice(from + length);
    const [method = "", path = ""] = start.split(" ");
    const json = parseObject(body);
    const action = typeof json.action === "string" ? json.action : "";
    return { method, path, headers, body, json, action, connection, at: performance.now() };
  }

  #headEnd(): number {
    const bytes = this.#unread;
    for (let i = 0; i + 3 < bytes.length; i++) {
      if (bytes[i] === 13 && bytes[i + 1] === 10 && bytes[i + 2] === 13 && bytes[i + 3] === 10) return i;
    }
    return -1;
  }

  async #fill(): Promise<boolean> {
    const count = await this.#conn.read(this.#buffer);
    if (count === null) return false;
    const joined = new Uint8Array(this.#unread.length + count);
    joined.set(this.#unread);
    joined.set(this.#buffer.subarray(0, count), this.#unread.length);
    this.#unread = joined;
    return true;
  }
}

function parseObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}

/** Whether the other side, or a close here, ended the connection. */
export function isConnectionEnd(error: unknown): boolean {
  return error instanceof Deno.errors.BadResource || error instanceof Deno.errors.Interrupted ||
    error instanceof Deno.errors.ConnectionReset || error instanceof Deno.errors.BrokenPipe ||
    error instanceof Deno.errors.ConnectionAborted;
}
