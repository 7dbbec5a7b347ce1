/**
 * Publishers that send 25 frames a second until they end, and players that note when media comes.
 *
 * @module
 */
import { MessageType } from "../../../rtmp/wire/message.ts";
import { avcInterFrame, avcKeyFrame, avcSequenceHeader, VIDEO_FRAME_MS } from "../stream/media.ts";
import { RtmpTestClient } from "./rtmp_client.ts";

/** Frames between two key frames. */
const GOP_FRAMES = 10;

/** Somebody who is live. */
export class LivePublisher implements AsyncDisposable {
  readonly client: RtmpTestClient;
  readonly #timer: ReturnType<typeof setInterval>;
  readonly #from = performance.now();
  #sent = 0;

  private constructor(client: RtmpTestClient) {
    this.client = client;
    this.#timer = setInterval(() => this.#send(), VIDEO_FRAME_MS);
  }

  /** Begin on a client whose publish was accepted. */
  static async begin(client: RtmpTestClient): Promise<LivePublisher> {
    await client.sendVideo(avcSequenceHeader(), 0);
    return new LivePublisher(client);
  }

  /**
   * Connect and publish.
   *
   * @throws {Error} When it is refused, with what was said.
   */
  static async publish(port: number, name: string): Promise<LivePublisher> {
    const client = await RtmpTestClient.connect({ port });
    try {
      const { code, description } = await client.publish(name);
      if (code !== "NetStream.Publish.Start") throw new Error(`${name}: ${code} ${description}`);
      return await LivePublisher.begin(client);
    } catch (error) {
      await client.close();
      throw error;
    }
  }

  /** Frames sent. */
  get frames(): number {
    return this.#sent;
  }

  /** Send nothing more, and stay. */
  stop(): void {
    clearInterval(this.#timer);
  }

  /** Say goodbye as encoders do. */
  async leave(name: string): Promise<void> {
    this.stop();
    await this.client.leave(name);
  }

  /** End the connection without a word. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.stop();
    await this.client.close();
  }

  #send(): void {
    // What the timer is late, the next frames make up for, as a camera does.
    const due = Math.floor((performance.now() - this.#from) / VIDEO_FRAME_MS);
    while (this.#sent < due) {
      const place = this.#sent++ % GOP_FRAMES;
      const frame = place === 0 ? avcKeyFrame({ size: 4000 }) : avcInterFrame(place, { size: 800 });
      this.client.sendVideo(frame, this.#sent * VIDEO_FRAME_MS).catch(() => this.stop());
    }
  }
}

/** A player and the moments at which its video came. */
export class GapPlayer implements AsyncDisposable {
  readonly #client: RtmpTestClient;
  readonly #at: number[] = [];
  readonly #watching: Promise<void>;

  private constructor(client: RtmpTestClient) {
    this.#client = client;
    this.#watching = this.#watch();
  }

  /** Play a stream. */
  static async play(port: number, name: string): Promise<GapPlayer> {
    const client = await RtmpTestClient.connect({ port });
    const { code } = await client.play(name);
    if (code === "NetStream.Play.Start") return new GapPlayer(client);
    await client[Symbol.asyncDispose]();
    throw new Error(`Cannot play ${name}: ${code}`);
  }

  /** Messages of video that came. */
  get frames(): number {
    return this.#at.length;
  }

  /** Pauses between two of them since a moment of `performance.now()`, and until another one, milliseconds. */
  gapsSince(from: number, to = Infinity): number[] {
    const times = this.#at.filter((at) => at >= from && at <= to);
    return times.slice(1).map((at, index) => at - (times[index] ?? at));
  }

  /** Leave. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client.close();
    await this.#watching;
  }

  async #watch(): Promise<void> {
    try {
      for (;;) {
        const { typeId } = await this.#client.nextMessage();
        if (typeId === MessageType.Video) this.#at.push(performance.now());
      }
    } catch (error) {
      // The end of the connection ends the watching.
      if (!(error instanceof Error)) throw error;
    }
  }
}
