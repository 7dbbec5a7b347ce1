/**
 * FLV files of a publish. FLV 10.1 §E.2 to §E.5. A file begins with all headers in force, its times with 0; it ends where
 * the publish does, where it is long enough, and where a track changes its configuration: no reader survives that.
 *
 * @module
 */
import type { Packager, PackagerHost, PackagerOptions } from "./packager.ts";
import { FlvExtent } from "./flv_extent.ts";
import { HeldBytes } from "./held_bytes.ts";
import { WritePace } from "./write_pace.ts";
import { StreamHeaders } from "../live/mod.ts";
import {
  encodeAmf0Number,
  encodeFlvHeader,
  encodeRecordedMetadata,
  FLV_FORMAT,
  type FlvTracks,
  HEADER_CONFIGURATION,
  MediaKind,
  type MediaTag,
  type Patch,
  RECORDED_METADATA,
  type StreamMessage,
} from "../media/mod.ts";
import { type EarlyFrame, EarlySound } from "../mux/mod.ts";

/** Handed over without waiting for more. */
const MAX_BUFFER_BYTES = 1024 * 1024;
/** Of the file header with the size of no tag (§E.2, §E.3). */
export const FILE_HEADER_BYTES = 13;
/** Of a tag before its body (§E.4.1). */
export const TAG_HEADER_BYTES = 11;
const FLAGS_AT = 4;
/** Sound is all there is where no picture has come for so long, milliseconds. */
const NO_PICTURES_MS = 5000;

/** What is known of the open file. */
interface OpenFile {
  /** Stream time of its first frame. */
  readonly baseMs: number;
  /** Of the newest frame. */
  newestMs: number;
  readonly extent: FlvExtent;
  /** By kind: what its frames are in. */
  readonly codecs: Map<number, string>;
  /** No picture has come, or none for long: another file begins with the next one. */
  readonly isSoundAlone: boolean;
}

/** Writes FLV files. */
export class FlvPackager implements Packager {
  readonly #host: PackagerHost;
  readonly #options: PackagerOptions;
  #headers = StreamHeaders.NONE;
  #metadata: Uint8Array<ArrayBuffer> | undefined;
  #file: OpenFile | undefined;
  /** The stream has pictures, or has said that it will. */
  #hasVideo = false;
  /** Stream time of the newest picture. */
  #pictureMs = -Infinity;
  /** Kinds whose configuration is not that of the open file. */
  readonly #changed = new Set<number>();
  readonly #held: HeldBytes;
  readonly #early = new EarlySound<StreamMessage>();
  readonly #pace = new WritePace();

  /** No file yet. */
  constructor(host: PackagerHost, options: PackagerOptions) {
    this.#host = host;
    this.#options = options;
    this.#held = new HeldBytes(host);
  }

  /** @inheritdoc */
  take(message: StreamMessage, tag: MediaTag): void {
    if (message.typeId === MediaKind.Data) this.#takeData(message, tag);
    else if (tag.header) this.#takeHeader(message, tag);
    else this.#takeFrame(message, tag);
  }

  /** @inheritdoc */
  readEnded(): void {
    if (this.#pace.isDue()) this.#handOver();
  }

  /** @inheritdoc */
  sweep(): void {
    if (this.#pace.isOverdue()) this.#handOver();
  }

  #handOver(): void {
    this.#pace.written();
    this.#held.handOver();
  }

  /** @inheritdoc */
  finish(): void {
    const early = this.#early.takeAll();
    if (early.length > 0) this.#beginSound(early);
    this.#close("end");
  }

  #close(because: "segment" | "end"): void {
    const file = this.#file;
    if (file === undefined) return;
    this.#file = undefined;
    // A new file begins with the headers in force.
    this.#changed.clear();
    this.#handOver();
    const { extent } = file;
    const { durationMs } = extent;
    this.#host.close({ durationMs, patches: (bytes) => flvPatches(extent, durationMs, bytes) }, because);
  }

  #takeData(message: StreamMessage, tag: MediaTag): void {
    if (tag.header) {
      this.#metadata = message.payload;
      this.#headers = this.#headers.with(message.typeId, tag, message.payload);
    }
    if (this.#file !== undefined) this.#appendOther(this.#file, message);
  }

  #takeHeader(message: StreamMessage, tag: MediaTag): void {
    const { typeId, payload } = message;
    if (typeId === MediaKind.Video) this.#hasVideo = true;
    const isKnown = this.#headers.has(typeId, tag, payload);
    this.#headers = this.#headers.with(typeId, tag, payload);
    const file = this.#file;
    if (isKnown) return;
    // What is held is not in the new configuration.
    if (typeId === MediaKind.Audio && tag.trackId === 0) this.#early.takeAll();
    // All headers in force are in the file that begins because of it.
    if (file === undefined || this.#changed.has(typeId) || !hasKind(file, typeId)) return;
    const hasTrack = typeId === MediaKind.Video ? file.extent.hasVideo : file.extent.hasAudio;
    if (hasTrack && tag.headerKind === HEADER_CONFIGURATION && tag.trackId === 0) this.#changed.add(typeId);
    else this.#appendOther(file, message);
  }

