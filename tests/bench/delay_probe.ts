/**
 * A worker that publishes a small picture 50 times a second, plays it, and posts each one's delay: a thread of its own,
 * which nothing else keeps from reading. The message to it says where.
 *
 * @module
 */
import { MessageType } from "../../rtmp/wire/message.ts";
import { RtmpTestClient } from "../support/rtmp/rtmp_client.ts";
import { avcInterFrame, avcKeyFrame, avcSequenceHeader } from "../support/stream/media.ts";

/** Where the probe publishes, and where the delays go. */
export interface ProbePlace {
  /** Gets each delay, milliseconds. */
  readonly delays: MessagePort;
  readonly port: number;
  /** By its vhost's options. */
  readonly vhost: string;
}

const FRAME_MS = 20;
const FRAMES_A_GROUP = 100;
const FRAME_BYTES = 64;
/** The time that a frame was sent is in its last bytes. */
const STAMP_BYTES = 8;
const STREAM = "delay-probe";

globalThis.addEventListener("message", (event) => {
  if (event instanceof MessageEvent) void probe(event.data);
}, { once: true });

async function probe({ port, vhost, delays }: ProbePlace): Promise<void> {
  const place = { port, tcUrl: `rtmp://127.0.0.1:${port}/live?vhost=${vhost}` };
  const publisher = await RtmpTestClient.connect(place);
  await publisher.publish(STREAM);
  await publisher.sendVideo(avcSequenceHeader(), 0);
  const player = await RtmpTestClient.connect(place);
  await player.play(STREAM);
  const from = performance.now();
  let index = 0;
  setInterval(() => {
    const frame = framed(index);
    new DataView(frame.buffer).setFloat64(frame.length - STAMP_BYTES, performance.now());
    void publisher.sendVideo(frame, Math.round(performance.now() - from));
    index++;
  }, FRAME_MS);
  while (true) {
    const { typeId, payload } = await player.nextMessage();
    if (typeId !== MessageType.Video || payload.length !== FRAME_BYTES) continue;
    const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
    delays.postMessage(performance.now() - view.getFloat64(payload.length - STAMP_BYTES));
  }
}

function framed(index: number): Uint8Array<ArrayBuffer> {
  const at = index % FRAMES_A_GROUP;
  const options = { size: FRAME_BYTES };
  return at === 0 ? avcKeyFrame(options) : avcInterFrame(at, options);
}
