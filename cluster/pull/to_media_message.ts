/**
 * A message of another server, without RTMP.
 *
 * @module
 */
import { MessageType, type RtmpMessage, withoutAmf3Prefix } from "../../rtmp/wire/mod.ts";
import type { MediaMessage } from "../../stream/media/mod.ts";

/** Data in AMF3's wrapper becomes plain data, everything else stays as it is. */
export function toMediaMessage(message: RtmpMessage): MediaMessage {
  if (message.typeId !== MessageType.DataAmf3) return message;
  const payload = withoutAmf3Prefix(message, MessageType.DataAmf3);
  return { typeId: MessageType.DataAmf0, timestamp: message.timestamp, payload };
}
