/**
 * Publishes a picture into which the time is drawn, so that a player can tell how old what it shows is: 48 squares, one
 * for each bit of the milliseconds since 1970, white for 1, and a row of known squares above them.
 *
 * @module
 */
import { ffmpegProgram } from "./streams.ts";

const WIDTH = 320;
const HEIGHT = 180;
const FRAMES_PER_SECOND = 30;
/** Side of a square, pixels: far larger than what an encoder smears. */
const SQUARE = 20;
const COLUMNS = 16;
const BITS = 48;
const WHITE = 235;
const BLACK = 16;

/**
 * An expression of JavaScript that reads the time out of the page's picture, milliseconds since 1970; `undefined` where
 * there is none in it.
 */
export const READ_CLOCK = `((video) => {
  const canvas = globalThis.clockCanvas ??= new OffscreenCanvas(${WIDTH}, ${HEIGHT});
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(video, 0, 0, ${WIDTH}, ${HEIGHT});
  const { data } = context.getImageData(0, 0, ${WIDTH}, ${HEIGHT});
  const bright = (column, row) => {
    const x = column * ${SQUARE} + ${SQUARE / 2};
    const y = row * ${SQUARE} + ${SQUARE / 2};
    return data[(y * ${WIDTH} + x) * 4] > 128;
  };
  for (let column = 0; column < ${COLUMNS}; column++) if (bright(column, 0) !== (column % 2 === 0)) return undefined;
  let time = 0;
  for (let bit = 0; bit < ${BITS}; bit++) {
    time = time * 2 + (bright(bit % ${COLUMNS}, 1 + Math.floor(bit / ${COLUMNS})) ? 1 : 0);
  }
  return time;
})(document.querySelector("video"))`;

/** A publisher of the time. */
export class ClockPublisher implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #drawing: Promise<void>;
  #ended = false;

  private constructor(child: Deno.ChildProcess) {
    this.#child = child;
    this.#drawing = this.#draw();
  }

  /** Publish to an address: H.264 with a key frame each second or so, and AAC. */
  static async start(url: string, gopFrames = FRAMES_PER_SECOND): Promise<ClockPublisher> {
    const ffmpeg = await ffmpegProgram();
    const size = `${WIDTH}x${HEIGHT}`;
    const child = new Deno.Command(ffmpeg.path, {
      args: [
        ...ffmpeg.args,
        ...["-v", "error", "-fflags", "nobuffer", "-probesize", "32", "-analyzeduration", "0"],
        ...["-use_wallclock_as_timestamps", "1", "-f", "rawvideo", "-pix_fmt", "gray", "-s", size],
        ...["-r", String(FRAMES_PER_SECOND), "-i", "pipe:0"],
        // Without a pace of its own: else each picture waits in ffmpeg until sound of its time is there.
        ...["-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000"],
        ...["-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-g", String(gopFrames)],
        ...["-pix_fmt", "yuv420p", "-c:a", "aac", "-flush_packets", "1", "-f", "flv", url],
      ],
      stdin: "piped",
      stdout: "null",
      stderr: "null",
    }).spawn();
    return new ClockPublisher(child);
  }

  /** For `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended = true;
    await this.#drawing;
    this.#child.kill("SIGKILL");
    await this.#child.status;
  }

  async #draw(): Promise<void> {
    const writer = this.#child.stdin.getWriter();
    const frame = new Uint8Array(WIDTH * HEIGHT).fill(128);
    const start = performance.now();
    for (let count = 0; !this.#ended; count++) {
      const dueMs = start + (1000 * count) / FRAMES_PER_SECOND;
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, dueMs - performance.now())));
      drawClock(frame, Date.now());
      await writer.write(frame);
    }
    await writer.close();
  }
}

function drawClock(frame: Uint8Array, timeMs: number): void {
  for (let column = 0; column < COLUMNS; column++) {
    drawSquare(frame, { column, row: 0, on: column % 2 === 0 });
  }
  const bits = timeMs.toString(2).padStart(BITS, "0");
  for (const [i, bit] of Array.from(bits).entries()) {
    drawSquare(frame, { column: i % COLUMNS, row: 1 + Math.floor(i / COLUMNS), on: bit === "1" });
  }
}

function drawSquare(
  frame: Uint8Array,
  { column, row, on }: { readonly column: number; readonly row: number; readonly on: boolean },
): void {
  for (let y = row * SQUARE; y < (row + 1) * SQUARE; y++) {
    frame.fill(on ? WHITE : BLACK, y * WIDTH + column * SQUARE, y * WIDTH + (column + 1) * SQUARE);
  }
}
