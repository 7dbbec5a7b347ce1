/**
 * One connection by HTTP/2: its requests at the same time, each under its deadlines, and the connection's own.
 * RFC 9113.
 *
 * @module
 */
import { canonicalIp, type Timer } from "../../../core/mod.ts";
import { isHangUp, isNetworkError } from "../../../system/mod.ts";
import type { HttpConnectionDeps } from "../connection_deps.ts";
import { forwardedClient } from "../forwarded_client.ts";
import type { HeaderBlocks } from "../header_block.ts";
import type { HttpFault } from "../http_fault.ts";
import type { ConnectionGate, HttpLimitName, HttpSocket, ServedConnection } from "../ports.ts";
import type { RequestHead } from "../request_head.ts";
import { authorityOf } from "../request_target.ts";
import { textResponse } from "../text_response.ts";
import { UnfinishedBody } from "../unfinished_body.ts";
import { ClientStreams, MAX_STREAMS } from "./client_streams.ts";
import { ExtraPlaces } from "./extra_places.ts";
import { encodeGoAway, encodeSettings, Setting } from "./frame.ts";
import { FrameParser, MAX_HEADER_LIST_BYTES } from "./frame_parser.ts";
import { FrameReader } from "./frame_reader.ts";
import { H2Answer } from "./h2_answer.ts";
import { type H2Code, H2Error, H2ErrorCode } from "./h2_error.ts";
import { H2Exchange } from "./h2_exchange.ts";
import { H2Output } from "./h2_output.ts";
import { readH2Request } from "./h2_request.ts";
import type { H2Stream } from "./h2_stream.ts";
import type { MessageHeads } from "./message_head.ts";
import type { WriteBuffers } from "./write_buffers.ts";

/** How long a client may take to read why its connection ends, milliseconds. */
const LINGER_MS = 1000;
/** Read at a time of what nobody wants any more. */
const DISCARD_BYTES = 16 * 1024;

/** What a connection is made of. */
export interface H2ConnectionDeps extends HttpConnectionDeps {
  readonly gate: ConnectionGate;
  /** Of requests by HTTP/2. */
  readonly h2Blocks: HeaderBlocks;
  readonly heads: MessageHeads;
  readonly buffers: WriteBuffers;
}

/** A client's connection from its handshake to its close. */
export class H2Connection implements ServedConnection {
  /** Of the client, canonical. */
  readonly ip: string;
  readonly #conn: HttpSocket;
  readonly #deps: H2ConnectionDeps;
  readonly #reader = new FrameReader();
  readonly #parser: FrameParser;
  readonly #output: H2Output;
  readonly #streams: ClientStreams;
  readonly #places: ExtraPlaces;
  /** What is waited for, while no request is served or a head has begun, and until when. */
  #waits: { readonly kind: HttpLimitName; readonly untilMs: number } | undefined;
  #linger: Timer | undefined;
  #hasServed = false;
  #failed = false;
  #closed = false;
  /** What works for the connection. */
  #tasks = 0;

