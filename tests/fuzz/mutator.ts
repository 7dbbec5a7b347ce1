/**
 * Real bytes made wrong: bits flipped, parts cut, repeated and put elsewhere, length fields at their edges.
 *
 * @module
 */
import type { Random } from "./random.ts";

type Bytes = Uint8Array<ArrayBuffer>;
type Mutation = (input: Bytes, random: Random, other: Bytes) => Bytes;

/** What a case starts from. */
export type Corpus = readonly [Bytes, ...Bytes[]];

/** No case is longer, bytes. */
export const MAX_CASE_BYTES = 96 * 1024;
const MAX_MUTATIONS = 8;
const MAX_REPEATS = 64;
/** One mutation in so many makes a case as long as it may be: such a case costs as much as hundreds. */
const FLOOD_RARITY = 500;

/** Bytes that mean something in one format or another: markers, signs, quotes, type ids, edges. */
const TELLING_BYTES = [
  ...[0x00, 0x01, 0x02, 0x03, 0x05, 0x08, 0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x10, 0x11, 0x12, 0x14, 0x16],
  ...[0x20, 0x22, 0x23, 0x26, 0x27, 0x2e, 0x2f, 0x3a, 0x3b, 0x3d, 0x3f, 0x40, 0x5b, 0x5c, 0x5d, 0x7b, 0x7d],
  ...[0x3e, 0x40, 0x7e, 0x7f, 0x80, 0x83, 0xc0, 0xc3, 0xc4, 0xe2, 0xed, 0xf0, 0xfe, 0xff],
] as const;

/** Where lengths, counts, timestamps and ids break, as numbers of 32 bits; narrower fields take the lower bytes. */
const EDGES = [
  ...[0, 1, 2, 63, 64, 127, 128, 255, 256, 319, 320, 1023, 1024, 4096, 0x7fff, 0x8000, 0xffff, 0x10000],
  ...[0x7fffff, 0x800000, 0xfffffe, 0xffffff, 0x1000000, 0x1fffffff, 0x7fffffff, 0x80000000, 0xfffffffe],
  ...[0xffffffff],
] as const;

const flipBit: Mutation = (input, random) => {
  const output = input.slice();
  const at = random.below(output.length);
  output[at] = (output[at] ?? 0) ^ (1 << random.below(8));
  return output;
};

const setByte: Mutation = (input, random) => {
  const output = input.slice();
  output[random.below(output.length)] = random.oneIn(4) ? random.below(256) : random.pick(TELLING_BYTES);
  return output;
};

const setField: Mutation = (input, random) => {
  const output = input.slice();
  const size = random.pick([2, 3, 4]);
  const at = random.below(output.length);
  const value = random.oneIn(4) ? random.uint32() : (random.pick(EDGES) + random.pick([0, 0, 1, -1])) >>> 0;
  const little = random.oneIn(5);
  for (let i = 0; i < size && at + i < output.length; i++) {
    output[at + i] = value >>> (8 * (little ? i : size - 1 - i));
  }
  return output;
};

const cutEnd: Mutation = (input, random) => input.slice(0, random.below(input.length + 1));

const cutOut: Mutation = (input, random) => {
  const [from, to] = range(input, random);
  return join(input.subarray(0, from), input.subarray(to));
};

const repeat: Mutation = (input, random) => {
  const [from, to] = range(input, random);
  const times = 1 + random.below(random.oneIn(4) ? MAX_REPEATS : 3);
  return join(input.subarray(0, to), ...Array<Bytes>(times).fill(input.slice(from, to)), input.subarray(to));
};

const move: Mutation = (input, random) => {
  const [from, to] = range(input, random);
  const rest = join(input.subarray(0, from), input.subarray(to));
  const at = random.below(rest.length + 1);
  return join(rest.subarray(0, at), input.subarray(from, to), rest.subarray(at));
};

const splice: Mutation = (input, random, other) => {
  const [from, to] = range(other, random);
  const at = random.below(input.length + 1);
  const behind = random.oneIn(2) ? at : Math.min(input.length, at + to - from);
  return join(input.subarray(0, at), other.subarray(from, to), input.subarray(behind));
};

const cross: Mutation = (input, random, other) =>
  join(input.subarray(0, random.below(input.length + 1)), other.subarray(random.below(other.length + 1)));

const insertNoise: Mutation = (input, random) => {
  const at = random.below(input.length + 1);
  return join(input.subarray(0, at), random.bytes(1 + random.below(16)), input.subarray(at));
};

/** A few bytes over and over, to the size of the longest case: what is slow by the square of its input shows here. */
const flood: Mutation = (input, random) => {
  const from = random.below(input.length);
  const part = input.subarray(from, from + 1 + random.below(4));
  const at = random.below(input.length + 1);
  const times = Math.max(0, Math.floor((MAX_CASE_BYTES - input.length) / part.length));
  return join(input.subarray(0, at), ...Array<Uint8Array>(times).fill(part), input.subarray(at));
};

const MUTATIONS: readonly [Mutation, ...Mutation[]] = [
  ...[flipBit, flipBit, setByte, setByte, setByte, setField, setField, setField] as const,
  ...[cutEnd, cutOut, repeat, move, splice, splice, cross, insertNoise],
];

/** One case: a member of the corpus after one to eight mutations, sometimes untouched, seldom pure noise. */
export function makeCase(corpus: Corpus, random: Random): Bytes {
  if (random.oneIn(50)) return random.bytes(random.below(300));
  let input = random.pick(corpus);
  if (random.oneIn(30)) return input.slice();
  for (let left = 1 + random.below(MAX_MUTATIONS); left > 0; left--) {
    const mutation = random.oneIn(FLOOD_RARITY) ? flood : random.pick(MUTATIONS);
    input = mutation(input, random, random.pick(corpus)).slice(0, MAX_CASE_BYTES);
    if (input.length === 0) break;
  }
  return input;
}

/** A case cut into pieces at random, as reads of a socket are: whole, at a few places, or byte by byte. */
export function cutCase(input: Bytes, random: Random): Bytes[] {
  if (random.oneIn(4)) return [input];
  const most = random.oneIn(8) ? 16 : Math.max(64, input.length);
  const pieces: Bytes[] = [];
  for (let at = 0; at < input.length;) {
    const size = 1 + random.below(most);
    pieces.push(input.slice(at, at + size));
    at += size;
  }
  return pieces;
}

/** Where a part begins and ends: mostly a short one. */
function range(input: Bytes, random: Random): [number, number] {
  const from = random.below(input.length);
  const longest = random.oneIn(4) ? input.length - from : Math.min(32, input.length - from);
  return [from, from + 1 + random.below(longest)];
}

function join(...parts: readonly Uint8Array[]): Bytes {
  const joined = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
