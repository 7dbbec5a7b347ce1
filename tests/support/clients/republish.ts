/**
 * A player by HTTP through republishes: the publisher leaves and comes back with the same picture, then with a larger
 * one, and the player plays on.
 *
 * @module
 */
import { assert, assertEquals } from "../assert.ts";
import { pause, showFigure, shown } from "../process/show.ts";
import type { ServerProcess } from "../process/server_process.ts";
import { until } from "../wait.ts";
import type { ClientProcess } from "./client_process.ts";
import { startProgram } from "./programs.ts";
import { ffmpegProgram } from "./streams.ts";
import { type WatchedOptions, WatchedServer } from "./watched_server.ts";

/** A minute in all at the full length. */
const FRAMES_A_PUBLISH = shown(450, 50);
const GAP_MS = shown(3000, 1000);
const FRAME_MS = 40;
const TIME_TOLERANCE_MS = 1000;
/** What a player has of a list at once. */
const BUFFERED_MS = 10_000;
/** A player takes a while to start and to stop. */
const PLAYER_TIMEOUT_MS = shown(180_000, 90_000);

/** What a player has shown so far. */
export interface Playback {
  /** Pictures that were decoded. */
  readonly frames: number;
  /** The time line's newest point, milliseconds. */
  readonly timeMs: number;
  /** Of the newest picture, pixels. */
  readonly width: number;
}

/** A player that is watching. */
export interface WatchingPlayer extends AsyncDisposable {
  /** What it has shown so far. */
  playback(): Playback | Promise<Playback>;
  /** Leave as its user would. */
  stop(): Promise<unknown>;
}

/** By which protocol a stream is played. */
export interface PlayedProtocol {
  readonly scheme: "http" | "ws";
  /** As hooks have it. */
  readonly protocol: "http-flv" | "ws-flv" | "http-ts" | "hls";
  /** What follows the stream's name. */
  readonly suffix: string;
  /**
   * What a gap without a publisher is on the player's time line: nothing, as long as by the clock, or what the player
   * makes of it, such as a new beginning.
   */
  readonly gap: "closed" | "kept" | "any";
}

/** What is expected of a player; another size and the frames' times unless said. */
export interface RepublishOptions extends WatchedOptions {
  /** The last publish has another size, and the player shows it. */
  readonly sizes?: "change" | "stay";
  /** How far its clock may fall behind the frames with each republish, milliseconds: some buffer more after a gap. */
  readonly lagMs?: number;
  /** Looks at the server once the player has stopped. */
  readonly end?: (server: ServerProcess) => void;
}

/** FLV as the body of a response. */
export const HTTP_FLV: PlayedProtocol = {
  scheme: "http",
  protocol: "http-flv",
  suffix: ".flv",
  gap: "closed",
};

/** FLV in WebSocket frames. */
export const WEBSOCKET_FLV: PlayedProtocol = {
  scheme: "ws",
  protocol: "ws-flv",
  suffix: ".flv",
  gap: "closed",
};

/** MPEG-TS as the body of a response. */
export const HTTP_TS: PlayedProtocol = {
  scheme: "http",
  protocol: "http-ts",
  suffix: ".ts",
  gap: "closed",
};

/** HLS, with parts where the player takes them. */
export const HLS: PlayedProtocol = { scheme: "http", protocol: "hls", suffix: ".m3u8", gap: "kept" };

/**
 * HLS by ffmpeg's demuxer, and by all that is made of it. Of fragmented MP4 it gives its decoder no new configuration:
 * another size is garbage until the address is opened again.
 */
export const HLS_BY_FFMPEG: readonly { readonly shows: string; readonly options: RepublishOptions }[] = [
  { shows: "plays on through a republish of the same size", options: { sizes: "stay" } },
  { shows: "with another size as MPEG-TS", options: { hls: 'hls_format = "mpegts"' } },
];

/** How long a player may run, milliseconds: an option of its start. */
export const WATCHING = { timeoutMs: PLAYER_TIMEOUT_MS } as const;

