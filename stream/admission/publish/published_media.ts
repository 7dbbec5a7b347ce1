/**
 * What is known of the media of a publish: what it says and what its headers say, in one. Pure.
 *
 * @module
 */
import type { MediaFacts, Source } from "../../live/mod.ts";

/** Puts the two together when one of them has changed: a look at thousands has to find them as they were. */
export class PublishedMedia {
  #says: unknown;
  #codecs: unknown;
  #both: MediaFacts = { videoCodec: "", audioCodec: "" };

  /** Of the publish that the source has now. */
  of({ facts, headers: { codecs } }: Pick<Source, "facts" | "headers">): MediaFacts {
    if (facts !== this.#says || codecs !== this.#codecs) {
      this.#both = { ...facts, ...codecs };
      this.#says = facts;
      this.#codecs = codecs;
    }
    return this.#both;
  }
}
