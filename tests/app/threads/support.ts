/**
 * GOPs whose messages are distinguished by their labels.
 *
 * @module
 */
import type { RtmpMessage } from "../../../rtmp/wire/message.ts";
import { interFrame, keyFrame } from "../../support/stream/live_stream.ts";

export function gop(label: string, from: number, count = 3, size = 0): RtmpMessage[] {
  return Array.from({ length: count }, (_, i) => {
    const name = `${label}${i}`;
    return i === 0 ? keyFrame(name, from, size) : interFrame(name, from + i * 40, size);
  });
}

export function labelNameOf(label: string): string {
  return label.slice(0, label.lastIndexOf("@"));
}

export function timeOf(label: string): number {
  return Number(label.slice(label.lastIndexOf("@") + 1));
}
