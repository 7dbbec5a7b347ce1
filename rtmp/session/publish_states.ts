/**
 * A publish: asked for, then under way. RTMP 1.0 §7.2.2.6; statuses as SRS has them.
 *
 * @module
 */
import { splitAggregate } from "../wire/aggregate.ts";
import type { Command } from "../wire/command.ts";
import { MessageType, type RtmpMessage } from "../wire/message.ts";
import { answerEmpty, connectionTransitions, ignore } from "./net_connection.ts";
import { announceSettings, refuseSecond, rejectStream, streamName, withdrawRequest } from "./net_stream.ts";
import { fcStatusMessage, resultMessage, statusMessage } from "./replies.ts";
import type { SessionContext } from "./session_context.ts";
import type { AcceptedRequest } from "./session_input.ts";
import type { Transitions } from "./session_state.ts";

const UNPUBLISHED = "NetStream.Unpublish.Success";

/** An input that leaves the state is applied at once, the others wait: these entries are for what waited for a request that
 * was withdrawn. */
export const PUBLISH_PENDING: Transitions = {
  ...connectionTransitions("publishPending"),
  accept: { to: "publishing", apply: accept },
  reject: { to: "closing", apply: rejectStream },
  fcUnpublish: { to: "connected", apply: withdrawFcPublish },
  unpublish: { to: "connected", apply: withdrawRequest },
  closeStream: { to: "connected", apply: withdrawRequest },
  publish: { to: "publishPending", apply: refuseSecond },
  play: { to: "publishPending", apply: refuseSecond },
  pause: { to: "publishPending", apply: answerEmpty },
  resume: { to: "publishPending", apply: answerEmpty },
  media: { to: "publishPending", apply: ignore },
};

/** Late commands of the start do not end a publish. */
export const PUBLISHING: Transitions = {
  ...connectionTransitions("publishing"),
  media: { to: "publishing", apply: takeMedia },
  fcUnpublish: { to: "connected", apply: endFcPublish },
  unpublish: { to: "connected", apply: endNamed },
  closeStream: { to: "connected", apply: endPublish },
  publish: { to: "publishing", apply: refuseSecond },
  play: { to: "publishing", apply: refuseSecond },
  pause: { to: "publishing", apply: answerEmpty },
  resume: { to: "publishing", apply: answerEmpty },
};

/** @throws {ProtocolError} `Command` when the stream name is not a string. */
export function requestPublish(context: SessionContext, command: Command): void {
  const name = streamName(command, command.args[1]);
  const publishType = command.args[2];
  context.emit({
    kind: "publishRequested",
    requestId: context.openRequest(command),
    streamName: name,
    publishType: typeof publishType === "string" ? publishType : "live",
  });
}

function accept(context: SessionContext, { settings }: AcceptedRequest): void {
  announceSettings(context, settings);
  const code = "NetStream.Publish.Start";
  const description = "Started publishing stream.";
  if (context.wantsFcStatus) context.send(fcStatusMessage("onFCPublish", code, description));
  context.send(statusMessage({ level: "status", code, description }));
}

function takeMedia(context: SessionContext, message: RtmpMessage): void {
  if (message.typeId !== MessageType.Aggregate) {
    context.emit({ kind: "media", message });
    return;
  }
  for (const part of splitAggregate(message, context.limits)) {
    context.emit({ kind: "media", message: part });
  }
}

function endPublish(context: SessionContext): void {
  context.wantsFcStatus = false;
  context.emit({ kind: "publishEnded" });
}

function endNamed(context: SessionContext): void {
  context.send(unpublishedStatus());
  endPublish(context);
}

function endFcPublish(context: SessionContext, command: Command): void {
  context.send(fcStatusMessage("onFCUnpublish", UNPUBLISHED, "Stop publishing stream."));
  context.send(resultMessage(command.transactionId, undefined));
  endNamed(context);
}

function withdrawFcPublish(context: SessionContext, command: Command): void {
  withdrawRequest(context);
  answerEmpty(context, command);
}

function unpublishedStatus(): RtmpMessage {
  return statusMessage({ level: "status", code: UNPUBLISHED, description: "Stream is now unpublished" });
}
