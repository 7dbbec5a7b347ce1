/**
 * A player of a source in any format, without a socket: the bytes that it got.
 *
 * @module
 */
import { Consumer } from "../../../stream/live/consumer.ts";
import type { PlayedMedia } from "../../../stream/live/played_tracks.ts";
import type { Source } from "../../../stream/live/source.ts";
import type { LogFormat } from "../../../stream/media/log_format.ts";

/** Reads an output that it shares with others of its format. */
export class EncodedPlayer {
  readonly #consumer: Consumer;
  readonly #pieces: Uint8Array<ArrayBuffer>[] = [];

  /** Join the source now. */
  constructor(source: Source, format: LogFormat, media: PlayedMedia = "both") {
    const output = source.outputs.acquire({ format, tracks: "first", media });
    this.#consumer = new Consumer(output, { wake: () => {} });
  }

  /** Everything since the play began. */
  read(): Uint8Array<ArrayBuffer> {
    for (let bytes = this.#consumer.take(); bytes !== undefined; bytes = this.#consumer.take()) {
      this.#pieces.push(bytes.slice());
      this.#consumer.written();
    }
    const all = new Uint8Array(this.#pieces.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const piece of this.#pieces) {
      all.set(piece, at);
      at += piece.length;
    }
    return all;
  }
}
