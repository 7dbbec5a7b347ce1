/**
 * A publisher and many players that do nothing wrong. Every frame is another, so what is lost, doubled or changed on
 * its way to any of them is seen.
 *
 * @module
 */
import { MessageType, type RtmpMessage } from "../../rtmp/wire/message.ts";
import { VIDEO_FRAME_MS } from "../support/stream/media.ts";
import { RtmpTestClient } from "../support/rtmp/rtmp_client.ts";

type Bytes = Uint8Array<ArrayBuffer>;

const STREAM = "honest";
/** Frames between two key frames. */
const GOP_FRAMES = 25;
const KEY_FRAME_BYTES = 6000;
const FRAME_BYTES = 700;
/** Frame type and codec, packet type, composition time. */
const VIDEO_HEADER_BYTES = 5;
const SEQUENCE_HEADER = Uint8Array.of(0x17, 0, 0, 0, 0, 1, 0x42, 0xc0, 0x0a, 0xff, 0xe0, 0);
/** How long the last frame may take to reach everybody on a busy machine, milliseconds. */
const PATIENCE_MS = 20_000;

/** The frame of a number: its number, then bytes that follow from it. */
function frameOf(index: number): Bytes {
  const isKey = index % GOP_FRAMES === 0;
  const frame = new Uint8Array((isKey ? KEY_FRAME_BYTES : FRAME_BYTES) + index % 97);
  frame.fill(1 + index % 251);
  frame.set([isKey ? 0x17 : 0x27, 1, 0, 0, 0]);
  new DataView(frame.buffer).setUint32(VIDEO_HEADER_BYTES, index);
  return frame;
}

/** One player and what it missed. */
class HonestPlayer {
  readonly #client: RtmpTestClient;
  readonly #watching: Promise<void>;
  #first: number | undefined;
  #next = 0;
  #received = 0;
  /** Frames that came out of turn, or with other bytes or another time than were sent. */
  #wrong = 0;
  #shift: number | undefined;
  #ended: string | undefined;

  constructor(client: RtmpTestClient) {
    this.#client = client;
    this.#watching = this.#watch();
  }

  get received(): number {
    return this.#received;
  }

  get wrong(): number {
    return this.#wrong;
  }

  /** Why it gets nothing more. */
  get ended(): string | undefined {
    return this.#ended;
  }

  /** Frames that it should have had by now and has not, when `published` were sent. */
  missing(published: number): number {
    return published - (this.#first ?? 0) - this.#received;
  }

  async close(): Promise<void> {
    await this.#client.close();
    await this.#watching;
  }

  async #watch(): Promise<void> {
    try {
      for (;;) this.#look(await this.#client.nextMessage());
    } catch (error) {
      // The end of the connection ends the watching.
      if (!(error instanceof Error)) throw error;
      this.#ended = error.message;
    }
  }

  #look({ typeId, payload, timestamp }: RtmpMessage): void {
    if (typeId !== MessageType.Video || payload[1] !== 1) return;
    const index = new DataView(payload.buffer).getUint32(VIDEO_HEADER_BYTES);
    if (this.#first === undefined) {
      this.#first = index;
      this.#next = index;
      this.#shift = timestamp - index * VIDEO_FRAME_MS;
    }
    const expected = frameOf(index);
    const isRight = index === this.#next && timestamp - index * VIDEO_FRAME_MS === this.#shift &&
      payload.length === expected.length && payload.every((byte, at) => byte === expected[at]);
    if (isRight) this.#received++;
    else this.#wrong++;
    this.#next = index + 1;
  }
}

/** What a crowd has to tell. */
export interface HonestFigures {
  readonly players: number;
  /** Frames sent by the publisher. */
  readonly published: number;
  /** Frames that all players together got as they were sent. */
  readonly received: number;
  /** Frames that a player should have had and never got. */
  readonly lost: number;
  /** Frames that came changed, late behind another, or twice. */
  readonly wrong: number;
  /** Connections that ended, with the reason. */
  readonly ended: readonly string[];
}

/** One stream. */
export class HonestCrowd implements AsyncDisposable {
  readonly #publisher: RtmpTestClient;
  readonly #players: HonestPlayer[] = [];
  readonly #from = performance.now();
  #timer: ReturnType<typeof setInterval> | undefined;
  #published = 0;
  #fault: string | undefined;

  private constructor(publisher: RtmpTestClient) {
    this.#publisher = publisher;
    this.#timer = setInterval(() => this.#send(), VIDEO_FRAME_MS);
  }

  /** Publish, then let so many players join. */
  static async start(port: number, players: number): Promise<HonestCrowd> {
    const waitMs = 3_600_000;
    const publisher = await RtmpTestClient.connect({ port, waitMs });
    const { code } = await publisher.publish(STREAM);
    if (code !== "NetStream.Publish.Start") throw new Error(`Cannot publish ${STREAM}: ${code}`);
    await publisher.sendVideo(SEQUENCE_HEADER, 0);
    const crowd = new HonestCrowd(publisher);
    for (let i = 0; i < players; i++) {
      const client = await RtmpTestClient.connect({ port, waitMs });
      const status = await client.play(STREAM);
      if (status.code !== "NetStream.Play.Start") throw new Error(`Cannot play ${STREAM}: ${status.code}`);
      crowd.#players.push(new HonestPlayer(client));
    }
    return crowd;
  }

  /** Publish nothing more, wait until everybody has the last frame, and count. */
  async finish(): Promise<HonestFigures> {
    this.#stop();
    const deadline = performance.now() + PATIENCE_MS;
    const isWhole = (player: HonestPlayer): boolean => player.missing(this.#published) <= 0;
    while (!this.#players.every(isWhole) && performance.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return this.figures();
  }

  /** The figures of this moment; what is on its way counts as lost. */
  figures(): HonestFigures {
    const sum = (of: (player: HonestPlayer) => number): number =>
      this.#players.reduce((total, player) => total + of(player), 0);
    return {
      players: this.#players.length,
      published: this.#published,
      received: sum(({ received }) => received),
      lost: sum((player) => player.missing(this.#published)),
      wrong: sum(({ wrong }) => wrong),
      ended: [this.#fault, ...this.#players.map(({ ended }) => ended)].filter((why) => why !== undefined),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop();
    await Promise.all(this.#players.map((player) => player.close()));
    await this.#publisher.close();
  }

  #stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #send(): void {
    // What the timer is late, the next frames make up for, as a camera does.
    const due = Math.floor((performance.now() - this.#from) / VIDEO_FRAME_MS);
    while (this.#published < due) {
      const index = this.#published++;
      this.#publisher.sendVideo(frameOf(index), index * VIDEO_FRAME_MS).catch((error: Error) => {
        this.#fault ??= `the publisher: ${error.message}`;
      });
    }
  }
}
