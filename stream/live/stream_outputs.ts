/**
 * The outputs of one source: one per format and tracks that are played, each made for its first player.
 *
 * @module
 */
import type { OutputKind, StreamOutput } from "./stream_output.ts";

/** How outputs are made, and what happens to them. */
export interface OutputEvents {
  /** Makes an output that is where the source is. */
  create(kind: OutputKind): StreamOutput;
  /** An output is gone, and its log with it. */
  dropped(output: StreamOutput): void;
  /** {@link StreamOutputs.played} is another list now. */
  playedChanged(): void;
}

/** Makes, shares and drops outputs. There are few, so they are looked through one by one. */
export class StreamOutputs {
  readonly #list: StreamOutput[] = [];
  readonly #events: OutputEvents;
  #lastSubscription = 0;

  /** None yet. */
  constructor(events: OutputEvents) {
    this.#events = events;
  }

  /** All of them. */
  get list(): readonly StreamOutput[] {
    return this.#list;
  }

  /** Those with players of this thread. */
  get played(): readonly StreamOutput[] {
    return this.#list.filter(({ subscription }) => subscription !== 0);
  }

  /** Players here, of all outputs. */
  get playerCount(): number {
    return this.#list.reduce((sum, { consumers }) => sum + consumers.size, 0);
  }

  /**
   * The output of this kind for a player that is about to join; give it back by {@link StreamOutputs.release}.
   *
   * @param options `urgent`: the player wants what another thread publishes at once.
   */
  acquire(kind: OutputKind, { urgent = false }: { readonly urgent?: boolean } = {}): StreamOutput {
    const output = this.open(kind);
    output.refCount++;
    if (output.subscription === 0 || (urgent && !output.urgent)) {
      output.urgent ||= urgent;
      output.subscription = ++this.#lastSubscription;
      this.#events.playedChanged();
    }
    return output;
  }

  /** The output of this kind, for a reader that adds itself to `relays` at once. */
  open({ format, tracks, media = "both" }: OutputKind): StreamOutput {
    const known = this.#list.find((output) =>
      output.format.name === format.name && output.tracks === tracks && output.media === media
    );
    if (known !== undefined) return known;
    const output = this.#events.create({ format, tracks, media });
    this.#list.push(output);
    return output;
  }

  /** A player is gone. The output stays until the next sweep, for a player that comes back at once. */
  release(output: StreamOutput): void {
    output.refCount--;
  }

  /** Give idle memory back and drop the outputs that nobody reads any more; called about once a second. */
  sweep(): void {
    let hasChanged = false;
    for (let i = this.#list.length - 1; i >= 0; i--) {
      const output = this.#list[i];
      if (output === undefined) continue;
      output.releaseIdleMemory();
      if (output.refCount > 0) continue;
      hasChanged ||= output.subscription !== 0;
      output.subscription = 0;
      output.urgent = false;
      if (output.relays.size + output.consumers.size > 0) continue;
      this.#list.splice(i, 1);
      this.#events.dropped(output);
      output.log.clear();
    }
    if (hasChanged) this.#events.playedChanged();
  }

  /** Drop all of them. */
  clear(): void {
    for (const output of this.#list.splice(0)) output.log.clear();
  }
}
