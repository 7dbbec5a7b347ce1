/**
 * What a message counts where commands are limited. Pure.
 *
 * @module
 */
import { isAcknowledgement } from "../wire/control.ts";
import { MessageType, type RtmpMessage } from "../wire/message.ts";

/** A client can repeat an empty media message with a single byte. */
const EMPTY_MESSAGE_COST = 0.1;

/** 1 for what has to be decoded or answered, 0 for media. */
export function commandCost(message: RtmpMessage): number {
  const { typeId, payload } = message;
  switch (typeId) {
    case MessageType.Audio:
    case MessageType.Video:
    case MessageType.DataAmf0:
    case MessageType.DataAmf3:
    case MessageType.Aggregate:
      return payload.length === 0 ? EMPTY_MESSAGE_COST : 0;
    case MessageType.Acknowledgement:
      // Some players send one for every few kilobytes.
      return isAcknowledgement(message) ? 0 : 1;
    default:
      return 1;
  }
}
