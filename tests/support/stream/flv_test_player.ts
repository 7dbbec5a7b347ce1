/**
 * A player of a source's FLV output: reads tags by the letter of the specification and gives the labels of its tags.
 *
 * @module
 */
import { Consumer } from "../../../stream/live/consumer.ts";
import type { PlayedTracks } from "../../../stream/live/played_tracks.ts";
import type { Source } from "../../../stream/live/source.ts";
import { FLV_FORMAT } from "../../../stream/media/flv_format.ts";
import { assertEquals } from "../assert.ts";
import { labelOf } from "./live_stream.ts";

/** Reads one source as FLV. */
export class FlvTestPlayer {
  readonly consumer: Consumer;
  readonly #source: Source;

  constructor(source: Source, tracks: PlayedTracks = "all") {
    this.#source = source;
    const output = source.outputs.acquire({ format: FLV_FORMAT, tracks });
    this.consumer = new Consumer(output, { wake: () => undefined });
  }

  /** Everything that is there: `label@time` of each tag. */
  read(): string[] {
    const labels: string[] = [];
    for (let bytes; (bytes = this.consumer.take()) !== undefined;) {
      labels.push(...this.#tags(bytes.slice()));
      this.consumer.written();
    }
    return labels;
  }

  /** Leave as a play does at its end. */
  leave(): void {
    this.consumer.leave();
    this.#source.outputs.release(this.consumer.output);
  }

  #tags(bytes: Uint8Array<ArrayBuffer>): string[] {
    let offset = 0;
    const view = new DataView(bytes.buffer);
    const labels: string[] = [];
    while (offset < bytes.length) {
      const size = view.getUint32(offset) & 0xff_ffff;
      const timestamp = view.getUint32(offset + 4) >>> 8 | view.getUint8(offset + 7) << 24;
      const end = offset + 11 + size;
      assertEquals(view.getUint32(end), 11 + size, "size of the tag before");
      const payload = bytes.slice(offset + 11, end);
      labels.push(
        labelOf({ typeId: view.getUint8(offset), timestamp, streamId: 1, chunkStreamId: 4, payload }),
      );
      offset = end + 4;
    }
    return labels;
  }
}
