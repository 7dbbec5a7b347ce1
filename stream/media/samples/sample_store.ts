/**
 * Where the data of samples are until they are written. Pure.
 *
 * @module
 */

/** Keeps the data of samples. `D` is what a sample has of them. */
export interface SampleStore<D> {
  /**
   * Keep the data of the next frame of a track, or of a slice of it.
   *
   * @param data May be changed after the call, unless the publisher's messages are kept.
   */
  keep(track: "video" | "audio", data: Uint8Array<ArrayBuffer>): D;
  /** The data of a picture whose slices were kept one after the other, at least two. */
  join(slices: readonly D[]): D;
}

/** Samples have the data themselves, where nobody changes them. Only slices are copied. */
export const SAMPLE_VIEWS: SampleStore<Uint8Array<ArrayBuffer>> = {
  keep: (_track, data) => data,
  join: (slices) => {
    const picture = new Uint8Array(slices.reduce((bytes, { length }) => bytes + length, 0));
    let at = 0;
    for (const slice of slices) {
      picture.set(slice, at);
      at += slice.length;
    }
    return picture;
  },
};
