/**
 * A `MessageDecoder` as a Web stream: for files, tests and pipes.
 *
 * @module
 */
import type { MessageDecoder } from "./message_decoder.ts";
import type { RtmpMessage } from "./message.ts";

/**
 * Bytes in, arrays of whole messages out, never an empty one. The handshake's answers wait in the decoder:
 * `takeOutput` is still the caller's to ask.
 */
export class MessageDecoderStream extends TransformStream<Uint8Array, RtmpMessage[]> {
  /**
   * A stream over `decoder`, whose `ProtocolError` errors both sides of it.
   *
   * @param decoder Nobody else may feed it.
   */
  constructor(decoder: MessageDecoder) {
    super({
      transform(bytes, controller) {
        const messages = decoder.decode(bytes);
        if (messages.length > 0) controller.enqueue(messages);
      },
    });
  }
}
