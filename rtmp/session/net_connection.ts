/**
 * Commands that any accepted connection may send in any state of its NetStream, and their answers. RTMP 1.0 §7.2.1.
 *
 * @module
 */
import type { Command } from "../wire/command.ts";
import { SharedMessages } from "../wire/chunk_encoder.ts";
import { NET_STREAM_ID } from "../wire/message.ts";
import { fcSubscribeMessage, resultMessage } from "./replies.ts";
import type { SessionContext } from "./session_context.ts";
import type { SessionState, Transitions } from "./session_state.ts";

/** Longest part of a peer's text in an event. */
const MAX_NAME_LENGTH = 64;

/** The length of a live stream, seconds. ffmpeg warns about an answer that is not a number. */
const LIVE_LENGTH = 0;

/** The entries that every state after `connect` has; none of them leaves the state. */
export function connectionTransitions(state: SessionState): Transitions {
  return {
    createStream: { to: state, apply: answerCreateStream },
    releaseStream: { to: state, apply: answerEmpty },
    fcPublish: { to: state, apply: answerFcPublish },
    fcSubscribe: { to: state, apply: answerFcSubscribe },
    fcUnsubscribe: { to: state, apply: answerFcUnsubscribe },
    call: { to: state, apply: answerCall },
    unknown: { to: state, apply: answerUnknown },
    reply: { to: state, apply: ignore },
  };
}

/** Transaction ids up to this one are those of clients that create a stream right after `connect`. */
const MAX_EARLY_ID = 8;

/** The answers to their `createStream`, encoded once. */
const STREAM_CREATED = Array.from(
  { length: MAX_EARLY_ID + 1 },
  (_, transactionId) => new SharedMessages([resultMessage(transactionId, NET_STREAM_ID)]),
);

/** What edges of this server call, with the number of their players. */
const VIEWERS_COMMAND = "srsViewers";

/** Ignore an input that needs no reaction. */
export function ignore(): void {}

/** Ignore a command, and emit that it was ignored. */
export function emitIgnored(context: SessionContext, command: Command): void {
  context.emit({ kind: "ignored", what: `command ${command.name.slice(0, MAX_NAME_LENGTH)}` });
}

/** `_result` with nothing in it, as FMLE expects it of releaseStream and FCPublish. */
export function answerEmpty(context: SessionContext, command: Command): void {
  context.answer(command, undefined);
}

function answerCreateStream(context: SessionContext, command: Command): void {
  const known = STREAM_CREATED[command.transactionId];
  if (known === undefined) context.send(resultMessage(command.transactionId, NET_STREAM_ID));
  else context.sendShared(known);
}

function answerFcPublish(context: SessionContext, command: Command): void {
  context.wantsFcStatus = true;
  answerEmpty(context, command);
}

/** Players of content networks wait for `onFCSubscribe` before they play, and look at its code alone. */
function answerFcSubscribe(context: SessionContext, command: Command): void {
  context.answer(command, null);
  context.send(fcSubscribeMessage("onFCSubscribe", "NetStream.Play.Start", "Started playing stream."));
}

function answerFcUnsubscribe(context: SessionContext, command: Command): void {
  context.answer(command, null);
  context.send(fcSubscribeMessage("onFCUnsubscribe", "NetStream.Play.Stop", "Stopped playing stream."));
}

function answerCall(context: SessionContext, command: Command): void {
  context.answer(command, command.name === "getStreamLength" ? LIVE_LENGTH : null);
}

function answerUnknown(context: SessionContext, command: Command): void {
  const [, viewers] = command.args;
  if (command.name === VIEWERS_COMMAND && typeof viewers === "number" && viewers >= 0) {
    return context.emit({ kind: "viewersReported", viewers: Math.floor(viewers) });
  }
  emitIgnored(context, command);
  context.answer(command, null);
}
