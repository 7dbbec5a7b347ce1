/**
 * Players of which a fifth stops reading and a fifth reads at half the stream's speed: the others do not notice,
 * the server's memory is bounded, who takes nothing is cut, who takes half gets whole pictures.
 *
 * @module
 */
import { assert, assertEquals, assertLess } from "../support/assert.ts";
import { mediaTools, runTool } from "../support/process/ffmpeg.ts";
import { flvFile } from "../support/rtmp/flv_file.ts";
import { type Appetite, LoadPlayer, type Silence } from "../support/load/load_player.ts";
import { avcInterFrame, avcKeyFrame, avcSequenceHeader, VIDEO_FRAME_MS } from "../support/stream/media.ts";
import { MessageType, type RtmpMessage } from "../../rtmp/wire/message.ts";
import { RtmpTestClient } from "../support/rtmp/rtmp_client.ts";
import { QUIET_TOML, ServerProcess } from "../support/process/server_process.ts";
import { pause, shown } from "../support/process/show.ts";

/** Few players of a large stream fill the system's socket buffers sooner than many of a small one. */
const FAST = shown(300, 60);
const STOPPED = shown(100, 20);
const SLOW = shown(100, 20);
const FRAME_BYTES = shown(24_000, 96_000);
const SEND_TIMEOUT_S = shown(20, 10);
const FRAMES_PER_GOP = 25;
const BYTES_PER_SECOND = FRAME_BYTES * 1000 / VIDEO_FRAME_MS;
/**
 * The system's socket buffers have to be full before anybody is slow: half a minute at most, and several times that
 * where other programs take the cores.
 */
const MAX_RUN_MS = 300_000;
const MAX_STALL_MS = 500;
/** The server's code, its heap, the log of the stream, and 40 KB for each player. */
const MAX_MEMORY_KB = 210_000 + 40 * (FAST + STOPPED + SLOW);

const TOML = `${QUIET_TOML}
[vhost.__defaultVhost__.play]
mw_latency = "100ms"
queue_length = 2
# The system takes more only when a third of its buffer is free again, which takes half-speed players seconds.
send_timeout = "${SEND_TIMEOUT_S}s"
`;

/** One GOP, published again and again. */
const GOP = Array.from({ length: FRAMES_PER_GOP }, (_, place) => {
  const options = { size: FRAME_BYTES, fill: 1 + place };
  return place === 0 ? avcKeyFrame(options) : avcInterFrame(place, options);
});

/** Keeps no second copy of a frame, once it is seen to be the same. */
function keep(message: RtmpMessage): RtmpMessage {
  const { payload } = message;
  const frame = GOP.find((candidate) => isEqual(candidate, payload));
  return frame === undefined ? message : { ...message, payload: frame };
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = a.length; i-- > 0;) if (a[i] !== b[i]) return false;
  return true;
}

/** Publishes in real time until it is disposed of; what fails in it fails there. */
class Publisher implements AsyncDisposable {
  readonly #client: RtmpTestClient;
  readonly #done: Promise<unknown>;
  #stopped = false;

  private constructor(client: RtmpTestClient) {
    this.#client = client;
    // Else a test that has failed for another reason would be reported as this.
    this.#done = this.#run().catch((error: unknown) => error);
  }

  static async publish(port: number, stream: string): Promise<Publisher> {
    const client = await RtmpTestClient.connect({ port, chunkSize: 60_000 });
    await client.publish(stream);
    return new Publisher(client);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped = true;
    const failure = await this.#done;
    await this.#client.close();
    if (failure !== undefined) throw failure;
  }

  async #run(): Promise<void> {
    await this.#client.sendVideo(avcSequenceHeader(), 0);
    const startedMs = performance.now();
    for (let frame = 0; !this.#stopped; frame++) {
      const payload = GOP[frame % FRAMES_PER_GOP] ?? new Uint8Array(0);
      await this.#client.sendVideo(payload, frame * VIDEO_FRAME_MS);
      const waitMs = startedMs + (frame + 1) * VIDEO_FRAME_MS - performance.now();
      if (waitMs > 0) await pause(waitMs);
    }
  }
}

/** What the machine owes to others: times in which this process or the server could not run. */
class Starvation {
  readonly #file: string;
  readonly #samples: { readonly atMs: number; readonly owedMs: number }[] = [];
  readonly #timer: ReturnType<typeof setInterval>;
  #lastMs = performance.now();
  #ownMs = 0;

  constructor(pid: number) {
    this.#file = `/proc/${pid}/schedstat`;
    this.#timer = setInterval(() => this.#sample(), 50);
  }

