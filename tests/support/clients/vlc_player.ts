/**
 * VLC without a window, asked over its remote control what it shows.
 *
 * @module
 */
import { until } from "../wait.ts";
import type { ClientProcess } from "./client_process.ts";
import { type Program, startProgram } from "./programs.ts";
import { type Playback, WATCHING, type WatchingPlayer } from "./republish.ts";

const QUESTIONS = new TextEncoder().encode("stats\ninfo\nget_time\nis_playing\n");
const FRAMES = /frames displayed\s*:\s*(\d+)/;
const WIDTH = /Video resolution: (\d+)x/;
/** The time in whole seconds, nothing before it plays, and whether it plays, on lines of their own. */
const TIME = /^(?:> )*(\d*)\r?\n(?:> )*[01]\r?\n/m;

/** Comes by itself, in between. */
const NOTICES = /^(?:> )*status change:.*\r?\n/gm;

/** A running VLC. */
export class VlcPlayer implements WatchingPlayer {
  readonly #process: ClientProcess;
  readonly #control: Deno.UnixConn;
  readonly #buffer = new Uint8Array(64 * 1024);
  #playback: Playback = { frames: 0, timeMs: 0, width: 0 };

  private constructor(process: ClientProcess, control: Deno.UnixConn) {
    this.#process = process;
    this.#control = control;
  }

  /**
   * Start it.
   *
   * @param directory It may write there.
   */
  static async start(vlc: Program, url: string, directory: string): Promise<VlcPlayer> {
    const path = `${directory}/control`;
    const process = startProgram(vlc, [
      ...["-I", "oldrc", "--rc-unix", path, "--rc-fake-tty", "--vout=dummy", "--aout=adummy", url],
    ], { env: { HOME: directory }, ...WATCHING });
    try {
      return new VlcPlayer(process, await connect(path));
    } catch (error) {
      await process.stop("SIGKILL");
      throw error;
    }
  }

  /** @inheritdoc */
  async playback(): Promise<Playback> {
    await this.#control.write(QUESTIONS);
    const decoder = new TextDecoder();
    let text = "";
    while (!TIME.test(text)) {
      const size = await this.#control.read(this.#buffer);
      if (size === null) throw new Error(`VLC ended:\n${this.#process.text}\nIt said: ${text}`);
      text += decoder.decode(this.#buffer.subarray(0, size), { stream: true });
      text = text.replaceAll(NOTICES, "");
    }
    const [frames, width, seconds] = [FRAMES, WIDTH, TIME].map((pattern) => pattern.exec(text)?.[1]);
    if (frames !== undefined && width !== undefined) {
      this.#playback = { frames: Number(frames), timeMs: 1000 * Number(seconds), width: Number(width) };
    }
    return this.#playback;
  }

  /** @inheritdoc */
  stop(): Promise<unknown> {
    return this.#process.stop();
  }

  /** For `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#control.close();
    await this.#process[Symbol.asyncDispose]();
  }
}

async function connect(path: string): Promise<Deno.UnixConn> {
  let control: Deno.UnixConn | undefined;
  await until(async () => {
    try {
      control = await Deno.connect({ transport: "unix", path });
      return true;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.ConnectionRefused) {
        return false;
      }
      throw error;
    }
  });
  if (control === undefined) throw new Error(`Cannot connect to ${path}`);
  return control;
}
