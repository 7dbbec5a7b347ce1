/**
 * One connection's protocol after the handshake: messages in, events and bytes out. It requests decisions, and makes none. Pure.
 *
 * @module
 */
import type { Command } from "../wire/command.ts";
import { isControl } from "../wire/control.ts";
import type { WireEnvironment } from "../wire/environment.ts";
import { DEFAULT_WIRE_LIMITS, type WireLimits } from "../wire/limits.ts";
import { NET_STREAM_ID, type RtmpMessage } from "../wire/message.ts";
import { ProtocolError, ProtocolErrorCode } from "../wire/protocol_error.ts";
import { commandCost } from "./command_cost.ts";
import type { SessionEvent } from "./events.ts";
import { PeerControl } from "./peer_control.ts";
import { rejectConnect } from "./connect_reply.ts";
import { type Rejection, RejectionCode } from "./rejection.ts";
import { dismissal } from "./dismissal.ts";
import { reconnectMessage, type ReconnectRequest, type Status, statusMessage } from "./replies.ts";
import { SessionContext } from "./session_context.ts";
import { type InputKind, readInput, type SessionInput, type SessionInputs } from "./session_input.ts";
import type { SessionSettings } from "./session_settings.ts";
import type { SessionState, Transition, Transitions } from "./session_state.ts";
import { TRANSITIONS } from "./transitions.ts";

/** What a waiting message counts besides its payload, bytes, so that many empty ones are bounded too. */
const HELD_MESSAGE_OVERHEAD = 64;

/** What a session is made with. */
export interface SessionOptions {
  /** Only its clock is used. */
  readonly environment: WireEnvironment;
  /** {@link DEFAULT_WIRE_LIMITS} when absent. */
  readonly limits?: WireLimits;
}

/** An input that waits, and what it counts. */
interface Held {
  readonly input: SessionInput;
  readonly bytes: number;
}

/**
 * A machine with four verbs: `receive` yields events, `takeOutput` gives bytes to send, `accept` and `reject` answer
 * a request. Its caller (`Connection`) calls `takeOutput` after each of them, and `receive([])` after an answer: what waited for
 * it is applied then.
 */
export class RtmpSession {
  readonly #context: SessionContext;
  readonly #control: PeerControl;
  #state: SessionState = "awaitingConnect";
  #held: Held[] = [];
  #heldBytes = 0;
  #commandCost = 0;

  /** A session whose handshake is done and whose client has yet to connect. */
  constructor(options: SessionOptions) {
    const limits = options.limits ?? DEFAULT_WIRE_LIMITS;
    this.#context = new SessionContext(options.environment, limits);
    this.#control = new PeerControl(this.#context, limits);
  }

  /** Where the session is. */
  get state(): SessionState {
    return this.#state;
  }

  /** After a refusal or `close`: what arrives is ignored, the caller sends what is queued and hangs up. */
  get isClosing(): boolean {
    return this.#state === "closing";
  }

  /** Whether a request awaits its answer. */
  get awaitsAnswer(): boolean {
    return this.#context.request !== undefined;
  }

  /**
   * What waits for the answer to a request, bytes of payload and 64 for each message. The caller bounds it: it hands
   * over no more messages once that is too much, see `HeldInput`.
   */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  /** The buffer that the client said it has, milliseconds; 0 until it says. */
  get bufferLengthMs(): number {
    return this.#control.bufferLengthMs;
  }

