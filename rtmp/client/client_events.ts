/**
 * What a client session reports to its shell.
 *
 * @module
 */
import type { RtmpMessage } from "../wire/mod.ts";

/** Why a server refuses, or ends what it had accepted. */
export interface ServerRefusal {
  /** `NetStream.Play.Failed` and the like; `""` when the server named none. */
  readonly code: string;
  /** For people; `""` when the server gave none. */
  readonly description: string;
  /** The address that it names instead: a whole URL, or one without the stream. */
  readonly redirect?: string;
}

/** `connect` was accepted. */
export interface Connected {
  /** Which event it is. */
  readonly kind: "connected";
  /** How the server names itself, where it is an SRS or this server; `""`: it does not. */
  readonly serverId: string;
}

/** The play or publish was accepted. */
export interface Started {
  /** Which event it is. */
  readonly kind: "started";
}

/** The server refused, before or after the start. It is of no use any more. */
export interface Refused {
  /** Which event it is. */
  readonly kind: "refused";
  /** Why, as the server says. */
  readonly refusal: ServerRefusal;
}

/** The first flight assumed a message stream that the server did not create: connect again, step by step. */
export interface Misfit {
  /** Which event it is. */
  readonly kind: "misfit";
  /** What the server created. */
  readonly streamId: number;
}

/** An audio, video or data message of the play; aggregates are split. */
export interface PlayedMessage {
  /** Which event it is. */
  readonly kind: "media";
  /** Its payload may be in memory that is used again after the call. */
  readonly message: RtmpMessage;
}

/** The publisher of the played stream is gone, or is back. */
export interface PublisherChanged {
  /** Which event it is. */
  readonly kind: "publisherGone" | "publisherBack";
}

/** The server answered a ping, or wants its clients to connect again. */
export interface ServerNotice {
  /** Which event it is. */
  readonly kind: "pong" | "reconnectRequested";
}

/** Everything that {@link ClientSession.receive} yields. */
export type ClientEvent =
  | Connected
  | Started
  | Refused
  | Misfit
  | PlayedMessage
  | PublisherChanged
  | ServerNotice;
