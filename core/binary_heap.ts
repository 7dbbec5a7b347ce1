/**
 * The binary heap of the standard library with its types, which the package does not carry.
 *
 * @module
 */
import { BinaryHeap as StdBinaryHeap } from "@std/data-structures/binary-heap";

/** A priority queue: the first element in the order of its comparison comes out first. */
export interface BinaryHeap<T> {
  /** Number of elements. */
  readonly length: number;
  /** Add an element, in logarithmic time. @returns The new length. */
  push(value: T): number;
  /** The first element, which stays; `undefined` when there is none. */
  peek(): T | undefined;
  /** Take the first element, in logarithmic time; `undefined` when there is none. */
  pop(): T | undefined;
}

/** Makes an empty heap. `compare` is negative where `a` comes before `b`. */
export const BinaryHeap: new <T>(compare: (a: T, b: T) => number) => BinaryHeap<T> = StdBinaryHeap;
