import { assertEquals } from "../assert.ts";
import { mediaTools } from "../process/ffmpeg.ts";
import {
  aacFrame,
  aacSequenceHeader,
  AUDIO_FRAME_MS,
  avcInterFrame,
  avcKeyFrame,
  avcSequenceHeader,
  VIDEO_FRAME_MS,
} from "./media.ts";

/** An FLV file of these tags. */
function flv(
  tags: readonly { typeId: number; timestamp: number; payload: Uint8Array }[],
): Uint8Array<ArrayBuffer> {
  const parts: number[] = [0x46, 0x4c, 0x56, 1, 5, 0, 0, 0, 9, 0, 0, 0, 0];
  for (const { typeId, timestamp, payload } of tags) {
    const size = payload.length;
    parts.push(typeId, size >> 16, size >> 8, size, timestamp >> 16, timestamp >> 8, timestamp, 0, 0, 0, 0);
    parts.push(...payload);
    const back = size + 11;
    parts.push(back >>> 24, back >> 16, back >> 8, back);
  }
  return Uint8Array.from(parts);
}

Deno.test("avcKeyFrame(), avcInterFrame() and aacFrame() decode in ffmpeg without a word", async () => {
  const tags = [
    { typeId: 9, timestamp: 0, payload: avcSequenceHeader() },
    { typeId: 8, timestamp: 0, payload: aacSequenceHeader() },
  ];
  for (let i = 0; i < 40; i++) {
    const payload = i % 20 === 0
      ? avcKeyFrame({ size: 3000 })
      : avcInterFrame(i % 20, { size: 300, fill: 1 + i });
    tags.push({ typeId: 9, timestamp: i * VIDEO_FRAME_MS, payload });
    tags.push({ typeId: 8, timestamp: i * AUDIO_FRAME_MS, payload: aacFrame() });
  }

  const tools = await mediaTools();
  const ffmpeg = new Deno.Command(tools.ffmpeg, {
    args: ["-hide_banner", "-loglevel", "warning", "-xerror", "-f", "flv", "-i", "-", "-f", "framecrc", "-"],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = ffmpeg.stdin.getWriter();
  await writer.write(flv(tags));
  await writer.close();
  const { code, stdout, stderr } = await ffmpeg.output();

  assertEquals(new TextDecoder().decode(stderr), "");
  assertEquals(code, 0);
  const lines = new TextDecoder().decode(stdout).split("\n");
  assertEquals(lines.filter((line) => line.startsWith("0,")).length, 40);
});

Deno.test("avcKeyFrame() has the size that it is asked for", () => {
  for (const size of [100, 1000, 100_000]) assertEquals(avcKeyFrame({ size }).length, size);
});
