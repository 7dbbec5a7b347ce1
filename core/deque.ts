/**
 * The double-ended queue of the standard library with its types, which the package does not carry.
 *
 * @module
 */
import { Deque as StdDeque } from "@std/data-structures/deque";

/** A queue that is open at both ends; the methods take constant time unless they say otherwise. */
export interface Deque<T> extends Iterable<T> {
  /** Number of elements. */
  readonly length: number;
  /** Add at the back. @returns The new length. */
  pushBack(value: T): number;
  /** Add at the front. @returns The new length. */
  pushFront(value: T): number;
  /** Take the first element; `undefined` when there is none. */
  popFront(): T | undefined;
  /** The first element, which stays; `undefined` when there is none. */
  peekFront(): T | undefined;
  /** Take the first element that matches, wherever it is, in linear time; `undefined` when none does. */
  removeFirst(predicate: (value: T) => boolean): T | undefined;
}

/** Makes an empty queue. */
export const Deque: new <T>() => Deque<T> = StdDeque;
