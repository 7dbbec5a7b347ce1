/**
 * A play: asked for, then under way. RTMP 1.0 §7.2.2.1; statuses as SRS has them.
 *
 * @module
 */
import { Amf0Object, type Amf0Value } from "../wire/amf0.ts";
import type { Command } from "../wire/command.ts";
import { SharedMessages } from "../wire/chunk_encoder.ts";
import { encodeControl } from "../wire/control.ts";
import { NET_STREAM_ID } from "../wire/message.ts";
import { answerEmpty, connectionTransitions, ignore } from "./net_connection.ts";
import { announceSettings, refuseSecond, rejectStream, streamName, withdrawRequest } from "./net_stream.ts";
import { statusMessage, streamData } from "./replies.ts";
import type { SessionContext } from "./session_context.ts";
import type { AcceptedRequest } from "./session_input.ts";
import type { Transitions } from "./session_state.ts";

/** Longest duration, milliseconds: what a timer can count. */
const MAX_DURATION_MS = 0x7fff_ffff;

/** What every accepted play is answered with: encoded once, for it is the same for all. */
const PLAY_STARTED = new SharedMessages([
  encodeControl({ kind: "streamBegin", streamId: NET_STREAM_ID }),
  statusMessage({
    level: "status",
    code: "NetStream.Play.Reset",
    description: "Playing and resetting stream.",
    details: "stream",
  }),
  statusMessage({
    level: "status",
    code: "NetStream.Play.Start",
    description: "Started playing stream.",
    details: "stream",
  }),
  // ffmpeg, mpv and VLC ignore it at time 0 and make a subtitle track of it at any other time. No NetStream.Data.Start
  // follows, which Flash Media Server sends: ffmpeg makes a data track of that one at every time.
  streamData("|RtmpSampleAccess", [true, true], 0),
]);

/** An input that leaves the state is applied at once, the others wait: these entries are for what waited for a request that
 * was withdrawn. */
export const PLAY_PENDING: Transitions = {
  ...connectionTransitions("playPending"),
  accept: { to: "playing", apply: accept },
  reject: { to: "closing", apply: rejectStream },
  closeStream: { to: "connected", apply: withdrawRequest },
  publish: { to: "playPending", apply: refuseSecond },
  play: { to: "playPending", apply: refuseSecond },
  fcUnpublish: { to: "playPending", apply: answerEmpty },
  unpublish: { to: "playPending", apply: ignore },
  pause: { to: "playPending", apply: answerEmpty },
  resume: { to: "playPending", apply: answerEmpty },
  media: { to: "playPending", apply: ignore },
};

/** A player of a stream that nobody publishes is here too: it waits. */
export const PLAYING: Transitions = {
  ...connectionTransitions("playing"),
  pause: { to: "playing", apply: pause },
  resume: { to: "playing", apply: resume },
  closeStream: { to: "connected", apply: endPlay },
  publish: { to: "playing", apply: refuseSecond },
  play: { to: "playing", apply: refuseSecond },
  fcUnpublish: { to: "playing", apply: answerEmpty },
  unpublish: { to: "playing", apply: ignore },
  media: { to: "playing", apply: ignore },
};

/** @throws {ProtocolError} `Command` when the stream name is not a string. */
export function requestPlay(context: SessionContext, command: Command): void {
  const { name, duration } = command.name === "play2" ? readPlay2(command) : readPlay(command);
  context.emit({
    kind: "playRequested",
    requestId: context.openRequest(command),
    streamName: name,
    durationMs: readDuration(duration),
  });
}

/** The start and the reset flag are of no use to a live stream. */
function readPlay(command: Command): { name: string; duration: Amf0Value } {
  return { name: streamName(command, command.args[1]), duration: command.args[3] };
}

/** RTMP 1.0 §7.2.2.2: one object of parameters. */
function readPlay2(command: Command): { name: string; duration: Amf0Value } {
  const parameters = command.args[1];
  const members = parameters instanceof Amf0Object ? parameters : new Amf0Object();
  return { name: streamName(command, members.get("streamName")), duration: members.get("len") };
}

/**
 * §7.2.2.1 says seconds, but Flash, librtmp, ffmpeg and SRS put milliseconds on the wire; negative means without end.
 */
function readDuration(value: Amf0Value): number {
  if (typeof value !== "number" || !(value > 0)) return 0;
  return Math.min(Math.ceil(value), MAX_DURATION_MS);
}

function accept(context: SessionContext, { settings }: AcceptedRequest): void {
  context.paused = false;
  announceSettings(context, settings);
  context.sendShared(PLAY_STARTED);
}

function pause(context: SessionContext): void {
  context.send(statusMessage({
    level: "status",
    code: "NetStream.Pause.Notify",
    description: "Paused stream.",
  }));
  context.sendControl({ kind: "streamEof", streamId: NET_STREAM_ID });
  setPaused(context, { paused: true });
}

function resume(context: SessionContext): void {
  context.send(statusMessage({
    level: "status",
    code: "NetStream.Unpause.Notify",
    description: "Unpaused stream.",
  }));
  context.sendControl({ kind: "streamBegin", streamId: NET_STREAM_ID });
  setPaused(context, { paused: false });
}

function setPaused(context: SessionContext, { paused }: { paused: boolean }): void {
  if (context.paused === paused) return;
  context.paused = paused;
  context.emit({ kind: "paused", paused });
}

function endPlay(context: SessionContext): void {
  context.emit({ kind: "playEnded" });
}