  #takeFrame(message: StreamMessage, tag: MediaTag): void {
    const { typeId, time } = message;
    const isVideo = typeId === MediaKind.Video;
    if (isVideo) {
      this.#hasVideo = true;
      this.#pictureMs = time;
    }
    this.#noteCodec(typeId, tag);
    const canBegin = this.#canBegin(isVideo, tag);
    if (canBegin && this.#isOver(message)) this.#close("segment");
    if (this.#changed.has(typeId) || (this.#file === undefined && !canBegin)) return this.#hold(message);
    const isSoundAlone = !isVideo && this.#lostPictures;
    const file = this.#file ??= this.#begin(time, this.#early.takeFor(time), { isSoundAlone });
    if (!hasKind(file, typeId)) return;
    file.codecs.set(typeId, tag.codec);
    this.#pace.hold(time, { keyFrame: isVideo && tag.keyFrame });
    file.newestMs = Math.max(file.newestMs, time);
    this.#appendFrame(file, message);
    this.#handOverMuch();
  }

  /** There are headers of pictures that are not to be expected any more. */
  get #lostPictures(): boolean {
    return !this.#hasVideo && this.#headers.list.some(({ typeId }) => typeId === MediaKind.Video);
  }

  /** Another codec is another configuration, also where it has no header. */
  #noteCodec(typeId: number, { codec, trackId }: MediaTag): void {
    const known = this.#file?.codecs.get(typeId);
    if (trackId !== 0 || known === undefined || known === codec || this.#changed.has(typeId)) return;
    this.#changed.add(typeId);
    this.#headers = this.#headers.forFrames(typeId, codec);
  }

  #canBegin(isVideo: boolean, { keyFrame }: MediaTag): boolean {
    const waits = this.#options.waitKeyFrame || this.#file?.isSoundAlone !== false;
    if (!waits) return isVideo || !this.#hasVideo;
    return this.#hasVideo ? keyFrame : true;
  }

  #isOver({ typeId, time }: StreamMessage): boolean {
    const file = this.#file;
    if (file === undefined) return false;
    if (this.#changed.size > 0 || !hasKind(file, typeId)) return true;
    return time - file.baseMs >= this.#options.maxFileMs;
  }

  /** Sound waits for the first picture, as long as one may come; pictures before a key frame are of no use. */
  #hold(message: StreamMessage): void {
    const { typeId, time, payload } = message;
    if (typeId !== MediaKind.Audio) return;
    this.#early.hold({
      frame: { typeId, time, payload: payload.slice() },
      timeMs: time,
      bytes: payload.length,
    });
    if (this.#early.heldMs < NO_PICTURES_MS || time - this.#pictureMs < NO_PICTURES_MS) return;
    this.#hasVideo = false;
    this.#beginSound(this.#early.takeAll());
  }

  /** A file of what waited for a picture. */
  #beginSound(early: readonly EarlyFrame<StreamMessage>[]): void {
    this.#close("segment");
    const { timeMs = 0 } = early.at(-1) ?? {};
    this.#begin(timeMs, early, { isSoundAlone: true });
    this.#pace.hold(timeMs, { keyFrame: false });
    this.#handOverMuch();
  }

  #begin(
    time: number,
    early: readonly EarlyFrame<StreamMessage>[],
    { isSoundAlone = false } = {},
  ): OpenFile {
    const baseMs = early[0]?.timeMs ?? time;
    this.#host.open(baseMs);
    const extent = new FlvExtent();
    const file: OpenFile = { baseMs, newestMs: time, extent, codecs: new Map(), isSoundAlone };
    this.#file = file;
    this.#held.append(encodeFlvHeader({ hasAudio: true, hasVideo: true }));
    this.#append(MediaKind.Data, baseMs, encodeRecordedMetadata(this.#metadata));
    for (const { typeId, payload } of this.#headers.list) {
      if (typeId !== MediaKind.Data && hasKind(file, typeId)) this.#append(typeId, baseMs, payload);
    }
    for (const { frame } of early) this.#appendFrame(file, frame);
    return file;
  }

  #appendFrame({ baseMs, extent }: OpenFile, { typeId, time, payload }: StreamMessage): void {
    extent.add(typeId, Math.max(0, time - baseMs), payload);
    this.#append(typeId, time, payload);
  }

  /** Metadata, cues and headers: a publisher may send nothing else for long. */
  #appendOther({ newestMs }: OpenFile, { typeId, payload }: Pick<StreamMessage, "typeId" | "payload">): void {
    this.#pace.hold(newestMs, { keyFrame: false });
    this.#append(typeId, newestMs, payload);
    this.#handOverMuch();
  }

  #handOverMuch(): void {
    if (this.#held.length >= MAX_BUFFER_BYTES) this.#handOver();
  }

  #append(typeId: number, time: number, payload: Uint8Array<ArrayBuffer>): void {
    // Sound that belongs before the first picture may follow it.
    const message = { typeId, time: Math.max(0, time - (this.#file?.baseMs ?? time)), payload };
    const at = this.#held.reserve(FLV_FORMAT.length(message));
    FLV_FORMAT.write(this.#held.target, at, message);
  }
}

/** Whether frames of this kind go into the file. */
function hasKind({ isSoundAlone }: OpenFile, typeId: number): boolean {
  return !isSoundAlone || typeId !== MediaKind.Video;
}

/**
 * What makes a file whole: which tracks there are, how long it lasts and how large it is.
 *
 * @param bytes Of the whole file.
 */
export function flvPatches(tracks: FlvTracks, durationMs: number, bytes: number): readonly Patch[] {
  const metadataAt = FILE_HEADER_BYTES + TAG_HEADER_BYTES;
  const flags = encodeFlvHeader(tracks).subarray(FLAGS_AT, FLAGS_AT + 1);
  return [
    { at: FLAGS_AT, bytes: flags },
    { at: metadataAt + RECORDED_METADATA.durationAt, bytes: encodeAmf0Number(durationMs / 1000) },
    { at: metadataAt + RECORDED_METADATA.fileSizeAt, bytes: encodeAmf0Number(bytes) },
  ];
}
