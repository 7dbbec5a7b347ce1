/**
 * What ends a connection of HTTP/2. RFC 9113 §5.4 and §7. Pure.
 *
 * @module
 */

/** Error codes (RFC 9113 §7). */
export const H2ErrorCode = {
  NoError: 0,
  ProtocolError: 1,
  InternalError: 2,
  FlowControlError: 3,
  StreamClosed: 5,
  FrameSizeError: 6,
  RefusedStream: 7,
  Cancel: 8,
  CompressionError: 9,
  EnhanceYourCalm: 11,
} as const;

/** One of them. */
export type H2Code = (typeof H2ErrorCode)[keyof typeof H2ErrorCode];

/** The peer broke the rules: the connection ends. */
export class H2Error extends Error {
  readonly code: H2Code;

  /** @param reason For the log: what is wrong. */
  constructor(code: H2Code, reason: string) {
    super(reason);
    this.name = "H2Error";
    this.code = code;
  }
}
