/**
 * What can happen to a session: a peer's message by its meaning, or the answer to a request. RTMP 1.0 §7.2. Pure.
 *
 * @module
 */
import { type Command, decodeCommand } from "../wire/command.ts";
import type { WireLimits } from "../wire/limits.ts";
import { MessageType, type RtmpMessage } from "../wire/message.ts";
import { ProtocolError, ProtocolErrorCode } from "../wire/protocol_error.ts";
import type { Rejection } from "./rejection.ts";
import type { SessionSettings } from "./session_settings.ts";

/** An accepted request. */
export interface AcceptedRequest {
  /** What the client requested. */
  readonly command: Command;
  readonly settings: Partial<SessionSettings>;
}

/** A rejected request. */
export interface RejectedRequest {
  /** What the client requested. */
  readonly command: Command;
  readonly rejection: Rejection;
}

/** Every kind of input with what it carries. */
export interface SessionInputs {
  readonly connect: Command;
  readonly createStream: Command;
  readonly releaseStream: Command;
  readonly fcPublish: Command;
  readonly fcUnpublish: Command;
  readonly fcSubscribe: Command;
  readonly fcUnsubscribe: Command;
  readonly publish: Command;
  /** `publish(false)`, as Wirecast says it. */
  readonly unpublish: Command;
  /** `play` and `play2`. */
  readonly play: Command;
  readonly pause: Command;
  readonly resume: Command;
  /** `closeStream`, `deleteStream`, and `play(false)`. */
  readonly closeStream: Command;
  /** A call that a live stream has nothing to do for, but an answer. */
  readonly call: Command;
  /** A call of another name. */
  readonly unknown: Command;
  /** A reply of the peer; this server sends no calls. */
  readonly reply: Command;
  /** Audio, video, data and aggregate messages. */
  readonly media: RtmpMessage;
  readonly accept: AcceptedRequest;
  readonly reject: RejectedRequest;
}

/** The name of an input. */
export type InputKind = keyof SessionInputs;

/** An input with its kind. */
export type SessionInput<K extends InputKind = InputKind> = {
  readonly [P in K]: { readonly kind: P; readonly value: SessionInputs[P] };
}[K];

type CommandKind = { [K in InputKind]: SessionInputs[K] extends Command ? K : never }[InputKind];

/** Commands whose name alone says what they are. */
const COMMAND_KINDS: ReadonlyMap<string, CommandKind> = new Map<string, CommandKind>([
  ["connect", "connect"],
  ["createStream", "createStream"],
  ["releaseStream", "releaseStream"],
  ["FCPublish", "fcPublish"],
  ["FCUnpublish", "fcUnpublish"],
  ["publish", "publish"],
  ["play", "play"],
  ["play2", "play"],
  ["pause", "pause"],
  ["pauseRaw", "pause"],
  ["closeStream", "closeStream"],
  ["deleteStream", "closeStream"],
  ["seek", "call"],
  ["receiveAudio", "call"],
  ["receiveVideo", "call"],
  ["getStreamLength", "call"],
  ["FCSubscribe", "fcSubscribe"],
  ["FCUnsubscribe", "fcUnsubscribe"],
  ["_checkbw", "call"],
  ["_result", "reply"],
  ["_error", "reply"],
  ["onStatus", "reply"],
]);

/** Whether messages of this type are media in the wide sense: what a publisher's players may get. */
export function isMedia(typeId: number): boolean {
  return typeId === MessageType.Audio || typeId === MessageType.Video || typeId === MessageType.DataAmf0 ||
    typeId === MessageType.DataAmf3 || typeId === MessageType.Aggregate;
}

/**
 * What a message means that is not a control message.
 *
 * @returns `undefined` for types without a meaning here: shared objects and unknown ones.
 * @throws {ProtocolError} `Command` when a `pause` does not say what it wants; as `decodeCommand`.
 */
export function readInput(message: RtmpMessage, limits: WireLimits): SessionInput | undefined {
  if (isMedia(message.typeId)) return { kind: "media", value: message };
  if (message.typeId !== MessageType.CommandAmf0 && message.typeId !== MessageType.CommandAmf3) {
    return undefined;
  }
  const command = decodeCommand(message, limits);
  return { kind: commandKind(command), value: command };
}

function commandKind(command: Command): CommandKind {
  const kind = COMMAND_KINDS.get(command.name) ?? "unknown";
  const argument = command.args[1];
  if (kind === "publish" && argument === false) return "unpublish";
  if (kind === "play" && argument === false) return "closeStream";
  if (kind !== "pause") return kind;

  if (typeof argument !== "boolean") {
    throw new ProtocolError(
      ProtocolErrorCode.Command,
      `Cannot obey ${command.name}: its flag is ${typeof argument}, not a boolean`,
    );
  }
  return argument ? "pause" : "resume";
}
