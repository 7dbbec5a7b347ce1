/**
 * What the states of a session share: its output, its events, the pending request and what was agreed. Pure.
 *
 * @module
 */
import type { Amf0Value } from "../wire/amf0.ts";
import { ChunkEncoder, type SharedMessages } from "../wire/chunk_encoder.ts";
import type { Command } from "../wire/command.ts";
import { type Control, encodeControl } from "../wire/control.ts";
import type { WireEnvironment } from "../wire/environment.ts";
import type { WireLimits } from "../wire/limits.ts";
import type { RtmpMessage } from "../wire/message.ts";
import type { ConnectCommand } from "./connect_command.ts";
import type { SessionEvent } from "./events.ts";
import { resultMessage } from "./replies.ts";
import { DEFAULT_SESSION_SETTINGS, type SessionSettings } from "./session_settings.ts";

/** A request of the client that the caller has to answer. */
export interface PendingRequest {
  readonly requestId: number;
  readonly command: Command;
}

/** The shared part of a session; the states act on it. */
export class SessionContext {
  readonly environment: WireEnvironment;
  readonly limits: WireLimits;
  /** `undefined` when none awaits an answer. */
  request: PendingRequest | undefined;
  /** The client sent `FCPublish` and so waits for `onFCPublish`. */
  wantsFcStatus = false;
  /** What the client said in a `connect` that awaits its answer. */
  connect: ConnectCommand | undefined;
  /** The client of the accepted `connect` takes a reconnect request. */
  takesReconnect = false;
  /** The accepted play is paused. */
  paused = false;
  readonly #encoder = new ChunkEncoder();
  #events: SessionEvent[] = [];
  #lastRequestId = 0;
  #settings: SessionSettings = DEFAULT_SESSION_SETTINGS;

  constructor(environment: WireEnvironment, limits: WireLimits) {
    this.environment = environment;
    this.limits = limits;
  }

  /** What is in force since the last acceptance. */
  get settings(): SessionSettings {
    return this.#settings;
  }

  /** Put `settings` in force, without a word to the peer; what is absent stays as it is. */
  adopt(settings: Partial<SessionSettings>): void {
    this.#settings = { ...this.#settings, ...settings };
  }

  /** Queue a message for the peer. */
  send(message: RtmpMessage): void {
    this.#encoder.write(message);
  }

  /** Queue messages that other peers get as well. */
  sendShared(shared: SharedMessages): void {
    this.#encoder.writeShared(shared);
  }

  /** Queue a control message for the peer. A Set Chunk Size holds for whatever is sent after it. */
  sendControl(control: Control): void {
    this.#encoder.write(encodeControl(control));
  }

  /** Answer a call with `_result`, unless it wants no answer. */
  answer(command: Command, ...values: Amf0Value[]): void {
    if (command.transactionId > 0) this.send(resultMessage(command.transactionId, ...values));
  }

  /** The queued bytes, which are not to be changed; `undefined` when there are none. */
  takeOutput(): Uint8Array<ArrayBuffer> | undefined {
    return this.#encoder.takeOutput();
  }

  /** Queue an event for the caller. */
  emit(event: SessionEvent): void {
    this.#events.push(event);
  }

  /** What has happened since the last call. */
  takeEvents(): SessionEvent[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }

  /** Make `command` the pending request and give it its number. */
  openRequest(command: Command): number {
    this.#lastRequestId += 1;
    this.request = { requestId: this.#lastRequestId, command };
    return this.#lastRequestId;
  }
}
