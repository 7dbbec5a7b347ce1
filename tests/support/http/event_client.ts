/**
 * A listener of server-sent events on a bare socket, which can stop to read: it takes the stream apart by the letter of
 * WHATWG HTML §9.2.6.
 *
 * @module
 */
import { Inbox, PATIENCE_MS } from "../inbox.ts";

/** One event as a browser dispatches it. */
export interface ReceivedEvent {
  readonly id: string;
  readonly kind: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** How a client listens. */
export interface ListenRequest {
  readonly port: number;
  readonly query?: string;
  readonly lastEventId?: string;
  /** Its bearer token. */
  readonly token?: string;
}

/** A listener. */
export class EventClient implements AsyncDisposable {
  /** Events that nobody has taken. */
  readonly events: Inbox<ReceivedEvent> = new Inbox(PATIENCE_MS, ({ kind, id }) => `${kind} ${id}`);
  /** The head of the answer. */
  readonly head: string;
  /** The id that the client comes back with. */
  lastEventId: string;
  /** Settles when the server has ended the stream. */
  readonly ended: Promise<void>;
  readonly #conn: Deno.TcpConn;
  readonly #decoder = new TextDecoder();
  #text: string;
  #closed = false;

  private constructor(conn: Deno.TcpConn, head: string, rest: string, lastEventId: string) {
    this.#conn = conn;
    this.head = head;
    this.#text = "";
    this.lastEventId = lastEventId;
    this.#take(rest);
    this.ended = this.#run();
  }

  /** Send a request, and wait for the head of its answer. */
  static async listen(request: ListenRequest): Promise<EventClient> {
    const { port, query = "", lastEventId = "" } = request;
    const conn = await openListener(request);
    const decoder = new TextDecoder();
    const buffer = new Uint8Array(64 * 1024);
    let text = "";
    for (let end = -1; end < 0; end = text.indexOf("\r\n\r\n")) {
      const length = await conn.read(buffer);
      if (length === null) throw new Error(`No answer from ${port} to ${query}: ${text}`);
      text += decoder.decode(buffer.subarray(0, length), { stream: true });
    }
    const end = text.indexOf("\r\n\r\n");
    return new EventClient(conn, text.slice(0, end), text.slice(end + 4), lastEventId);
  }

  /** The next event, whatever it is. */
  next(): Promise<ReceivedEvent> {
    return this.events.take(() => true, "an event");
  }

  /** Leave. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    this.#conn.close();
    await this.ended;
  }

  async #run(): Promise<void> {
    const buffer = new Uint8Array(64 * 1024);
    try {
      for (
        let length = await this.#conn.read(buffer);
        length !== null;
        length = await this.#conn.read(buffer)
      ) {
        this.#take(this.#decoder.decode(buffer.subarray(0, length), { stream: true }));
      }
    } catch (error) {
      if (!this.#closed) throw error;
    }
  }

  #take(text: string): void {
    this.#text += text;
    const blocks = this.#text.split("\n\n");
    this.#text = blocks.pop() ?? "";
    for (const block of blocks) this.#dispatch(block);
  }

  #dispatch(block: string): void {
    let kind = "message";
    let data = "";
    for (const line of block.split("\n")) {
      const colon = line.indexOf(":");
      const [name, value] = [line.slice(0, colon), line.slice(colon + 1).replace(/^ /, "")];
      if (name === "id") this.lastEventId = value;
      if (name === "event") kind = value;
      if (name === "data") data += value;
    }
    // A block without data moves the id on, and is not an event.
    if (data !== "") this.events.put({ id: this.lastEventId, kind, data: JSON.parse(data) });
  }
}

/** The same without reading: a client that may not take anything. */
export async function openListener(
  { port, query = "", lastEventId = "", token = "" }: ListenRequest,
): Promise<Deno.TcpConn> {
  const conn = await Deno.connect({ hostname: "127.0.0.1", port });
  const lines = [
    `GET /api/v1/events${query} HTTP/1.1`,
    `Host: 127.0.0.1:${port}`,
    ...(lastEventId === "" ? [] : [`Last-Event-ID: ${lastEventId}`]),
    ...(token === "" ? [] : [`Authorization: Bearer ${token}`]),
  ];
  await conn.write(new TextEncoder().encode(`${lines.join("\r\n")}\r\n\r\n`));
  return conn;
}
