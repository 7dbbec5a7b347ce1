/**
 * A publisher and a player that do nothing wrong, beside whoever attacks.
 *
 * @module
 */
import { MessageType } from "../../../rtmp/wire/message.ts";
import { assertEquals } from "../assert.ts";
import { avcKeyFrame, avcSequenceHeader } from "../stream/media.ts";
import type { RtmpBench } from "./rtmp_harness.ts";
import type { RtmpTestClient } from "./rtmp_client.ts";

/** Two clients of one stream. */
export class HonestPair {
  readonly #publisher: RtmpTestClient;
  readonly #player: RtmpTestClient;
  #sent = 0;

  private constructor(publisher: RtmpTestClient, player: RtmpTestClient) {
    this.#publisher = publisher;
    this.#player = player;
  }

  /** Publish and play `honest`. The clients are the next two of the bench. */
  static async start(bench: Pick<RtmpBench, "client">): Promise<HonestPair> {
    const publisher = await bench.client();
    await publisher.publish("honest");
    await publisher.sendVideo(avcSequenceHeader(), 0);
    const player = await bench.client();
    await player.play("honest");
    const pair = new HonestPair(publisher, player);
    await pair.check();
    return pair;
  }

  /** A frame goes through, whole and as it was. */
  async check(): Promise<void> {
    const frame = avcKeyFrame({ size: 2000, fill: ++this.#sent & 0x7f || 1 });
    await this.#publisher.sendVideo(frame, this.#sent * 40);
    const isFrame = ({ typeId, payload }: { typeId: number; payload: Uint8Array }) =>
      typeId === MessageType.Video && payload.length === frame.length;
    const { payload } = await this.#player.waitFor(isFrame, "the honest frame");
    assertEquals(payload, frame);
  }
}