/** Start a player, take its publisher away twice, and see that it plays on with exact hooks. */
export async function playThroughRepublish(
  { scheme, protocol, suffix, gap }: PlayedProtocol,
  open: (url: string) => Promise<WatchingPlayer>,
  { sizes = "change", lagMs = 0, end = () => {}, ...options }: RepublishOptions = {},
): Promise<void> {
  const last = sizes === "change" ? LARGE : SMALL;
  await using watched = await WatchedServer.start(options);
  const { server, receiver } = watched;
  const first = await publish(server, SMALL);
  await using player = await open(watched.pageUrl(`live/livestream${suffix}`).replace("http:", `${scheme}:`));
  const none = { frames: 0, timeMs: 0, width: 0, atMs: performance.now() };
  const before = await playOn(player, none, { picture: SMALL, gap });
  await republish(server, first);
  const again = await publish(server, SMALL);
  const between = await playOn(player, before, { picture: SMALL, gap });
  assertTimeLine(before, between, { lagMs, gap });
  await republish(server, again);
  const final = await publish(server, last);
  const after = await playOn(player, between, { picture: last, gap });
  assertTimeLine(between, after, { lagMs, gap });
  await player.stop();
  end(server);
  // A player that looks at the address before it plays it makes a session each time: their ends are as many.
  const events = () => receiver.requests.filter(({ action }) => action === "on_play" || action === "on_stop");
  const sessions = (action: string) =>
    events().filter((event) => event.action === action).map(sessionOf).sort();
  await receiver.waitFor("on_stop", sessions("on_play").length);
  await final.stop();
  assertEquals(sessions("on_stop"), sessions("on_play"));
  assert(
    protocol === "hls" || sessions("on_play").length === 1,
    `It played ${sessions("on_play").length} times`,
  );
  assertEquals(new Set(events().map(({ json }) => json.protocol)), new Set([protocol]));
  showFigure(`${after.frames} frames over ${after.timeMs} ms; ${sessions("on_play").length} sessions`);
}

interface Picture {
  readonly size: string;
  readonly width: number;
}

const SMALL: Picture = { size: "320x180", width: 320 };
const LARGE: Picture = { size: "640x360", width: 640 };

/** Publish H.264 and AAC; resolves when the server has both. */
async function publish(server: ServerProcess, { size }: Picture): Promise<ClientProcess> {
  const from = server.lines.length;
  const publisher = startProgram(await ffmpegProgram(), [
    ...["-nostdin", "-v", "error", "-re", "-f", "lavfi", "-i", `testsrc2=size=${size}:rate=25`],
    ...["-re", "-f", "lavfi", "-i", "sine=frequency=440"],
    ...["-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-g", "25", "-pix_fmt", "yuv420p"],
    ...["-c:a", "aac", "-f", "flv", server.rtmpUrl()],
  ], WATCHING);
  try {
    await server.waitForLine(/Stream format url=\/live\/livestream .*video=H264.* audio=AAC/, { from });
    return publisher;
  } catch (error) {
    await publisher.stop("SIGKILL");
    throw error;
  }
}

/** The publisher leaves, and nobody is there for a while. */
async function republish(server: ServerProcess, publisher: ClientProcess): Promise<void> {
  const from = server.lines.length;
  await publisher.stop();
  await server.waitForLine(/Publish ended .*reason=client/, { from });
  await pause(GAP_MS);
}

/** What a player had shown at a moment. */
interface SeenPlayback extends Playback {
  readonly atMs: number;
}

/** Wait until so many frames were shown after `before`, the newest of the picture's size. */
async function playOn(
  player: WatchingPlayer,
  before: SeenPlayback,
  { picture, gap }: Pick<PlayedProtocol, "gap"> & { readonly picture: Picture },
): Promise<SeenPlayback> {
  let now = before;
  try {
    await until(async () => {
      now = { ...await player.playback(), atMs: performance.now() };
      assert(
        gap === "any" || now.timeMs >= before.timeMs,
        `The time line went from ${before.timeMs} to ${now.timeMs} ms`,
      );
      return now.frames >= before.frames + FRAMES_A_PUBLISH && now.width === picture.width;
    });
  } catch (error) {
    const [was, is] = [before, now].map((playback) => JSON.stringify(playback));
    throw new Error(`It does not play ${picture.size}: before ${was}, at last ${is}`, { cause: error });
  }
  return now;
}

function sessionOf({ json }: { readonly json: Readonly<Record<string, unknown>> }): string {
  return String(json["session_id"]);
}

/** It grows with the frames, and by the gap where that is kept: never by more than the clock. */
function assertTimeLine(
  before: SeenPlayback,
  after: SeenPlayback,
  { lagMs, gap }: Pick<PlayedProtocol, "gap"> & { readonly lagMs: number },
): void {
  if (gap === "any") return;
  const shownMs = (after.frames - before.frames) * FRAME_MS;
  const passedMs = after.timeMs - before.timeMs;
  const aheadMs = passedMs - shownMs;
  const maxAheadMs = gap === "kept" ? Math.max(0, after.atMs - before.atMs - shownMs) + BUFFERED_MS : 0;
  assert(
    aheadMs <= TIME_TOLERANCE_MS + maxAheadMs && -aheadMs <= TIME_TOLERANCE_MS + lagMs,
    `${after.frames - before.frames} frames took ${passedMs} ms of the time line`,
  );
}
