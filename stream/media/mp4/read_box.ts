/**
 * Boxes of MP4 that are read: only files of our own, so what is not there is a fault of the file. ISO/IEC 14496-12 §4.2. Pure.
 *
 * @module
 */

/** Size and type. */
export const BOX_HEADER_BYTES = 8;

/** A box. */
export interface ReadBox {
  /** Four characters. */
  readonly type: string;
  /** Where its content begins. */
  readonly start: number;
  /** Where it ends. */
  readonly end: number;
}

/** The boxes in a range, as far as they are whole. */
export function* readBoxes(bytes: Uint8Array, start = 0, end = bytes.length): Generator<ReadBox> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = start; at + BOX_HEADER_BYTES <= end;) {
    const size = view.getUint32(at);
    if (size < BOX_HEADER_BYTES || at + size > end) return;
    yield { type: typeAt(view, at + 4), start: at + BOX_HEADER_BYTES, end: at + size };
    at += size;
  }
}

/** The boxes of a type along a path: `["moov", "trak"]` are all tracks. */
export function findBoxes(bytes: Uint8Array, path: readonly string[], within?: ReadBox): readonly ReadBox[] {
  const [type, ...rest] = path;
  if (type === undefined) return within === undefined ? [] : [within];
  const found = [...readBoxes(bytes, within?.start, within?.end)].filter((box) => box.type === type);
  return found.flatMap((box) => findBoxes(bytes, rest, box));
}

function typeAt(view: DataView, at: number): string {
  return String.fromCharCode(...[0, 1, 2, 3].map((i) => view.getUint8(at + i)));
}
