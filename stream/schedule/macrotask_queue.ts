/**
 * What waits for the next turn of the event loop.
 *
 * @module
 */
import { clearImmediate, setImmediate } from "node:timers";

/**
 * Runs tasks in the next turn of the event loop, with whatever has become ready meanwhile between them. An immediate
 * takes 2 to 8 µs, a message to oneself 10 to 30, a timer of 0 ms 1 to 2 ms.
 */
export class MacrotaskQueue {
  #immediate: ReturnType<typeof setImmediate> | undefined;
  #tasks: (() => void)[] = [];

  /**
   * Run `task` in the next turn. A task that wants another turn has to say so before it returns: a promise that it
   * settles is worked off in the same turn, and so is what is added then.
   */
  add(task: () => void): void {
    this.#immediate ??= setImmediate(() => this.#run());
    this.#tasks.push(task);
  }

  /** Forget what waits. */
  close(): void {
    this.#tasks = [];
    clearImmediate(this.#immediate);
    this.#immediate = undefined;
  }

  #run(): void {
    const tasks = this.#tasks;
    this.#tasks = [];
    this.#immediate = undefined;
    for (const task of tasks) {
      try {
        task();
      } catch (error) {
        // A bug; it must not keep the others waiting forever.
        reportError(error);
      }
    }
  }
}
