/**
 * Into this thread, as messages: a tap gets the publishes of other threads, of which only the bytes are followed here.
 * What goes out is {@link MirrorFeed}'s.
 *
 * @module
 */
import { FLV_FORMAT, readFlvTags } from "../media/flv_format.ts";
import { readTag } from "../media/media_tag.ts";
import { Consumer } from "./consumer.ts";
import type { Source } from "./source.ts";
import type { StreamOutput } from "./stream_output.ts";
import type { Tap } from "./tap.ts";

/** Reads a source of this thread that another one publishes; while it is published here, its taps get it themselves. */
export class ForeignFeed implements Tap {
  /** It takes nothing itself. */
  readonly urgent = false;
  /** Those whose publishes it follows are read by other threads. */
  readonly patient = true;
  /** Nor does it keep anything. */
  readonly keepsPayloads = false;
  readonly #source: Source;
  readonly #tap: Tap;
  #output: StreamOutput | undefined;
  #consumer: Consumer | undefined;

  /** Feeds `tap`, which is one of the source's own, until {@link ForeignFeed.stop}. */
  constructor(source: Source, tap: Tap) {
    this.#source = source;
    this.#tap = tap;
    source.taps.add(this);
    if (source.liveAt !== "here") this.#start();
  }

  /** A publish begins: on this thread its taps get it themselves. */
  began(): void {
    if (this.#source.liveAt === "here") this.#pause();
  }

  /** Nothing to do. */
  take(): void {}

  /** Nothing to do. */
  readEnded(): void {}

  /** A publish is over: the next one may be of another thread. */
  ended(): void {
    if (this.#consumer === undefined) this.#start();
  }

  /** Feed it no longer. */
  stop(): void {
    this.#source.taps.delete(this);
    this.#pause();
  }

  #start(): void {
    this.#output = this.#source.outputs.acquire({ format: FLV_FORMAT, tracks: "first" }, {
      urgent: this.#tap.urgent,
    });
    this.#consumer = new Consumer(this.#output, { wake: () => this.#read() });
    this.#read();
  }

  #pause(): void {
    this.#consumer?.leave();
    if (this.#output !== undefined) this.#source.outputs.release(this.#output);
    this.#consumer = undefined;
    this.#output = undefined;
  }

  #read(): void {
    const consumer = this.#consumer;
    if (consumer === undefined) return;
    for (let bytes = consumer.take(); bytes !== undefined; bytes = consumer.take()) {
      for (const message of readFlvTags(bytes)) {
        this.#tap.take(message, readTag(message.typeId, message.payload));
      }
      consumer.written();
    }
  }
}
