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
import { WatchedServer } from "./watched_server.ts";

/** A minute in all at the full length. */
const FRAMES_A_PUBLISH = shown(450, 50);
const GAP_MS = shown(3000, 1000);
const FRAME_MS = 40;
const TIME_TOLERANCE_MS = 1000;
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
  readonly protocol: "http-flv" | "ws-flv";
}

/** What is expected of a player; another size and the frames' times unless said. */
export interface RepublishOptions {
  /** The last publish has another size, and the player shows it. */
  readonly sizes?: "change" | "stay";
  /** How far its clock may fall behind the frames with each republish, milliseconds: some buffer more after a gap. */
  readonly lagMs?: number;
}

/** FLV as the body of a response. */
export const HTTP_FLV: PlayedProtocol = { scheme: "http", protocol: "http-flv" };

/** FLV in WebSocket frames. */
export const WEBSOCKET_FLV: PlayedProtocol = { scheme: "ws", protocol: "ws-flv" };

/** How long a player may run, milliseconds: an option of its start. */
export const WATCHING = { timeoutMs: PLAYER_TIMEOUT_MS } as const;

/** Start a player, take its publisher away twice, and see that it plays on with exact hooks. */
export async function playThroughRepublish(
  { scheme, protocol }: PlayedProtocol,
  open: (url: string) => Promise<WatchingPlayer>,
  { sizes = "change", lagMs = 0 }: RepublishOptions = {},
): Promise<void> {
  const last = sizes === "change" ? LARGE : SMALL;
  await using watched = await WatchedServer.start();
  const { server, receiver } = watched;
  const first = await publish(server, SMALL);
  await using player = await open(watched.pageUrl("live/livestream.flv").replace("http:", `${scheme}:`));
  const before = await playOn(player, { frames: 0, timeMs: 0, width: 0 }, SMALL);
  await republish(server, first);
  const again = await publish(server, SMALL);
  const between = await playOn(player, before, SMALL);
  assertTimeLine(before, between, lagMs);
  await republish(server, again);
  const final = await publish(server, last);
  const after = await playOn(player, between, last);
  assertTimeLine(between, after, lagMs);
  await player.stop();
  const [stopped] = await receiver.waitFor("on_stop");
  await final.stop();
  const plays = receiver.requests.filter(({ action }) => action === "on_play" || action === "on_stop");
  assertEquals(plays.map(({ action, json }) => [action, json.session_id, json.protocol]), [
    ["on_play", stopped?.json.session_id, protocol],
    ["on_stop", stopped?.json.session_id, protocol],
  ]);
  showFigure(`${after.frames} frames over ${after.timeMs} ms; on_stop ${JSON.stringify(stopped?.json)}`);
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

/** Wait until so many frames were shown after `before`, the newest of the picture's size. */
async function playOn(player: WatchingPlayer, before: Playback, picture: Picture): Promise<Playback> {
  let now = before;
  try {
    await until(async () => {
      now = await player.playback();
      assert(now.timeMs >= before.timeMs, `The time line went from ${before.timeMs} to ${now.timeMs} ms`);
      return now.frames >= before.frames + FRAMES_A_PUBLISH && now.width === picture.width;
    });
  } catch (error) {
    const [was, is] = [before, now].map((playback) => JSON.stringify(playback));
    throw new Error(`It does not play ${picture.size}: before ${was}, at last ${is}`, { cause: error });
  }
  return now;
}

/** It grows with the frames, and not by the gap. */
function assertTimeLine(before: Playback, after: Playback, lagMs: number): void {
  const shownMs = (after.frames - before.frames) * FRAME_MS;
  const passedMs = after.timeMs - before.timeMs;
  const aheadMs = passedMs - shownMs;
  assert(
    aheadMs <= TIME_TOLERANCE_MS && -aheadMs <= TIME_TOLERANCE_MS + lagMs,
    `${after.frames - before.frames} frames took ${passedMs} ms of the time line`,
  );
}
