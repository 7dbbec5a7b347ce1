/**
 * A stream of H.264 at 25 fps and AAC at 44.1 kHz as a publisher sends it, of any bit rate.
 *
 * @module
 */
import { MediaKind, type StreamMessage } from "../../stream/media/media_message.ts";
import { aacFrame, avcInterFrame, avcKeyFrame } from "../support/stream/media.ts";

/** Milliseconds. */
export const FRAME_MS = 40;
/** Frames from one key frame to the next: 2 s. */
export const GOP_FRAMES = 50;
/** Hz. */
export const AUDIO_RATE = 44_100;
/** Of an AAC frame. */
export const AUDIO_SAMPLES = 1024;
const AUDIO_FRAME_BYTES = 370;
/** Size of a key frame, as a multiple of another one's. */
const KEY_FRAME_WEIGHT = 8;

/** Frames without sequence headers, in the order of their times. */
export function packetsOf(seconds: number, bitsPerSecond: number): StreamMessage[] {
  const audioBytes = AUDIO_FRAME_BYTES * AUDIO_RATE / AUDIO_SAMPLES;
  const gopBytes = (bitsPerSecond / 8 - audioBytes) * GOP_FRAMES * FRAME_MS / 1000;
  const frameBytes = Math.round(gopBytes / (GOP_FRAMES - 1 + KEY_FRAME_WEIGHT));
  const video = Array.from({ length: seconds * 1000 / FRAME_MS }, (_, i): StreamMessage => {
    const size = i % GOP_FRAMES === 0 ? frameBytes * KEY_FRAME_WEIGHT : frameBytes;
    const payload = i % GOP_FRAMES === 0 ? avcKeyFrame({ size }) : avcInterFrame(i % GOP_FRAMES, { size });
    return { typeId: MediaKind.Video, time: i * FRAME_MS, payload };
  });
  const audio = Array.from(
    { length: Math.floor(seconds * AUDIO_RATE / AUDIO_SAMPLES) },
    (_, i): StreamMessage => {
      const payload = new Uint8Array(AUDIO_FRAME_BYTES).fill(i);
      payload.set(aacFrame());
      return { typeId: MediaKind.Audio, time: Math.round(i * AUDIO_SAMPLES * 1000 / AUDIO_RATE), payload };
    },
  );
  return [...video, ...audio].sort((a, b) => a.time - b.time);
}