  /** Takes the connection over. */
  constructor(conn: HttpSocket, deps: H2ConnectionDeps) {
    this.#conn = conn;
    this.#deps = deps;
    const { buffers, clock, limits: { headTimeoutMs, maxBodyBytes }, gate } = deps;
    this.ip = canonicalIp(conn.remoteAddr.hostname);
    this.#output = new H2Output(conn, { clock, buffers }, {
      failed: (error) => this.#lost(error),
      flooded: () => this.#fail(H2ErrorCode.EnhanceYourCalm, "Answers to frames are not read"),
    });
    this.#streams = new ClientStreams({
      ...{ clock, output: this.#output, headTimeoutMs, maxBodyBytes },
      serve: (stream) => void this.#serve(stream),
      emptied: () => this.#emptied(),
    });
    this.#parser = new FrameParser(this.#streams);
    this.#places = new ExtraPlaces(gate, this.ip);
    this.#expect("head_timeout");
  }

  /** Serve the client until it is gone. */
  start(): void {
    this.#output.control(encodeSettings([
      [Setting.MaxConcurrentStreams, MAX_STREAMS],
      [Setting.MaxHeaderListSize, MAX_HEADER_LIST_BYTES],
    ]));
    this.#read();
  }

  /** Look at the deadlines; called about once a second. */
  sweep(nowMs: number): void {
    if (this.#closed) return;
    const { stuckSinceMs } = this.#output;
    if (stuckSinceMs !== undefined && nowMs - stuckSinceMs >= this.#deps.limits.writeTimeoutMs) {
      return this.#late("write_timeout");
    }
    if (this.#waits !== undefined && nowMs >= this.#waits.untilMs) return this.#late(this.#waits.kind);
    for (const stream of [...this.#streams.values()]) this.#sweepStream(stream, nowMs);
  }

  /** Serve no further request: an idle connection ends at once, another one with its last answer. */
  end(): void {
    if (this.#closed || this.#streams.goesAway) return;
    this.#output.control(encodeGoAway(this.#streams.lastId, H2ErrorCode.NoError));
    this.#streams.goAway();
  }

  /** End at once. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#linger?.clear();
    this.#conn.close();
    this.#output.close();
    this.#streams.lose("lost");
    this.#reportEnd();
  }

  #read(): void {
    // What follows a fault is thrown away.
    const isWanted = !this.#failed;
    const room = isWanted ? this.#reader.room() : new Uint8Array(DISCARD_BYTES);
    this.#conn.read(room).then((length) => {
      if (this.#closed) return;
      if (length === null) return this.#ended();
      if (isWanted) {
        this.#reader.arrived(length);
        this.#advance();
      }
      this.#read();
    }, (error: unknown) => this.#lost(error));
  }

  /** Bytes have arrived. */
  #advance(): void {
    try {
      for (let frame = this.#reader.take(); frame !== undefined; frame = this.#reader.take()) {
        this.#parser.receive(frame);
        if (this.#failed || this.#closed) return;
      }
    } catch (error) {
      if (error instanceof H2Error) return this.#fail(error.code, error.message);
      this.#deps.events.bug(error);
      this.#fail(H2ErrorCode.InternalError, "The server failed");
    }
    // A head that has begun may not take forever, whatever else is served meanwhile.
    if (this.#parser.isWithinBlock) {
      if (this.#waits?.kind !== "head_timeout") this.#expect("head_timeout");
    } else if (this.#streams.size > 0) this.#waits = undefined;
    else if (this.#hasServed && this.#waits?.kind !== "idle_timeout") this.#expect("idle_timeout");
  }

  /** A request is to be answered. Never rejects. */
  async #serve(stream: H2Stream): Promise<void> {
    this.#tasks++;
    this.#hasServed = true;
    const { clock, heads, limits: { writeTimeoutMs } } = this.#deps;
    const { request } = stream;
    const answer = new H2Answer("status" in request ? "GET" : request.method, {
      ...{ clock, heads, writeTimeoutMs, deadline: stream.deadline },
      send: (sending) => this.#output.send(stream.id, sending),
    });
    const noRoom = this.#places.begin();
    try {
      if (noRoom === undefined) await this.#answer(stream, answer);
      else await answer.respond(noRoom.response);
    } catch (error) {
      await this.#excuse(error, answer);
    }
    if (noRoom === undefined) this.#places.end();
    // An answer that breaks off stays broken: nobody may take it for whole.
    if (!answer.hasEnded) {
      this.#streams.cut(stream, answer.hasBegun ? H2ErrorCode.InternalError : H2ErrorCode.Cancel);
    }
    this.#tasks--;
    this.#streams.finish(stream);
    this.#reportEnd();
  }

  async #answer(stream: H2Stream, answer: H2Answer): Promise<void> {
    const { clock, handler, events, proxies } = this.#deps;
    const head = this.#headOf(stream);
    if ("status" in head) {
      events.refused(head.status, head.reason, this.ip);
      return await answer.respond(textResponse(head.status, head.reason));
    }
    const ip = forwardedClient(proxies, this.ip, head);
    await handler(
      new H2Exchange(head, stream.takeBody(), {
        ...{ clock, stream, answer, ip },
        reset: (code) => this.#streams.cut(stream, code),
        endConnection: () => this.end(),
      }),
    );
  }

  #headOf({ request, bodyBytes }: H2Stream): RequestHead | HttpFault {
    if ("status" in request) return request;
    const { h2Blocks, limits: { maxBodyBytes } } = this.#deps;
    return readH2Request(request, bodyBytes, h2Blocks, {
      maxBodyBytes,
      defaultHost: authorityOf(this.#conn.localAddr),
    });
  }

  /** A handler has failed: the client may be gone, else it is a bug. */
  async #excuse(error: unknown, answer: H2Answer): Promise<void> {
    if (isGone(error)) return;
    const { events } = this.#deps;
    if (error instanceof UnfinishedBody) events.unfinished(error.message, this.ip);
    else events.bug(error);
    if (answer.hasBegun) return;
    // The client may leave meanwhile, which changes nothing.
    await answer.respond(textResponse(500, "The server could not answer")).catch(() => {});
  }

  #sweepStream(stream: H2Stream, nowMs: number): void {
    const { events } = this.#deps;
    if (!stream.isServed && nowMs >= stream.untilMs) {
      events.limit("head_timeout", { ip: this.ip, quiet: false });
      return this.#streams.cut(stream, H2ErrorCode.Cancel);
    }
    const { kind, untilMs } = stream.deadline;
    if (kind === undefined || nowMs < untilMs) return;
    events.limit(kind, { ip: this.ip, quiet: false });
    this.#streams.cut(stream, H2ErrorCode.Cancel);
  }

  #expect(kind: "head_timeout" | "idle_timeout"): void {
    const { clock, limits: { headTimeoutMs, idleTimeoutMs } } = this.#deps;
    const timeoutMs = kind === "head_timeout" ? headTimeoutMs : idleTimeoutMs;
    this.#waits = { kind, untilMs: clock.now() + timeoutMs };
  }

  /** No request is served. */
  #emptied(): void {
    if (this.#closed || this.#failed) return;
    if (this.#streams.goesAway) void this.#hangUp();
    else this.#expect("idle_timeout");
  }

  /** The client took too long. */
  #late(kind: HttpLimitName): void {
    // A client that keeps its connection for later did nothing wrong.
    const quiet = kind === "idle_timeout" && this.#hasServed;
    this.#deps.events.limit(kind, { ip: this.ip, quiet });
    if (quiet) return this.end();
    this.close();
  }

  /** The client broke the rules. */
  #fail(code: H2Code, reason: string): void {
    if (this.#failed || this.#closed) return;
    this.#failed = true;
    this.#deps.events.refused(400, `HTTP/2: ${reason}`, this.ip);
    this.#output.control(encodeGoAway(this.#streams.lastId, code));
    this.#streams.lose("lost");
    void this.#hangUp();
  }

  /** Let the client read the last frame, then close: closing over unread bytes would take it away. */
  async #hangUp(): Promise<void> {
    this.#waits = undefined;
    this.#linger ??= this.#deps.clock.setTimeout(() => this.close(), LINGER_MS);
    try {
      await this.#output.idle();
      if (!this.#closed) await this.#conn.closeWrite();
    } catch (error) {
      this.#lost(error);
    }
  }

  /** The client sends nothing more: by TLS it has closed the connection. */
  #ended(): void {
    this.#streams.lose("reset");
    this.close();
  }

  #lost(error: unknown): void {
    if (this.#closed) return;
    if (!isGone(error)) this.#deps.events.bug(error);
    this.#streams.lose(isHangUp(error) ? "reset" : "lost");
    this.close();
  }

  #reportEnd(): void {
    if (this.#closed && this.#tasks === 0) this.#deps.ended(this);
  }
}

/** The client is gone, which is not the server's fault. */
function isGone(error: unknown): boolean {
  return isHangUp(error) || isNetworkError(error);
}
