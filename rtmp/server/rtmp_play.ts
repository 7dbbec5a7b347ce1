/**
 * A play over RTMP: its request goes to a {@link PlaySession}, the answer to the client, and the stream to the
 * connection's writer.
 *
 * @module
 */
import {
  type ConnectAdmission,
  type ConnectFacts,
  PlaySession,
  SlowPlayerWatch,
  type StreamReader,
  type StreamTarget,
} from "../../stream/admission/mod.ts";
import type { ConnectionContext } from "./connection_context.ts";
import { Consumer, type StreamOutput } from "../../stream/live/mod.ts";
import type { ConnectionWriter } from "./connection_writer.ts";
import { RtmpFormat } from "./rtmp_format.ts";
import { type PlayRequested, RejectionCode } from "../session/mod.ts";

/** One play of a connection. */
export class RtmpPlay {
  readonly session: PlaySession;
  readonly #connection: ConnectionContext;
  readonly #connect: ConnectAdmission;
  #player: RtmpPlayer | undefined;

  /** @param connect The vhosts that have admitted the client. */
  constructor(connection: ConnectionContext, connect: ConnectAdmission) {
    this.#connection = connection;
    this.#connect = connect;
    const formatOf = ({ vhost }: StreamTarget): RtmpFormat => new RtmpFormat(vhost.chunkSize);
    this.session = new PlaySession(connection, connection.server, formatOf);
  }

  /** Settles when the request is answered or void. */
  async start(event: PlayRequested, facts: ConnectFacts): Promise<void> {
    const { session } = this;
    const { requestId, streamName } = event;
    const answer = await session.start({ facts, streamName, connect: this.#connect });
    if (answer.kind === "aborted" || session.aborted) return;
    const connection = this.#connection;
    if (answer.kind === "denied") {
      const { reason: description, redirect } = answer;
      const to = redirect === undefined ? {} : { redirect };
      connection.session.reject(requestId, { code: RejectionCode.PlayFailed, description, ...to });
      return connection.resume();
    }
    const { output, target } = session;
    if (output === undefined || target === undefined) return;
    const { chunkSize, play, tcpNodelay } = target.vhost;
    // Attached first, so that the answer, the headers and the first picture leave in one write.
    this.#player = new RtmpPlayer(connection, session, output, play.sendTimeoutMs);
    session.begin(this.#player, event.durationMs > 0 ? { durationMs: event.durationMs } : {});
    connection.session.accept(requestId, { chunkSize });
    connection.resume();
    if (!tcpNodelay) connection.delaySmallSends();
  }

  /** Hold what the client gets, or continue. */
  pause(paused: boolean): void {
    this.#player?.pause(paused);
  }
}

/** Brings a stream's log to the connection's writer. */
class RtmpPlayer implements StreamReader {
  readonly #writer: ConnectionWriter;
  readonly #consumer: Consumer;
  readonly #watch: SlowPlayerWatch;

  constructor(client: ConnectionContext, session: PlaySession, output: StreamOutput, sendTimeoutMs: number) {
    const { writer, server } = client;
    const url = session.stream?.streamUrl;
    const consumer = new Consumer(output, writer);
    this.#writer = writer;
    this.#consumer = writer.consumer = consumer;
    this.#watch = new SlowPlayerWatch({ client, consumer, writer, url, sendTimeoutMs }, server.limits);
  }

  get jumps(): number {
    return this.#consumer.jumps;
  }

  get droppedMs(): number {
    return this.#consumer.droppedMs;
  }

  pause(paused: boolean): void {
    this.#consumer.paused = paused;
    if (!paused) this.#writer.flush();
  }

  sweep(nowMs: number): void {
    this.#watch.sweep(nowMs);
  }

  leave(): void {
    this.#consumer.leave();
    this.#writer.consumer = undefined;
  }
}
