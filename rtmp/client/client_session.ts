/**
 * A client's side of an RTMP connection: one play or one publish, as a pure machine. RTMP 1.0 §7.2.
 *
 * ```text
 * joined:    C0 C1 C2 connect createStream play            > S0 S1 S2 _result _result onStatus media
 * stepwise:  C0 C1 > C2 connect > createStream > play      an answer is awaited at each >
 * ```
 *
 * The joined flight saves two round trips and assumes that the server's first message stream is 1; where it is not,
 * the session says `misfit`.
 *
 * @module
 */
import {
  ChunkEncoder,
  ClientHandshake,
  type ClientHandshakeOptions,
  type Command,
  decodeCommand,
  decodeControl,
  DEFAULT_WIRE_LIMITS,
  encodeControl,
  isControl,
  MessageDecoder,
  MessageType,
  NET_STREAM_ID,
  type RtmpMessage,
  splitAggregate,
  type WireEnvironment,
  type WireLimits,
} from "../wire/mod.ts";
import type { ClientEvent } from "./client_events.ts";
import { Call, type CallOptions, ClientCalls } from "./client_calls.ts";
import { JoinedHandshake } from "./joined_handshake.ts";
import { infoOf, isServerData, refusalOf, serverIdOf, textOf } from "./server_status.ts";

/** What a session is made with. */
export interface ClientSessionOptions extends CallOptions {
  /** Clock, chance and crypto. */
  readonly environment: WireEnvironment;
  /** What the server may make this client keep. */
  readonly limits?: WireLimits;
  /** Everything in one write, or one request at a time. */
  readonly flight: "joined" | "stepwise";
  /** Of a stepwise flight. */
  readonly handshake?: ClientHandshakeOptions;
}

/** One connection of a client. */
export class ClientSession {
  readonly #options: ClientSessionOptions;
  readonly #decoder: MessageDecoder;
  readonly #encoder = new ChunkEncoder();
  readonly #calls: ClientCalls;
  readonly #limits: WireLimits;
  #handshaken = false;
  #connected = false;
  #started = false;
  #over = false;
  #streamId = NET_STREAM_ID;
  #publisherGone = false;
  #windowSize = 0;
  #acknowledged = 0;

