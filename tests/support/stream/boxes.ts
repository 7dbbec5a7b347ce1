/**
 * Boxes of MP4 for tests.
 *
 * @module
 */

/** A box and what is inside. */
export interface Box {
  readonly type: string;
  /** Without its header. */
  readonly content: Uint8Array<ArrayBuffer>;
}

/** The boxes one after another; throws where a size does not fit. */
export function readBoxes(bytes: Uint8Array<ArrayBuffer>): Box[] {
  const boxes: Box[] = [];
  let at = 0;
  while (at < bytes.length) {
    const size = new DataView(bytes.buffer, bytes.byteOffset + at).getUint32(0);
    if (size < 8 || at + size > bytes.length) throw new Error(`A box at ${at} has ${size} bytes`);
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    boxes.push({ type, content: bytes.subarray(at + 8, at + size) });
    at += size;
  }
  return boxes;
}

/** What is inside the box at the end of `path`; each name is the first box of that type. */
export function boxAt(bytes: Uint8Array<ArrayBuffer>, path: readonly string[]): Uint8Array<ArrayBuffer> {
  return path.reduce((content, type) => {
    const found = readBoxes(content).find((box) => box.type === type);
    if (found === undefined) throw new Error(`There is no ${type} of ${path.join("/")}`);
    return found.content;
  }, bytes);
}
