/**
 * A client of HTTP/2 and its connection in the memory of a test, on a clock that the test moves.
 *
 * @module
 */
import type { HttpHandler } from "../../../http/server/exchange.ts";
import { ConnectionCap } from "../../../http/server/connection_cap.ts";
import { HeaderBlocks } from "../../../http/server/header_block.ts";
import { type Frame, FrameFlag, FrameType } from "../../../http/server/h2/frame.ts";
import { H2Connection } from "../../../http/server/h2/h2_connection.ts";
import { HpackDecoder } from "../../../http/server/h2/hpack_decoder.ts";
import { MessageHeads } from "../../../http/server/h2/message_head.ts";
import { WriteBuffers } from "../../../http/server/h2/write_buffers.ts";
import type { HttpServerLimits, HttpSocket } from "../../../http/server/ports.ts";
import { ManualClock } from "../manual_clock.ts";
import { turn } from "../wait.ts";
import { ServerFrames } from "./h2_frames.ts";

/** An answer as far as it has come. */
export interface SeenAnswer {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly isEnded: boolean;
  /** Code of the reset; `undefined`: none. */
  readonly reset: number | undefined;
}

/** What a test changes. */
export interface H2ClientOptions {
  readonly limits?: Partial<HttpServerLimits>;
  /** Besides the connection itself. */
  readonly places?: number;
}

/** A client of one connection. */
export class H2MemoryClient {
  readonly clock = new ManualClock();
  readonly connection: H2Connection;
  /** Limits, refusals and bugs, in their order. */
  readonly reports: string[] = [];
  /** All frames of the server. */
  readonly frames: Frame[] = [];
  isClosed = false;
  hasEnded = false;
  /** Nothing is read while it is set. */
  isStuck = false;
  readonly #decoder = new HpackDecoder();
  readonly #splitter = new ServerFrames();
  #sent: Uint8Array[] = [];
  #reading: { readonly room: Uint8Array; readonly resolve: (length: number | null) => void } | undefined;
  #writing: (() => void) | undefined;
  #isOver = false;

  /** A connection that `handler` serves. */
  constructor(handler: HttpHandler, { limits, places = 1000 }: H2ClientOptions = {}) {
    this.connection = new H2Connection(this.#socket(), {
      clock: this.clock,
      limits: {
        ...{ headTimeoutMs: 10_000, idleTimeoutMs: 60_000, writeTimeoutMs: 30_000, maxBodyBytes: 100 },
        ...limits,
      },
      handler,
      gate: new ConnectionCap(places, () => this.reports.push("full")),
      events: {
        limit: (name, { quiet }) => this.reports.push(quiet ? `${name}, quiet` : name),
        refused: (status, reason) => this.reports.push(`${status}: ${reason}`),
        handshakeFailed: () => {},
        proxyRefused: () => {},
        unfinished: (detail) => this.reports.push(detail),
        acceptFailed: () => {},
        bug: (error) => this.reports.push(`bug: ${error}`),
      },
      ...{ blocks: new HeaderBlocks(), h2Blocks: new HeaderBlocks(), heads: new MessageHeads() },
      buffers: new WriteBuffers(),
      ended: () => this.hasEnded = true,
    });
    this.connection.start();
  }

  /** Send, and let the server act. */
  async send(...parts: readonly Uint8Array[]): Promise<void> {
    for (const part of parts) this.#sent.push(part.slice());
    this.#deliver();
    await this.settle();
  }

  /** Close the connection. */
  async leave(): Promise<void> {
    this.#isOver = true;
    this.#deliver();
    await this.settle();
  }

  /** Read again. */
  async read(): Promise<void> {
    this.isStuck = false;
    this.#writing?.();
    await this.settle();
  }

  /** Let time pass, and the server look at its deadlines. */
  async pass(ms: number): Promise<void> {
    await this.clock.advance(ms);
    this.connection.sweep(this.clock.now());
    await this.settle();
  }

  /** Let the server do what it can. */
  async settle(): Promise<void> {
    for (let i = 0; i < 4; i++) await turn();
  }

  /** The answer on a stream. Ask once for each: header blocks are decoded in their order. */
  answer(streamId: number): SeenAnswer {
    const frames = this.frames.filter((frame) => frame.streamId === streamId);
    const head = frames.find(({ type }) => type === FrameType.Headers);
    const data = frames.filter(({ type }) => type === FrameType.Data);
    const reset = frames.find(({ type }) => type === FrameType.RstStream);
    const fields = head === undefined ? [] : this.#decoder.decode(head.payload, 16_384) ?? [];
    return {
      headers: Object.fromEntries(fields),
      body: data.map(({ payload }) => new TextDecoder().decode(payload)).join(""),
      isEnded: [head, ...data].some((frame) => ((frame?.flags ?? 0) & FrameFlag.EndStream) !== 0),
      reset: reset === undefined ? undefined : reset.payload[3],
    };
  }

  /** The code of GOAWAY; `undefined`: there was none. */
  get goneAway(): number | undefined {
    return this.frames.find(({ type }) => type === FrameType.GoAway)?.payload[7];
  }

  #socket(): HttpSocket {
    return {
      remoteAddr: { hostname: "192.0.2.1", port: 4000 },
      localAddr: { hostname: "192.0.2.2", port: 443 },
      read: (room) =>
        new Promise((resolve) => {
          this.#reading = { room, resolve };
          this.#deliver();
        }),
      write: async (bytes) => {
        if (this.isStuck) await new Promise<void>((resolve) => this.#writing = resolve);
        if (this.isClosed) throw new Deno.errors.BadResource("closed");
        this.frames.push(...this.#splitter.push(bytes));
        return bytes.length;
      },
      closeWrite: () => Promise.resolve(),
      close: () => {
        this.isClosed = true;
        this.#writing?.();
      },
    };
  }

  #deliver(): void {
    const reading = this.#reading;
    if (reading === undefined) return;
    const [first, ...rest] = this.#sent;
    if (first === undefined && !this.#isOver) return;
    this.#reading = undefined;
    if (first === undefined) return reading.resolve(null);
    const part = first.subarray(0, reading.room.length);
    reading.room.set(part);
    this.#sent = part.length < first.length ? [first.subarray(part.length), ...rest] : rest;
    reading.resolve(part.length);
  }
}
