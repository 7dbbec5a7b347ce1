/**
 * A publisher and a player that do nothing wrong while others attack.
 *
 * @module
 */
import { MessageType } from "../../../rtmp/wire/message.ts";
import { assertEquals } from "../assert.ts";
import { avcKeyFrame, avcSequenceHeader } from "../stream/media.ts";
import type { RtmpHarness } from "./rtmp_harness.ts";
import type { RtmpTestClient } from "./rtmp_client.ts";

/** Two clients of one stream. */
export class PlayingPair {
  readonly #publisher: RtmpTestClient;
  readonly #player: RtmpTestClient;
  #sent = 0;

  private constructor(publisher: RtmpTestClient, player: RtmpTestClient) {
    this.#publisher = publisher;
    this.#player = player;
  }

  /** Publish and play `honest`. The clients are the next two of the harness. */
  static async start(harness: Pick<RtmpHarness, "client">): Promise<PlayingPair> {
    const publisher = await harness.client();
    await publisher.publish("honest");
    await publisher.sendVideo(avcSequenceHeader(), 0);
    const player = await harness.client();
    await player.play("honest");
    const pair = new PlayingPair(publisher, player);
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
