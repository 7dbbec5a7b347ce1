/**
 * The stream log's index of the entries that a consumer may still be at: position and time of each.
 *
 * @module
 */

/** A queue of (position, time) pairs in two growing rings; nothing is allocated per entry. */
export class EntryRing {
  #positions = new Float64Array(256);
  #times = new Float64Array(256);
  #first = 0;
  #size = 0;

  /** Entries held. */
  get size(): number {
    return this.#size;
  }

  /** Position of the oldest entry; `NaN` when empty. */
  get firstPosition(): number {
    return this.#size === 0 ? NaN : this.#positions[this.#first] ?? NaN;
  }

  /** Position of the entry after the oldest; `NaN` when there is none. */
  get secondPosition(): number {
    return this.#size < 2 ? NaN : this.#positionAt(1);
  }

  /** Time of the oldest entry; `NaN` when empty. */
  get firstTime(): number {
    return this.#size === 0 ? NaN : this.#times[this.#first] ?? NaN;
  }

  /** Add the newest entry. */
  push(position: number, time: number): void {
    if (this.#size === this.#positions.length) this.#grow();
    const at = (this.#first + this.#size) & (this.#positions.length - 1);
    this.#positions[at] = position;
    this.#times[at] = time;
    this.#size++;
  }

  /** Forget the oldest entry; does nothing when empty. */
  shift(): void {
    if (this.#size === 0) return;
    this.#first = (this.#first + 1) & (this.#positions.length - 1);
    this.#size--;
  }

  /**
   * The newest entries, oldest first.
   *
   * @param position Entries before it are left out.
   * @param origin Subtracted from each position.
   * @returns Pairs of position and time.
   */
  since(position: number, origin: number): Float64Array<ArrayBuffer> {
    let count = 0;
    while (count < this.#size && this.#positionAt(this.#size - count - 1) >= position) count++;
    const pairs = new Float64Array(count * 2);
    for (let i = 0; i < count; i++) {
      const at = (this.#first + this.#size - count + i) & (this.#positions.length - 1);
      pairs[i * 2] = (this.#positions[at] ?? 0) - origin;
      pairs[i * 2 + 1] = this.#times[at] ?? 0;
    }
    return pairs;
  }

  /** Time of the oldest entry at `position` or after it; `NaN` when there is none. */
  timeAt(position: number): number {
    let [low, high] = [0, this.#size];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#positionAt(middle) < position) low = middle + 1;
      else high = middle;
    }
    return low === this.#size ? NaN : this.#times[(this.#first + low) & (this.#times.length - 1)] ?? NaN;
  }

  /** Position of the oldest entry after `position`; `NaN` when there is none. */
  next(position: number): number {
    let index = this.#size;
    while (index > 0 && this.#positionAt(index - 1) > position) index--;
    return index === this.#size ? NaN : this.#positionAt(index);
  }

  #positionAt(index: number): number {
    return this.#positions[(this.#first + index) & (this.#positions.length - 1)] ?? 0;
  }

  #grow(): void {
    const length = this.#positions.length;
    const positions = new Float64Array(length * 2);
    const times = new Float64Array(length * 2);
    for (let i = 0; i < length; i++) {
      const at = (this.#first + i) & (length - 1);
      positions[i] = this.#positions[at] ?? 0;
      times[i] = this.#times[at] ?? 0;
    }
    this.#positions = positions;
    this.#times = times;
    this.#first = 0;
  }
}
