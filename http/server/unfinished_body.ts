/**
 * A body that cannot be completed although nobody made a mistake: what it comes from has changed or failed.
 *
 * @module
 */

/** Thrown by the body of a response; logged as a warning, not as a bug. The client sees a response that breaks off. */
export class UnfinishedBody extends Error {
  /** @param message Which source it is, and what has become of it. */
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "UnfinishedBody";
  }
}
