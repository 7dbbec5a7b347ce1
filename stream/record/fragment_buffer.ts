/**
 * Bytes of an MP4 file until they are handed over: whole fragments, and the data of the open one. Its pictures, which are
 * most of it, lie where they will be written, with room for what goes before them, so that they are copied once.
 *
 *     | whole fragments | room | pictures          the open fragment, its sound elsewhere
 *     | whole fragments : moof, mdat: unused, pictures, sound | room | pictures of the next one
 *
 * @module
 */
import { HeldBytes } from "./held_bytes.ts";
import type { PackagerHost } from "./packager.ts";
import {
  partHeadBytes,
  type PartTrack,
  type PlacedTrack,
  type SampleRows,
  type SampleStore,
  writePartHead,
} from "../media/mod.ts";

type Kind = PartTrack["kind"];

/** A share of the head of a fragment: room for that of the next one is larger by it. */
const SPARE = 4;
/** A fragment whose head is small leaves less room for the next one by this share: fragments are not equally long. */
const SHRINK = 8;
/** Room that is left unused in a file is at most this share of the pictures. */
const UNUSED = 32;
const FIRST_ROOM = 1024;
const FIRST_SOUND = 8 * 1024;
/** Memory for sound is kept for the next fragment up to this size. */
const MAX_KEPT_SOUND = 1024 * 1024;

/** A track of a fragment. */
export interface FragmentTrack extends PartTrack<SampleRows> {
  /** Of data that were kept before those of its first sample and are of no use. */
  readonly skippedBytes: number;
}

/** Holds the fragments of a recording. */
export class FragmentBuffer implements SampleStore<number> {
  readonly #held: HeldBytes;
  /** Of the head of a file, and of whole fragments. */
  #wholeBytes = 0;
  /** Between them and the pictures. */
  #room = FIRST_ROOM;
  /** Of the open fragment, and of a picture that belongs to the next one. */
  #pictureBytes = 0;
  #sound = new Uint8Array(FIRST_SOUND);
  #soundBytes = 0;

  /** Nothing held. */
  constructor(host: Pick<PackagerHost, "buffers" | "write">) {
    this.#held = new HeldBytes(host);
  }

  /** Of what {@link FragmentBuffer.handOver} would hand over. */
  get length(): number {
    return this.#wholeBytes;
  }

  /** Data of the open fragment. Returns how many bytes. */
  keep(track: Kind, data: Uint8Array<ArrayBuffer>): number {
    const { length } = data;
    if (track === "video") {
      const at = this.#picturesAt + this.#pictureBytes;
      this.#held.resize(at + length);
      this.#held.target.set(data, at);
      this.#pictureBytes += length;
    } else {
      const end = this.#soundBytes + length;
      if (end > this.#sound.length) this.#growSound(end);
      this.#sound.set(data, this.#soundBytes);
      this.#soundBytes = end;
    }
    return length;
  }

  /** The slices of a picture follow each other. */
  join(slices: readonly number[]): number {
    return slices.reduce((bytes, length) => bytes + length, 0);
  }

  /** A file begins with these bytes. */
  append(head: Uint8Array): void {
    const from = this.#wholeBytes;
    const end = this.#picturesAt + this.#pictureBytes;
    this.#held.resize(end + head.length);
    this.#held.target.copyWithin(from + head.length, from, end);
    this.#held.target.set(head, from);
    this.#wholeBytes += head.length;
  }

  /**
   * The open fragment is whole; what was kept of its tracks besides belongs to the next one.
   *
   * @param sequence 1 for the first fragment of a file, one more for each that follows.
   * @returns Its bytes.
   */
  add(sequence: number, tracks: readonly FragmentTrack[]): number {
    const headBytes = partHeadBytes(tracks);
    const pictures = bytesOf("video", tracks);
    const sound = bytesOf("audio", tracks);
    const start = this.#wholeBytes;
    const unused = this.#room - headBytes;
    const fits = unused >= 0 && unused * UNUSED <= pictures;
    const dataAt = fits ? this.#picturesAt : start + headBytes;
    const soundAt = dataAt + pictures;
    const end = soundAt + sound;

    const room = Math.ceil(Math.max(headBytes + headBytes / SPARE, this.#room - this.#room / SHRINK));
    this.#placePictures(dataAt, pictures, end + room);
    const { target } = this.#held;
    target.set(this.#sound.subarray(0, sound), soundAt);
    target.fill(0, start + headBytes, dataAt);
    const at: Record<Kind, number> = { video: dataAt - start, audio: soundAt - start };
    const placed = tracks.map((track): PlacedTrack => ({
      ...track,
      dataAt: at[track.kind] + track.skippedBytes,
    }));
    writePartHead(target, start, end - start, sequence, placed);
    this.#wholeBytes = end;
    this.#room = room;
    this.#pictureBytes -= pictures;
    this.#dropSound(sound);
    return end - start;
  }

  /** Nothing that was kept since the newest fragment is needed. */
  drop(): void {
    this.#pictureBytes = 0;
    this.#dropSound(this.#soundBytes);
  }

  /** The head of the file and whole fragments go to the file. */
  handOver(): void {
    if (this.#wholeBytes === 0) return;
    const { target } = this.#held;
    const from = this.#picturesAt;
    this.#held.resize(this.#wholeBytes);
    this.#held.handOver();
    this.#wholeBytes = 0;
    if (this.#pictureBytes === 0) return;
    this.#held.resize(this.#room + this.#pictureBytes);
    this.#held.target.set(target.subarray(from, from + this.#pictureBytes), this.#room);
  }

  get #picturesAt(): number {
    return this.#wholeBytes + this.#room;
  }

  /** The pictures of the fragment go to one place, and what follows them to another one. */
  #placePictures(at: number, pictures: number, nextAt: number): void {
    const from = this.#picturesAt;
    const split = from + pictures;
    const end = from + this.#pictureBytes;
    this.#held.resize(Math.max(end, nextAt + end - split));
    const { target } = this.#held;
    // What moves down goes first: it must not be overwritten.
    if (at < from) target.copyWithin(at, from, split);
    if (end > split) target.copyWithin(nextAt, split, end);
    if (at > from) target.copyWithin(at, from, split);
  }

  #dropSound(bytes: number): void {
    this.#sound.copyWithin(0, bytes, this.#soundBytes);
    this.#soundBytes -= bytes;
    if (this.#soundBytes === 0 && this.#sound.length > MAX_KEPT_SOUND) {
      this.#sound = new Uint8Array(FIRST_SOUND);
    }
  }

  #growSound(needed: number): void {
    const larger = new Uint8Array(Math.max(needed, 2 * this.#sound.length));
    larger.set(this.#sound.subarray(0, this.#soundBytes));
    this.#sound = larger;
  }
}

/** All data of a kind that were kept for a fragment. */
function bytesOf(kind: Kind, tracks: readonly FragmentTrack[]): number {
  return tracks.reduce(
    (sum, track) => track.kind === kind ? sum + track.skippedBytes + track.samples.bytes : sum,
    0,
  );
}
