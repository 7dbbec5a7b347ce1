/**
 * A stream that a program encoded, recorded by a {@link Recorder} without a server.
 *
 * @module
 */
import type { PathFacts } from "../../../stream/record/path_template.ts";
import { formatOf, recordPath } from "../../../stream/record/path_template.ts";
import { Recorder } from "../../../stream/record/recorder.ts";
import type { RecorderOptions } from "../../../stream/record/recorder_deps.ts";
import type { ClosedRecording } from "../../../stream/record/recording_facts.ts";
import { FileBuffers } from "../../../stream/record/file_buffers.ts";
import { StreamHeaders } from "../../../stream/live/mod.ts";
import { readTag, type StreamMessage } from "../../../stream/media/mod.ts";

/** 2026-05-04 03:02:01.007 in local time. */
export const RECORDED_AT = new Date(2026, 4, 4, 3, 2, 1, 7).getTime();

const FACTS: PathFacts = { vhost: "v.example", app: "live", stream: "cam", wallMs: RECORDED_AT };

/** Memory that something else was in. */
class UsedBuffers extends FileBuffers {
  override take(bytes: number): Uint8Array<ArrayBuffer> {
    return super.take(bytes).fill(0x55);
  }
}

/** What a trial records. */
export interface RecordingTrial {
  /** The recorder, whose source has no publisher. */
  readonly recorder: Recorder;
  /** Files that were closed. */
  readonly closed: ClosedRecording[];
  /** Files whose disk stands still. */
  readonly stalled: ClosedRecording[];
  /** What keeps files from being written, and how many wait for a disk that stands still. */
  readonly room: { shortage: string | undefined; standing: number };
  /** Milliseconds since 1970. */
  readonly clock: { wallMs: number };
  /** What was complained of. */
  readonly troubles: string[];
  /** Hand messages over as the source does. */
  take(messages: Iterable<StreamMessage>): void;
}

/** Record below a template; one file a publish, unless `options` say otherwise. */
export function startRecording(
  template: string,
  options: Partial<RecorderOptions> = {},
  facts: Partial<PathFacts> = {},
): RecordingTrial {
  const closed: ClosedRecording[] = [];
  const stalled: ClosedRecording[] = [];
  const room: RecordingTrial["room"] = { shortage: undefined, standing: 0 };
  const clock = { wallMs: RECORDED_AT };
  const troubles: string[] = [];
  const source = {
    running: { headers: StreamHeaders.NONE, gop: undefined, longestGopMs: 0 },
    taps: new Set<Recorder>(),
  };
  const plan = { maxFileMs: Infinity, waitKeyFrame: true, format: formatOf(template), ...options };
  const recorder = new Recorder(source, plan, {
    buffers: new UsedBuffers(),
    path: () => recordPath(template, { ...FACTS, ...facts }),
    wallNow: () => clock.wallMs,
    newId: () => `rec-${closed.length}`,
    started: () => {},
    stalled: (recording) => stalled.push(recording),
    standing: (files) => void (room.standing += files),
    shortage: () => room.shortage,
    dropped: (id) => troubles.push(`dropped ${id}`),
    closed: (recording) => closed.push(recording),
    log: (_level, message, { error }) => troubles.push(`${message}: ${error}`),
  });
  const take = (messages: Iterable<StreamMessage>): void => {
    for (const message of messages) recorder.take(message, readTag(message.typeId, message.payload));
    recorder.readEnded();
  };
  return { recorder, closed, stalled, room, clock, troubles, take };
}

/** Messages as if the publish had begun at `startMs` of its stream. */
export function startingAt(startMs: number, messages: readonly StreamMessage[]): StreamMessage[] {
  return messages.map((message) => ({ ...message, time: message.time + startMs }));
}
