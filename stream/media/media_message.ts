/**
 * Media messages without a protocol: audio, video and data as FLV has them. FLV 10.1 §E.4.1. Pure.
 *
 * @module
 */

/** Kinds of media messages: the tag types of FLV, which RTMP uses as message type ids. */
export const MediaKind = { Audio: 8, Video: 9, Data: 18 } as const;

/** A message as a publisher sent it. Its body is that of an FLV tag. */
export interface MediaMessage {
  /** One of {@link MediaKind}. */
  readonly typeId: number;
  /** The publisher's clock, unsigned 32 bits of milliseconds. */
  readonly timestamp: number;
  /** Valid during the call that it is handed to. */
  readonly payload: Uint8Array<ArrayBuffer>;
}

/** A message on the stream's own time line. */
export interface StreamMessage {
  /** One of {@link MediaKind}. */
  readonly typeId: number;
  /** Stream time in milliseconds, not wrapped. */
  readonly time: number;
  /** Valid during the call that it is handed to, unless that says more. */
  readonly payload: Uint8Array<ArrayBuffer>;
}
