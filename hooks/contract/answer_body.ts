/**
 * The body of an answer, read and decoded within a bound: a service may send too much, and may
 * compress it in spite of `Accept-Encoding: identity`.
 *
 * @module
 */

/** A longer answer is an error. */
export const MAX_ANSWER_BYTES = 64 * 1024;

/** Decompressed at a time: gzip expands it at most a thousand times, which bounds memory too. */
const SLICE_BYTES = 64;
const EMPTY = new Uint8Array(0);
const GZIP = /^\s*(?:x-)?gzip\s*$/i;

/**
 * Read an answer's body whole; gzip is decoded, a body that cannot be decoded is returned as it is.
 *
 * @returns `undefined` above {@link MAX_ANSWER_BYTES}, before or after decoding; the rest is then not read.
 * @throws {Error} When the connection ends first.
 */
export async function readAnswerBody(response: Response): Promise<Uint8Array | undefined> {
  if (response.body === null) return EMPTY;
  const body = await readBounded(response.body);
  if (body === undefined || !GZIP.test(response.headers.get("content-encoding") ?? "")) return body;
  try {
    return await readBounded(slices(body).pipeThrough(new DecompressionStream("gzip")));
  } catch {
    // Not gzip, or incomplete; the error differs by the runtime's version. The status alone may still decide.
    return body;
  }
}

/**
 * Read the first `maxBytes` of an answer's body, as they come; the rest is not read.
 *
 * @throws {Error} When the connection ends first.
 */
export async function readAnswerStart(response: Response, maxBytes: number): Promise<Uint8Array> {
  const reader = response.body?.getReader();
  if (reader === undefined) return EMPTY;
  const kept = new Uint8Array(maxBytes);
  let length = 0;
  while (length < maxBytes) {
    const { done, value } = await reader.read();
    if (done) return kept.subarray(0, length);
    const part = value.subarray(0, maxBytes - length);
    kept.set(part, length);
    length += part.length;
  }
  await reader.cancel();
  return kept;
}

async function readBounded(stream: ReadableStream<Uint8Array>): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.byteLength;
    if (length > MAX_ANSWER_BYTES) {
      await reader.cancel();
      return undefined;
    }
    chunks.push(value);
  }
  const [only = EMPTY] = chunks;
  if (chunks.length <= 1) return only;
  const whole = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.byteLength;
  }
  return whole;
}

function slices(body: Uint8Array): ReadableStream<Uint8Array<ArrayBuffer>> {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= body.length) return controller.close();
      controller.enqueue(new Uint8Array(body.subarray(at, at + SLICE_BYTES)));
      at += SLICE_BYTES;
    },
  }, { highWaterMark: 0 });
}
