/**
 * The body of an answer with media, as far as it has come.
 *
 * @module
 */

/** One response that is read on demand. */
export class MediaBody implements AsyncDisposable {
  readonly response: Response;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>> | undefined;
  #bytes = new Uint8Array(0);

  private constructor(response: Response) {
    this.response = response;
    this.#reader = response.body?.getReader();
  }

  /** Send a request, and wait for the answer's head. */
  static async open(url: string): Promise<MediaBody> {
    return new MediaBody(await fetch(url));
  }

  /** All bytes so far, once there are at least so many. */
  async atLeast(bytes: number): Promise<Uint8Array<ArrayBuffer>> {
    while (this.#bytes.length < bytes) {
      if (!await this.#read()) throw new Error(`The body has ended after ${this.#bytes.length} bytes`);
    }
    return this.#bytes;
  }

  /** All bytes, once the answer is whole; throws where it is cut. */
  async whole(): Promise<Uint8Array<ArrayBuffer>> {
    while (await this.#read());
    return this.#bytes;
  }

  /** Leave. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.#reader?.cancel();
    } catch (error) {
      // An answer that was cut before.
      if (!(error instanceof TypeError)) throw error;
    }
  }

  async #read(): Promise<boolean> {
    const { value, done = true } = await this.#reader?.read() ?? {};
    if (value !== undefined) this.#bytes = Uint8Array.from([...this.#bytes, ...value]);
    return !done;
  }
}