  /** A session whose first bytes are to be taken by {@link ClientSession.takeOutput}. */
  constructor(options: ClientSessionOptions) {
    const { environment, limits = DEFAULT_WIRE_LIMITS, flight } = options;
    this.#options = options;
    this.#calls = new ClientCalls(options, this.#encoder);
    // Servers may use chunks that this server refuses of its own clients.
    this.#limits = { ...limits, minChunkSize: 1 };
    const isJoined = flight === "joined";
    this.#decoder = new MessageDecoder({
      environment,
      limits: this.#limits,
      borrowed: true,
      handshake: isJoined
        ? new JoinedHandshake(environment)
        : new ClientHandshake(environment, options.handshake),
    });
    if (!isJoined) return;
    this.#calls.connect();
    this.#calls.createStream();
    this.#calls.request(this.#streamId);
  }

  /** Bytes received, the handshake included. */
  get bytesReceived(): number {
    return this.#decoder.bytesReceived;
  }

  /** Bytes of messages that came in several parts: it grows while a large one is under way. */
  get mediaInParts(): number {
    return this.#decoder.mediaInParts;
  }

  /** The play or publish was accepted. */
  get started(): boolean {
    return this.#started;
  }

  /** The message stream of the play or publish. */
  get streamId(): number {
    return this.#streamId;
  }

  /**
   * Take bytes of the server.
   *
   * @param bytes Used again by their owner once the events have been acted upon.
   * @throws {ProtocolError} When the server breaks the rules.
   */
  receive(bytes: Uint8Array): ClientEvent[] {
    const events: ClientEvent[] = [];
    for (const message of this.#decoder.decode(bytes)) this.#receive(message, events);
    if (!this.#handshaken && this.#decoder.handshakeDone) {
      this.#handshaken = true;
      if (this.#options.flight === "stepwise") this.#calls.connect();
    }
    this.#acknowledge();
    return events;
  }

  /** The bytes to send, once each; `undefined` when there are none. */
  takeOutput(): Uint8Array<ArrayBuffer> | undefined {
    const handshake = this.#decoder.takeOutput();
    const messages = this.#encoder.takeOutput();
    if (handshake === undefined || messages === undefined) return handshake ?? messages;
    const joined = new Uint8Array(handshake.length + messages.length);
    joined.set(handshake);
    joined.set(messages, handshake.length);
    return joined;
  }

  /** Ask for a sign of life. */
  ping(): void {
    if (!this.#connected) return;
    const timestamp = Math.floor(this.#options.environment.now()) >>> 0;
    this.#encoder.write(encodeControl({ kind: "pingRequest", timestamp }));
  }

  /** Say how many play the stream here. */
  reportViewers(count: number): void {
    if (this.#connected && !this.#over) this.#calls.viewers(count);
  }

  /** Say good-bye: the stream is over. */
  leave(): void {
    if (!this.#connected || this.#over) return;
    this.#over = true;
    this.#calls.leave(this.#streamId);
  }

  #receive(message: RtmpMessage, events: ClientEvent[]): void {
    const { typeId } = message;
    if (isControl(typeId)) return this.#receiveControl(message, events);
    switch (typeId) {
      case MessageType.CommandAmf0:
      case MessageType.CommandAmf3:
        return this.#receiveCommand(decodeCommand(message, this.#limits), events);
      case MessageType.Audio:
      case MessageType.Video:
        // Not every server says that a publisher is back: its media says so.
        this.#publisherGone = false;
        if (this.#options.request.kind === "play") events.push({ kind: "media", message });
        return;
      case MessageType.DataAmf0:
      case MessageType.DataAmf3:
        if (this.#options.request.kind === "play" && !isServerData(message)) {
          events.push({ kind: "media", message });
        }
        return;
      case MessageType.Aggregate:
        if (this.#options.request.kind === "publish") return;
        for (const part of splitAggregate(message, this.#limits)) {
          events.push({ kind: "media", message: part });
        }
        return;
      default:
        return;
    }
  }

  #receiveControl(message: RtmpMessage, events: ClientEvent[]): void {
    const control = decodeControl(message, this.#limits);
    switch (control.kind) {
      case "pingRequest":
        return this.#encoder.write(encodeControl({ kind: "pingResponse", timestamp: control.timestamp }));
      case "pingResponse":
        events.push({ kind: "pong" });
        return;
      case "windowAcknowledgementSize":
        this.#windowSize = control.windowSize;
        return;
      case "setPeerBandwidth":
        return this.#encoder.write(
          encodeControl({ kind: "windowAcknowledgementSize", windowSize: control.windowSize }),
        );
      case "streamEof":
        return this.#setPublisher({ gone: true }, events);
      case "streamBegin":
        return this.#setPublisher({ gone: false }, events);
      default:
        return;
    }
  }

  #receiveCommand(command: Command, events: ClientEvent[]): void {
    const { name, transactionId } = command;
    if (name === "_result") return this.#answered(command, events);
    if (name === "_error") {
      const isOurs = transactionId === Call.Connect || transactionId === Call.CreateStream ||
        transactionId === Call.Stream;
      if (isOurs) this.#refused(command, events);
      return;
    }
    if (name === "onStatus") this.#receiveStatus(command, events);
  }

  #answered(command: Command, events: ClientEvent[]): void {
    const isJoined = this.#options.flight === "joined";
    if (command.transactionId === Call.Connect && !this.#connected) {
      if (textOf(infoOf(command), "level") === "error") return this.#refused(command, events);
      this.#connected = true;
      events.push({ kind: "connected", serverId: serverIdOf(command) });
      if (!isJoined) this.#calls.createStream();
      return;
    }
    if (command.transactionId !== Call.CreateStream) return;
    const streamId = command.args.find((arg) => typeof arg === "number") ?? NET_STREAM_ID;
    if (isJoined && streamId !== this.#streamId) {
      this.#over = true;
      events.push({ kind: "misfit", streamId });
      return;
    }
    this.#streamId = streamId;
    if (!isJoined) this.#calls.request(this.#streamId);
  }

  #receiveStatus(command: Command, events: ClientEvent[]): void {
    const info = infoOf(command);
    if (textOf(info, "level") === "error") return this.#refused(command, events);
    switch (textOf(info, "code")) {
      case "NetStream.Play.Start":
      case "NetStream.Publish.Start":
        if (this.#started) return;
        this.#started = true;
        events.push({ kind: "started" });
        return;
      case "NetStream.Play.UnpublishNotify":
      case "NetStream.Play.Stop":
        return this.#setPublisher({ gone: true }, events);
      case "NetStream.Play.PublishNotify":
        return this.#setPublisher({ gone: false }, events);
      case "NetConnection.Connect.ReconnectRequest":
        events.push({ kind: "reconnectRequested" });
        return;
      default:
        return;
    }
  }

  #refused(command: Command, events: ClientEvent[]): void {
    if (this.#over) return;
    this.#over = true;
    events.push({ kind: "refused", refusal: refusalOf(command) });
  }

  #setPublisher({ gone }: { gone: boolean }, events: ClientEvent[]): void {
    if (!this.#started || this.#publisherGone === gone) return;
    this.#publisherGone = gone;
    events.push({ kind: gone ? "publisherGone" : "publisherBack" });
  }

  /** At half of the window, so that a server that stops at the whole of it never does. */
  #acknowledge(): void {
    const { bytesReceived } = this.#decoder;
    if (this.#windowSize === 0 || bytesReceived - this.#acknowledged < this.#windowSize / 2) return;
    this.#acknowledged = bytesReceived;
    const sequenceNumber = bytesReceived % 2 ** 32;
    this.#encoder.write(encodeControl({ kind: "acknowledgement", sequenceNumber }));
  }
}
