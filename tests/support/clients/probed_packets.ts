/**
 * Packets of a file by ffprobe, for codecs that ffmpeg does not write into FLV yet: wrapped as Enhanced RTMP has them.
 *
 * @module
 */
import { MediaKind, type StreamMessage } from "../../../stream/media/media_message.ts";
import { assertEquals } from "../assert.ts";
import { bytes } from "../bytes.ts";
import { type Program, runProgram } from "./programs.ts";

const SEQUENCE_START = 0x90;
const CODED_FRAMES = 0x91;

/** What of ffprobe's JSON is read. */
interface Probed {
  readonly streams: readonly { readonly extradata?: string }[];
  readonly packets: readonly { readonly pts_time: string; readonly data: string }[];
}

/** The packets of a file with one audio track, as messages of a publisher: a sequence header where there is one. */
export async function audioMessages(
  ffprobe: Program,
  file: string,
  fourCc: string,
): Promise<StreamMessage[]> {
  const { code, text } = await runProgram(ffprobe, [
    ...["-v", "error", "-show_streams", "-show_packets", "-show_data", "-of", "json", file],
  ]);
  assertEquals(code, 0, text);
  const { streams, packets }: Probed = JSON.parse(text);
  const extradata = fromDump(streams[0]?.extradata ?? "");
  const header = message(0, SEQUENCE_START, fourCc, extradata);
  const frames = packets.map(({ pts_time, data }) =>
    message(Math.max(0, Math.round(Number(pts_time) * 1000)), CODED_FRAMES, fourCc, fromDump(data))
  );
  return extradata.length === 0 ? frames : [header, ...frames];
}

function message(time: number, first: number, fourCc: string, data: Uint8Array): StreamMessage {
  return { typeId: MediaKind.Audio, time, payload: bytes(first, fourCc, data) };
}

/** `00000000: 0b77 fe95 ...  .w...`: offset, up to 16 bytes, the same as text. */
function fromDump(dump: string): Uint8Array<ArrayBuffer> {
  const digits = dump.split("\n").map((line) => line.slice(10, 50).replaceAll(" ", "")).join("");
  return Uint8Array.fromHex(digits);
}