  /** Milliseconds of a silence in which this process or the server waited for a core. */
  during({ fromMs, toMs }: Silence): number {
    const before = this.#samples.findLast(({ atMs }) => atMs <= fromMs) ?? this.#samples[0];
    const after = this.#samples.find(({ atMs }) => atMs >= toMs) ?? this.#samples.at(-1);
    return (after?.owedMs ?? 0) - (before?.owedMs ?? 0);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  #sample(): void {
    const nowMs = performance.now();
    this.#ownMs += Math.max(0, nowMs - this.#lastMs - 60);
    this.#lastMs = nowMs;
    // Time on a core, time waiting for one, both in nanoseconds (proc(5)).
    const waitedNs = Number(Deno.readTextFileSync(this.#file).split(" ")[1]);
    this.#samples.push({ atMs: nowMs, owedMs: this.#ownMs + waitedNs / 1e6 });
  }
}

async function memoryKb(pid: number): Promise<number> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`);
  return Number(/VmRSS:\s*(\d+)/.exec(status)?.[1]);
}

/** Numbers of the clients that log lines with this text are about. */
function clientsOf(lines: readonly string[], text: string): Set<string> {
  return new Set(
    lines.filter((line) => line.includes(text)).map((line) => /\]\[(\d+)\]/.exec(line)?.[1] ?? line),
  );
}

async function startPlayers(port: number, count: number, appetite: Appetite): Promise<LoadPlayer[]> {
  const players: LoadPlayer[] = [];
  for (let i = 0; i < count; i++) players.push(await LoadPlayer.play(port, "livestream", appetite));
  return players;
}

Deno.test(`${FAST + STOPPED + SLOW} players, ${STOPPED} stopped and ${SLOW} at half speed: nobody else notices`, async () => {
  const tools = await mediaTools();
  await using server = await ServerProcess.start({ toml: TOML });
  const { port, pid } = server;
  await using _publisher = await Publisher.publish(port, "livestream");
  const fast = await startPlayers(port, FAST, { kind: "fast" });
  const stopped = await startPlayers(port, STOPPED, { kind: "stopped" });
  const slow = await startPlayers(port, SLOW, { kind: "slow", bytesPerSecond: BYTES_PER_SECOND / 2, keep });

  using starvation = new Starvation(pid);
  for (const player of fast) player.watch();
  let peakKb = 0;
  let cut = new Set<string>();
  let late = new Set<string>();
  const deadlineMs = performance.now() + MAX_RUN_MS;
  while (cut.size < STOPPED || cut.union(late).size < STOPPED + SLOW) {
    await pause(500);
    peakKb = Math.max(peakKb, await memoryKb(pid));
    cut = clientsOf(server.lines, "reason=slow");
    late = clientsOf(server.lines, "continued at a newer key frame");
    assert(performance.now() < deadlineMs, `${cut.size} were cut, ${late.size} were late`);
  }
  const playersEnded = [...fast, ...slow].filter(({ ended }) => ended).length;
  const stalls = fast.map(({ longest }) => longest)
    .map((silence) => silence.toMs - silence.fromMs - starvation.during(silence))
    .filter((stallMs) => stallMs > MAX_STALL_MS);
  // What they missed lies behind what the system still holds for them.
  for (const player of slow) player.hurry();
  while (slow.some((player) => countGaps(player) === 0)) {
    await pause(100);
    assert(performance.now() < deadlineMs, "half-speed players were never behind");
  }
  await Promise.all([...fast, ...stopped, ...slow].map((player) => player.close()));

  assertEquals(stalls, [], "stalls of fast players, milliseconds");
  assertLess(peakKb, MAX_MEMORY_KB);
  assertEquals(cut.size, STOPPED);
  assertEquals(playersEnded, 0);
  await decodeAll(tools.ffmpeg, slow);
});

/** Where the stream was left out; what follows has to be a key frame, and all else in order. */
function countGaps({ messages }: LoadPlayer): number {
  const frames = messages.filter(({ typeId, payload }) => typeId === MessageType.Video && payload[1] === 1);
  let gaps = 0;
  for (const [i, { payload, timestamp }] of frames.entries()) {
    const last = frames[i - 1];
    if (last === undefined || timestamp - last.timestamp > VIDEO_FRAME_MS) {
      assert(payload === GOP[0], `at ${timestamp} ms: not a key frame`);
      gaps += last === undefined ? 0 : 1;
    } else {
      assertEquals(timestamp - last.timestamp, VIDEO_FRAME_MS);
      assert(
        payload === GOP[(GOP.indexOf(last.payload) + 1) % GOP.length],
        `at ${timestamp} ms: another frame`,
      );
    }
  }
  return gaps;
}

async function decodeAll(ffmpeg: string, players: readonly LoadPlayer[]): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "srs-test-" });
  try {
    for (const [i, { messages }] of players.entries()) {
      const file = `${directory}/${i}.flv`;
      await Deno.writeFile(file, flvFile(messages));
      const { code, stderr } = await runTool(ffmpeg, [
        ...["-v", "error", "-xerror", "-err_detect", "explode", "-i", file, "-f", "null", "-"],
      ]);
      assert(code === 0 && stderr === "", `player ${i}: ${stderr}`);
      await Deno.remove(file);
    }
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}
