/**
 * What publish and play have in common: the name, the answer, the withdrawal.
 *
 * @module
 */
import type { Amf0Value } from "../wire/amf0.ts";
import type { Command } from "../wire/command.ts";
import { ProtocolError, ProtocolErrorCode } from "../wire/protocol_error.ts";
import { RejectionCode } from "./rejection.ts";
import { statusMessage } from "./replies.ts";
import type { SessionContext } from "./session_context.ts";
import type { RejectedRequest } from "./session_input.ts";
import type { SessionSettings } from "./session_settings.ts";

/**
 * The stream name in a command's argument.
 *
 * @throws {ProtocolError} `Command` when it is not a string.
 */
export function streamName(command: Command, argument: Amf0Value): string {
  if (typeof argument === "string") return argument;
  throw new ProtocolError(
    ProtocolErrorCode.Command,
    `Cannot ${command.name}: the stream name is ${
      argument === null ? "null" : typeof argument
    }, not a string`,
  );
}

/** Put settings in force that came after `connect`, when the stream's name chose another vhost. */
export function announceSettings(context: SessionContext, settings: Partial<SessionSettings>): void {
  const { chunkSize, outAckSize } = context.settings;
  context.adopt(settings);
  const next = context.settings;
  if (next.outAckSize !== outAckSize && next.outAckSize > 0) {
    context.sendControl({ kind: "windowAcknowledgementSize", windowSize: next.outAckSize });
  }
  if (next.chunkSize !== chunkSize) context.sendControl({ kind: "setChunkSize", chunkSize: next.chunkSize });
}

/** Reject a second publish or play without a request: the NetStream has its one stream, and keeps it. */
export function refuseSecond(context: SessionContext, command: Command): void {
  const code = command.name === "publish" ? RejectionCode.PublishBadName : RejectionCode.PlayFailed;
  const description = "This NetStream is busy: it publishes or plays one stream at a time.";
  context.send(statusMessage({ level: "error", code, description }));
}

/** Refuse the pending publish or play. */
export function rejectStream(context: SessionContext, { rejection }: RejectedRequest): void {
  context.send(statusMessage({ level: "error", ...rejection }));
}

/** The client wants the pending publish or play no more. */
export function withdrawRequest(context: SessionContext): void {
  const request = context.request;
  context.request = undefined;
  context.wantsFcStatus = false;
  if (request !== undefined) context.emit({ kind: "requestWithdrawn", requestId: request.requestId });
}
