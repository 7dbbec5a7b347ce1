/**
 * A server of HTTP that sends what a test says as FLV.
 *
 * @module
 */
import { encodeFlvHeader, FLV_FORMAT } from "../../../stream/media/flv_format.ts";
import { MediaKind } from "../../../stream/media/media_message.ts";
import { avcKeyFrame, avcSequenceHeader } from "../stream/media.ts";

/** One request. */
export interface SourceRequest {
  /** With its parameters. */
  readonly path: string;
  /** The header, `null` without one. */
  readonly authorization: string | null;
}

/** A source by HTTP. */
export class FlvSource implements AsyncDisposable {
  readonly requests: SourceRequest[] = [];
  /** What is answered instead of FLV, if anything. */
  answer: (path: string) => Response | undefined = () => undefined;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #open = new Set<ReadableStreamDefaultController<Uint8Array>>();

  private constructor() {
    this.#server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
      const { pathname, search } = new URL(request.url);
      const path = `${pathname}${search}`;
      this.requests.push({ path, authorization: request.headers.get("authorization") });
      return this.answer(path) ?? this.#stream();
    });
  }

  /** Listen on loopback. */
  static start(): FlvSource {
    return new FlvSource();
  }

  /** Where it listens. */
  get port(): number {
    return this.#server.addr.port;
  }

  /** Answers that are being sent. */
  get open(): number {
    return this.#open.size;
  }

  /** Send the headers of a video and a picture to all. */
  sendPicture(time: number): void {
    for (const payload of [avcSequenceHeader(), avcKeyFrame()]) this.send(MediaKind.Video, time, payload);
  }

  /** Send a tag to all. */
  send(typeId: number, time: number, payload: Uint8Array<ArrayBuffer>): void {
    const message = { typeId, time, payload };
    const bytes = new Uint8Array(FLV_FORMAT.length(message));
    FLV_FORMAT.write(bytes, 0, message);
    for (const each of this.#open) each.enqueue(bytes);
  }

  /** End all answers. */
  end(): void {
    for (const each of this.#open) each.close();
    this.#open.clear();
  }

  /** For `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.end();
    await this.#server.shutdown();
  }

  #stream(): Response {
    let own: ReadableStreamDefaultController<Uint8Array> | undefined;
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        own = controller;
        this.#open.add(controller);
        controller.enqueue(encodeFlvHeader({ hasAudio: true, hasVideo: true }));
      },
      cancel: () => {
        if (own !== undefined) this.#open.delete(own);
      },
    });
    return new Response(body, { headers: { "content-type": "video/x-flv" } });
  }
}