  /**
   * Apply messages, in their order. While a request awaits its answer they wait inside, but for control
   * messages and for the client's withdrawal of the request.
   *
   * @param messages Not kept: what waits is copied. Empty to go on after an answer.
   * @throws {ProtocolError} When the peer broke the rules; the session is of no use any more.
   */
  receive(messages: readonly RtmpMessage[]): SessionEvent[] {
    if (this.#held.length > 0) this.#takeHeld();
    for (const message of messages) {
      if (this.#state === "closing") break;
      this.#commandCost += commandCost(message);
      this.#take(message);
    }
    return this.#context.takeEvents();
  }

  /** What the messages since the last call have cost, where commands are limited. */
  takeCommandCost(): number {
    const cost = this.#commandCost;
    this.#commandCost = 0;
    return cost;
  }

  /** The bytes to send, which are not to be changed; `undefined` when there are none. */
  takeOutput(): Uint8Array<ArrayBuffer> | undefined {
    return this.#context.takeOutput();
  }

  /**
   * Accept a request.
   *
   * @param settings What is in force from here on; what is absent stays as it is (at first `DEFAULT_SESSION_SETTINGS`).
   * @returns `false`, and nothing happens, when the request was withdrawn or answered before.
   */
  accept(requestId: number, settings: Partial<SessionSettings> = {}): boolean {
    const command = this.#takeRequest(requestId);
    if (command === undefined) return false;
    this.#apply({ kind: "accept", value: { command, settings } });
    this.#control.inAckSize = this.#context.settings.inAckSize;
    return true;
  }

  /**
   * Reject a request: the client gets the reason, and the session is closing.
   *
   * @returns `false`, and nothing happens, when the request was withdrawn or answered before.
   */
  reject(requestId: number, rejection: Rejection): boolean {
    const command = this.#takeRequest(requestId);
    if (command === undefined) return false;
    this.#apply({ kind: "reject", value: { command, rejection } });
    this.close();
    return true;
  }

  /** Queue an onStatus of the NetStream: a kick, a takeover, the end of a duration. */
  status(status: Status): void {
    this.#context.send(statusMessage(status));
  }

  /**
   * Queue why the connection is about to end, in the form that the client's last command is answered in. A client that
   * did not connect yet, or was refused, gets nothing.
   */
  dismiss(description: string): void {
    const { request } = this.#context;
    if (this.#state === "connectPending" && request !== undefined) {
      const rejection = { code: RejectionCode.ConnectRejected, description };
      for (const message of rejectConnect(request.command.transactionId, rejection)) {
        this.#context.send(message);
      }
      return;
    }
    const message = dismissal(this.#state, description);
    if (message !== undefined) this.#context.send(message);
  }

  /**
   * Ask the client to connect again, here or elsewhere. It may go on for a while: nothing else changes.
   *
   * @returns `false`, and nothing is queued, when the client did not say that it takes such a request.
   */
  requestReconnect(request: ReconnectRequest): boolean {
    const takes = this.#context.takesReconnect && !this.isClosing;
    if (takes) this.#context.send(reconnectMessage(request));
    return takes;
  }

  /** Say that the stream which the client plays has no publisher any more. The play goes on. */
  endStream(): void {
    if (!this.isClosing) this.#context.sendControl({ kind: "streamEof", streamId: NET_STREAM_ID });
  }

  /** Take nothing more. A pending request is void; queued bytes stay to be sent. */
  close(): void {
    this.#state = "closing";
    this.#context.request = undefined;
    this.#held = [];
    this.#heldBytes = 0;
  }

  /** Ping the peer; a `pong` event follows. Only the newest ping counts. */
  ping(): void {
    this.#control.ping();
  }

  /**
   * Acknowledge what has arrived, when that is due.
   *
   * @param totalBytes All bytes since the connection began, handshake included.
   */
  countReceived(totalBytes: number): void {
    if (this.#state !== "closing") this.#control.countReceived(totalBytes);
  }

  /** The command of the pending request, which is none any more; `undefined` when `requestId` is not its. */
  #takeRequest(requestId: number): Command | undefined {
    const request = this.#context.request;
    if (request?.requestId !== requestId) return undefined;
    this.#context.request = undefined;
    return request.command;
  }

  #take(message: RtmpMessage): void {
    if (isControl(message.typeId)) return this.#control.receive(message);

    const input = readInput(message, this.#context.limits);
    if (input === undefined) return;
    if (this.#context.request === undefined) return this.#apply(input);
    this.#hold({ input: durable(input), bytes: message.payload.byteLength + HELD_MESSAGE_OVERHEAD });
  }

  /** Go on with what waited; a request among it makes the rest wait again. */
  #takeHeld(): void {
    if (this.#context.request !== undefined) return;
    for (const held of this.#releaseHeld()) {
      if (this.#context.request === undefined) this.#apply(held.input);
      else this.#hold(held);
    }
  }

  /** Let an input wait, unless it withdraws the request: then nothing that waits has to wait any longer. */
  #hold(held: Held): void {
    const leadsTo = this.#row()[held.input.kind]?.to;
    if (leadsTo !== undefined && leadsTo !== this.#state) {
      for (const earlier of this.#releaseHeld()) this.#apply(earlier.input);
      this.#apply(held.input);
      return;
    }
    this.#held.push(held);
    this.#heldBytes += held.bytes;
  }

  #releaseHeld(): Held[] {
    const held = this.#held;
    this.#held = [];
    this.#heldBytes = 0;
    return held;
  }

  #row(): Transitions {
    return TRANSITIONS[this.#state];
  }

  #apply<K extends InputKind>(input: SessionInput<K>): void {
    const transition: Transition<SessionInputs[K]> | undefined = this.#row()[input.kind];
    if (transition === undefined) {
      throw new ProtocolError(
        ProtocolErrorCode.State,
        `Unexpected ${input.kind} in state ${this.#state}`,
      );
    }
    transition.apply(this.#context, input.value);
    this.#state = transition.to;
  }
}

/** An input that may be kept: media may be in memory that its reader uses again. */
function durable(input: SessionInput): SessionInput {
  if (input.kind !== "media") return input;
  return { kind: "media", value: { ...input.value, payload: input.value.payload.slice() } };
}
